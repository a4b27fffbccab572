using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>How to ask an agent: the client's two ways of reading.</summary>
/// <param name="Get">Absent names are left out.</param>
/// <param name="Walk">What stands below a node, at most so many.</param>
internal sealed record SnmpAgent(
    Func<IReadOnlyCollection<Oid>, CancellationToken, Task<IReadOnlyDictionary<Oid, SnmpValue>>> Get,
    Func<Oid, int, CancellationToken, Task<IReadOnlyList<SnmpVariable>>> Walk
);

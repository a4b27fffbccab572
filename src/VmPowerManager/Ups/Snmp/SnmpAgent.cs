using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>How to speak with an agent: what of its client is needed here.</summary>
/// <param name="Get">Absent names are left out.</param>
/// <param name="Walk">What stands below a node, at most so many.</param>
/// <param name="Set">By one PDU: all or none.</param>
internal sealed record SnmpAgent(
    Func<IReadOnlyCollection<Oid>, CancellationToken, Task<IReadOnlyDictionary<Oid, SnmpValue>>> Get,
    Func<Oid, int, CancellationToken, Task<IReadOnlyList<SnmpVariable>>> Walk,
    Func<IReadOnlyList<SnmpVariable>, CancellationToken, Task> Set
)
{
    public static SnmpAgent Of(SnmpClient client) => new(client.GetAsync, client.WalkAsync, client.SetAsync);
}

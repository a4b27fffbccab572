using System.Net;

namespace VmPowerManager.Protocols.Snmp;

/// <summary>A trap or inform of any version, in v2's terms.</summary>
/// <param name="Version">How it came.</param>
/// <param name="TrapOid">What happened. A v1 trap's number stands behind its enterprise and a 0 (RFC 3584, 3.1).</param>
/// <param name="Variables">Without sysUpTime.0 and snmpTrapOID.0.</param>
public sealed record SnmpNotification(SnmpVersion Version, Oid TrapOid, IReadOnlyList<SnmpVariable> Variables)
{
    /// <summary>Of v1 and v2c. Never to be logged.</summary>
    public string? Community { get; init; }

    /// <summary>Of v3: whose digest it bears, if that user has one.</summary>
    public SnmpUser? User { get; init; }

    /// <summary>Of v3 traps: the engine of the sender, in hex. Informs bear ours.</summary>
    public string? EngineId { get; init; }

    /// <summary>Where the agent says it is: from a v1 trap, or snmpTrapAddress of who passed one on.</summary>
    public IPAddress? AgentAddress { get; init; }

    /// <summary>The sender waits for an answer.</summary>
    public bool IsInform { get; init; }

    /// <summary>Whether it is this trap, whichever way its OID is written: vendors leave out the 0 between enterprise and
    /// number, or have it, and MIB texts differ from devices.</summary>
    public bool Is(Oid trap) => TrapOid == trap || WithoutZero(TrapOid) == WithoutZero(trap);

    /// <summary>Without the community.</summary>
    public override string ToString() => $"{Version} {TrapOid}";

    private static Oid WithoutZero(Oid oid) =>
        oid.Length > 2 && oid[oid.Length - 2] == 0 ? new Oid([.. oid.Arcs[..^2], oid.Arcs[^1]]) : oid;
}

/// <summary>What a datagram at the trap port was.</summary>
/// <param name="Notification">Null for what is none, or is nobody's: <paramref name="Refusal"/> says which.</param>
/// <param name="Reply">To be sent back: the answer to an inform, once it was taken in, or a report.</param>
/// <param name="Refusal">Why there is no notification.</param>
public sealed record SnmpReceived(SnmpNotification? Notification, byte[]? Reply, string? Refusal = null);

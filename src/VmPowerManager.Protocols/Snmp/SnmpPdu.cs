using System.Net;

namespace VmPowerManager.Protocols.Snmp;

/// <summary>The kinds of PDU; the values are the BER tags (RFC 1157, RFC 3416).</summary>
public enum SnmpPduType
{
    Get = 0xA0,
    GetNext = 0xA1,
    Response = 0xA2,
    Set = 0xA3,
    TrapV1 = 0xA4,
    GetBulk = 0xA5,
    Inform = 0xA6,
    Trap = 0xA7,
    Report = 0xA8,
}

/// <summary>Error-status (RFC 3416, 3); v1 knows the first six.</summary>
public enum SnmpErrorStatus
{
    NoError = 0,
    TooBig = 1,
    NoSuchName = 2,
    BadValue = 3,
    ReadOnly = 4,
    GenErr = 5,
    NoAccess = 6,
    WrongType = 7,
    WrongLength = 8,
    WrongEncoding = 9,
    WrongValue = 10,
    NoCreation = 11,
    InconsistentValue = 12,
    ResourceUnavailable = 13,
    CommitFailed = 14,
    UndoFailed = 15,
    AuthorizationError = 16,
    NotWritable = 17,
    InconsistentName = 18,
}

/// <summary>One PDU. Immutable.</summary>
/// <param name="Type">GETBULK: <see cref="NonRepeaters"/> and <see cref="MaxRepetitions"/> count; a v1 trap:
/// <see cref="TrapV1"/> and the variables.</param>
/// <param name="RequestId">An answer bears its request's.</param>
/// <param name="Variables">In the order of the wire.</param>
public sealed record SnmpPdu(SnmpPduType Type, int RequestId, IReadOnlyList<SnmpVariable> Variables)
{
    /// <summary>Agents invent numbers of their own: any value can stand here.</summary>
    public SnmpErrorStatus Status { get; init; }

    /// <summary>Counts from 1; 0 for none.</summary>
    public int ErrorIndex { get; init; }

    /// <summary>Of GETBULK.</summary>
    public int NonRepeaters { get; init; }

    /// <summary>Of GETBULK.</summary>
    public int MaxRepetitions { get; init; }

    /// <summary>Of a v1 trap.</summary>
    public SnmpTrapV1? TrapV1 { get; init; }

    /// <summary>The variable that <see cref="ErrorIndex"/> points at, by its place in <paramref name="asked"/>.</summary>
    internal Oid? Culprit(IReadOnlyList<SnmpVariable> asked) =>
        ErrorIndex >= 1 && ErrorIndex <= asked.Count ? asked[ErrorIndex - 1].Name : null;
}

/// <summary>The head of a v1 trap (RFC 1157, 4.1.6).</summary>
/// <param name="Enterprise">Whose trap it is.</param>
/// <param name="AgentAddress">Where it came from in the agent's own eyes: behind NAT the only true address.</param>
/// <param name="Generic">0 coldStart ... 6 enterpriseSpecific.</param>
/// <param name="Specific">The enterprise's number of it.</param>
/// <param name="UpTime">In hundredths of a second.</param>
public sealed record SnmpTrapV1(Oid Enterprise, IPAddress AgentAddress, int Generic, int Specific, uint UpTime);

internal static class SnmpErrorNames
{
    /// <summary>As the RFC writes it: <c>notWritable</c>.</summary>
    public static string Name(this SnmpErrorStatus status)
    {
        var name = status.ToString();
        return char.IsAsciiLetter(name[0]) ? char.ToLowerInvariant(name[0]) + name[1..] : $"error-status {name}";
    }
}

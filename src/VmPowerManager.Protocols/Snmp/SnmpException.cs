namespace VmPowerManager.Protocols.Snmp;

/// <summary>Why an exchange failed, in SNMP's terms.</summary>
public enum SnmpFault
{
    /// <summary>Silence. With v1 and v2c a wrong community looks the same: agents do not answer it.</summary>
    Timeout,

    /// <summary>No route, no such name, or nothing listens on that port (ICMP says so at once).</summary>
    Unreachable,

    /// <summary>usmStatsUnknownUserNames.</summary>
    UnknownUser,

    /// <summary>usmStatsWrongDigests: password or protocol of the authentication.</summary>
    WrongAuth,

    /// <summary>usmStatsDecryptionErrors; or the agent answers what is authenticated and is silent to what is encrypted.</summary>
    WrongPrivacy,

    /// <summary>usmStatsNotInTimeWindows, again after the clocks were brought together.</summary>
    NotInTimeWindow,

    /// <summary>usmStatsUnknownEngineIDs, again after a discovery; or the agent tells no engine id.</summary>
    UnknownEngine,

    /// <summary>snmpUnknownContexts, snmpUnavailableContexts.</summary>
    UnknownContext,

    /// <summary>usmStatsUnsupportedSecLevels: this user may not be used with these protocols.</summary>
    UnsupportedSecurityLevel,

    /// <summary>An error-status: <see cref="SnmpException.Status"/>.</summary>
    ErrorStatus,

    /// <summary>What came is not SNMP, or breaks its bounds.</summary>
    Malformed,

    /// <summary>Any other report of a v3 agent.</summary>
    Reported,
}

/// <summary>A failure with SNMP's own reason.</summary>
public sealed class SnmpException(SnmpFault reason, string message, Exception? inner = null)
    : DeviceException(KindOf(reason), message, inner)
{
    public SnmpFault Reason { get; } = reason;

    /// <summary>Of <see cref="SnmpFault.ErrorStatus"/>.</summary>
    public SnmpErrorStatus Status { get; init; }

    /// <summary>The variable that the error-index points at, where it points at one.</summary>
    public Oid? Culprit { get; init; }

    internal static SnmpException Malformed(string what) => new(SnmpFault.Malformed, $"Not SNMP: {what}.");

    internal static SnmpException Of(SnmpErrorStatus status, Oid? culprit) =>
        new(SnmpFault.ErrorStatus, culprit is null ? $"{status.Name()}" : $"{status.Name()}: {culprit}")
        {
            Status = status,
            Culprit = culprit,
        };

    private static DeviceFault KindOf(SnmpFault reason) =>
        reason switch
        {
            SnmpFault.Timeout => DeviceFault.Timeout,
            SnmpFault.Unreachable => DeviceFault.Unreachable,
            SnmpFault.Malformed => DeviceFault.ProtocolError,
            SnmpFault.UnknownUser
            or SnmpFault.WrongAuth
            or SnmpFault.WrongPrivacy
            or SnmpFault.UnsupportedSecurityLevel => DeviceFault.AuthenticationFailed,
            _ => DeviceFault.Refused,
        };
}

namespace VmPowerManager.Protocols.Snmp;

/// <summary>What a v3 agent reports instead of answering: one counter, whose name is the reason (RFC 3412, 5; RFC 3414,
/// 5).</summary>
internal static class UsmReports
{
    private static readonly Oid UsmStats = new(1, 3, 6, 1, 6, 3, 15, 1, 1);

    public static readonly Oid UnsupportedSecLevels = UsmStats.Append(1, 0);
    public static readonly Oid NotInTimeWindows = UsmStats.Append(2, 0);
    public static readonly Oid UnknownUserNames = UsmStats.Append(3, 0);
    public static readonly Oid UnknownEngineIds = UsmStats.Append(4, 0);
    public static readonly Oid WrongDigests = UsmStats.Append(5, 0);
    public static readonly Oid DecryptionErrors = UsmStats.Append(6, 0);
    public static readonly Oid UnavailableContexts = new(1, 3, 6, 1, 6, 3, 12, 1, 4, 0);
    public static readonly Oid UnknownContexts = new(1, 3, 6, 1, 6, 3, 12, 1, 5, 0);

    private static readonly Dictionary<Oid, (SnmpFault Reason, string Words)> Known = new()
    {
        [UnsupportedSecLevels] = (
            SnmpFault.UnsupportedSecurityLevel,
            "The agent does not let this user work at this security level (usmStatsUnsupportedSecLevels)"
        ),
        [NotInTimeWindows] = (
            SnmpFault.NotInTimeWindow,
            "The agent says that we are outside its time window, also after taking over its clock"
                + " (usmStatsNotInTimeWindows)"
        ),
        [UnknownUserNames] = (SnmpFault.UnknownUser, "The agent does not know the user (usmStatsUnknownUserNames)"),
        [UnknownEngineIds] = (
            SnmpFault.UnknownEngine,
            "The agent does not take its own engine id (usmStatsUnknownEngineIDs)"
        ),
        [WrongDigests] = (SnmpFault.WrongAuth, "Wrong authentication password or protocol (usmStatsWrongDigests)"),
        [DecryptionErrors] = (SnmpFault.WrongPrivacy, "Wrong privacy password or protocol (usmStatsDecryptionErrors)"),
        [UnavailableContexts] = (SnmpFault.UnknownContext, "The context is not available (snmpUnavailableContexts)"),
        [UnknownContexts] = (SnmpFault.UnknownContext, "The agent does not know the context (snmpUnknownContexts)"),
    };

    /// <summary>The reason of a report.</summary>
    public static SnmpFault Reason(SnmpPdu report) => Find(report).Reason;

    /// <summary>A report that cannot be mended, as a failure.</summary>
    public static SnmpException Exception(SnmpPdu report)
    {
        var (reason, words) = Find(report);
        return new SnmpException(reason, $"{words}.");
    }

    private static (SnmpFault Reason, string Words) Find(SnmpPdu report)
    {
        foreach (var variable in report.Variables)
        {
            if (Known.TryGetValue(variable.Name, out var found))
                return found;
        }
        var shown = report.Variables.Count > 0 ? report.Variables[0].Name.ToString() : "nothing";
        return (SnmpFault.Reported, $"The agent reports {shown}");
    }
}

namespace VmPowerManager.Protocols.Nis;

/// <summary>Bounds on what a server may make us hold or wait for. apcupsd itself sends records of at most 256 bytes and a
/// status of at most 4,096; others of its kind send the whole status as one record.</summary>
internal static class NisLimits
{
    /// <summary>Bytes in a record.</summary>
    public const int RecordBytes = 8192;

    /// <summary>Records in an answer.</summary>
    public const int Records = 4000;

    /// <summary>Bytes in an answer. The file of events has no bound of its own.</summary>
    public const int AnswerBytes = 1 << 18;

    public static readonly TimeSpan Connect = TimeSpan.FromSeconds(5);

    /// <summary>One request and its whole answer. apcupsd answers nobody while it waits for its UPS.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);
}

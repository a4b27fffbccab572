namespace VmPowerManager.Protocols.Nut;

/// <summary>Bounds on what a NUT server may make us hold or wait for.</summary>
internal static class NutLimits
{
    /// <summary>Bytes in a line. upsd's own longest answer is about 2 KiB (NUT_NET_ANSWER_MAX).</summary>
    public const int LineBytes = 8192;

    /// <summary>Rows in a list; the largest known devices (ePDUs) have below 1,000 variables.</summary>
    public const int ListRows = 4000;

    /// <summary>Bytes in a list.</summary>
    public const int ListBytes = 1 << 20;

    /// <summary>TCP, TLS and sign-in together. Runs on when the caller that began it gives up sooner.</summary>
    public static readonly TimeSpan Connect = TimeSpan.FromSeconds(5);

    /// <summary>One request and its whole answer.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);
}

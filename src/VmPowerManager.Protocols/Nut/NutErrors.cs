namespace VmPowerManager.Protocols.Nut;

/// <summary>What an <c>ERR</c> answer means (RFC 9271, section 4.5, and NUT's docs/net-protocol.txt).</summary>
internal static class NutErrors
{
    public const string VarNotSupported = "VAR-NOT-SUPPORTED";
    public const string AccessDenied = "ACCESS-DENIED";

    /// <param name="asked">The request as it may be shown: never a password.</param>
    /// <param name="line">The server's answer, beginning with ERR.</param>
    public static Exception From(string asked, string line)
    {
        var words = $"{NutText.Shown(line)} (asked: {asked})";
        var code = Code(line);
        return code is "DATA-STALE" or "DRIVER-NOT-CONNECTED"
            ? new NutDataStaleException(words)
            : new DeviceException(Fault(code), words);
    }

    /// <summary>Whether <paramref name="failure"/> is the server's answer <paramref name="code"/>.</summary>
    public static bool Is(DeviceException failure, string code) =>
        failure.Message.StartsWith($"ERR {code}", StringComparison.Ordinal);

    private static string Code(string line) => NutText.Split(line).ElementAtOrDefault(1) ?? "";

    private static DeviceFault Fault(string code) =>
        code switch
        {
            AccessDenied or "USERNAME-REQUIRED" or "PASSWORD-REQUIRED" or "INVALID-PASSWORD" or "INVALID-USERNAME" =>
                DeviceFault.AuthenticationFailed,
            VarNotSupported or "CMD-NOT-SUPPORTED" or "UNKNOWN-COMMAND" => DeviceFault.Unsupported,
            "FEATURE-NOT-SUPPORTED" or "FEATURE-NOT-CONFIGURED" => DeviceFault.Unsupported,
            "" => DeviceFault.ProtocolError,
            _ => DeviceFault.Refused,
        };
}

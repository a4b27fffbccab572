using System.Text;

namespace VmPowerManager.LabUps;

/// <summary>What upsd and its drivers read when they start.</summary>
internal static class UpsdFiles
{
    private const string Users = $"""
        [{UpsdLab.Admin}]
          password = {UpsdLab.AdminPassword}
          actions = SET
          actions = FSD
          instcmds = ALL
        [quoted]
          password = "a b\"c\\d"
          actions = SET
        [switcher]
          password = switchpass
          instcmds = ALL
        [primary]
          password = primpass
          upsmon primary
        [secondary]
          password = secpass
          upsmon secondary

        """;

    /// <param name="devices">By name: lines <c>variable: value</c> for dummies.</param>
    /// <param name="serial">The line of the one device, in place of dummies.</param>
    public static async Task WriteAsync(
        string folder,
        int port,
        IReadOnlyDictionary<string, string> devices,
        string? serial,
        bool tls,
        string? section
    )
    {
        foreach (var (name, lines) in devices)
            await WriteAsync(folder, $"{name}.dev", lines);
        var sections = section is not null
            ? [section]
            : devices.Keys.Select(name => serial is null ? Dummy(folder, name) : Megatec(name, serial));
        // A dummy serves a SET within milliseconds while it does not poll.
        var poll = serial is null && section is null ? 30 : 1;
        await WriteAsync(folder, "ups.conf", $"pollinterval = {poll}\n{string.Concat(sections)}");
        var certificate = tls
            ? $"""
                CERTPATH {folder}
                CERTIDENT "{UpsdCertificate.Name}" "{UpsdCertificate.Password}"
                DISABLE_WEAK_SSL true

                """
            : "";
        await WriteAsync(folder, "upsd.conf", $"LISTEN 127.0.0.1 {port}\nMAXAGE 3\n{certificate}");
        await WriteAsync(folder, "nut.conf", "MODE=netserver\n");
        await WriteAsync(folder, "upsd.users", Users);
    }

    private static string Dummy(string folder, string name) =>
        $"""
            [{name}]
              driver = dummy-ups
              port = {folder}/{name}.dev
              mode = dummy-once
              desc = "Lab \"{name}\""

            """;

    /// <summary>A PDU by SNMP.</summary>
    public static string Pdu(string name, int port, string community) =>
        $"""
            [{name}]
              driver = snmp-ups
              port = 127.0.0.1:{port}
              mibs = apc_pdu
              community = {community}
              pollfreq = 1

            """;

    private static string Megatec(string name, string serial) =>
        $"""
            [{name}]
              driver = nutdrv_qx
              port = {serial}
              protocol = megatec

            """;

    private static async Task WriteAsync(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        await File.WriteAllTextAsync(path, text, new UTF8Encoding(false));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}

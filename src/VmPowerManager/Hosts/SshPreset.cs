namespace VmPowerManager.Hosts;

/// <summary>How one kind of system is shut down over SSH: a line of a table. What a person gives as shutdown command counts
/// more.</summary>
/// <param name="Name">The API's <c>ssh.preset</c>.</param>
/// <param name="Title">The system, as people know it.</param>
/// <param name="Shutdown">The line that shuts it down. Behind sudo, unless root logs in, where
/// <paramref name="Kind"/> says so.</param>
/// <param name="Check">A line that does nothing and succeeds, or prints <see cref="Proof"/>, where the user may do it; null:
/// found by the first word of <paramref name="Shutdown"/>.</param>
public sealed record SshPreset(
    string Name,
    string Title,
    SshPresetKind Kind,
    string Shutdown,
    string Reboot,
    string? Check = null
)
{
    private const string Xe = ". /etc/xensource-inventory; xe host-disable uuid=$INSTALLATION_UUID && xe ";

    /// <summary>What the check's output has to hold; null: it is enough that it succeeds.</summary>
    public string? Proof { get; init; }

    /// <summary>A line that prints the seconds since 1970; null: a POSIX shell is asked.</summary>
    public string? Clock { get; init; }

    /// <summary>By name, in the order in which they are offered.</summary>
    public static IReadOnlyList<SshPreset> All { get; } =
    [
        new("linux", "Linux (systemd)", SshPresetKind.Sudo, "systemctl poweroff", "systemctl reboot"),
        new("helper", "Linux, through vhpm-helper", SshPresetKind.AsGiven, "vhpm-helper shutdown", "vhpm-helper reboot")
        {
            Check = "vhpm-helper check",
            Clock = "vhpm-helper clock",
        },
        // cmd.exe or PowerShell reads these lines: nothing of a POSIX shell is in them.
        new(
            "windows",
            "Windows (OpenSSH)",
            SshPresetKind.AsGiven,
            "shutdown.exe /s /f /t 0",
            "shutdown.exe /r /f /t 0",
            "whoami.exe /priv"
        )
        {
            Proof = "SeShutdownPrivilege",
            Clock =
                "powershell.exe -NoProfile -NonInteractive -Command \"[DateTimeOffset]::UtcNow.ToUnixTimeSeconds()\"",
        },
        new("synology", "Synology DSM", SshPresetKind.Sudo, "poweroff", "reboot"),
        new("qnap", "QNAP QTS", SshPresetKind.Sudo, "poweroff", "reboot"),
        new("truenas", "TrueNAS", SshPresetKind.Sudo, "systemctl poweroff", "systemctl reboot"),
        new("truenas-core", "TrueNAS CORE, FreeBSD", SshPresetKind.Sudo, "shutdown -p now", "shutdown -r now"),
        new("openwrt", "OpenWrt", SshPresetKind.Sudo, "poweroff", "reboot"),
        new("opnsense", "OPNsense", SshPresetKind.Sudo, "/usr/local/etc/rc.halt", "/usr/local/etc/rc.reboot"),
        new("pfsense", "pfSense", SshPresetKind.Sudo, "/etc/rc.halt", "/etc/rc.reboot"),
        // Its guests are no business of these lines: they go down with it.
        new("esxi", "ESXi shell", SshPresetKind.Script, "/sbin/shutdown.sh && /sbin/poweroff", "/sbin/reboot")
        {
            Check = "command -v /sbin/shutdown.sh && command -v /sbin/poweroff",
        },
        // Refused by the host itself while guests run on it.
        new(
            "xcpng",
            "XCP-ng, XenServer",
            SshPresetKind.Script,
            Xe + "host-shutdown uuid=$INSTALLATION_UUID",
            Xe + "host-reboot uuid=$INSTALLATION_UUID"
        )
        {
            Check = ". /etc/xensource-inventory && xe host-list uuid=$INSTALLATION_UUID params=name-label --minimal",
        },
    ];

    public static SshPreset? Find(string? name) => All.FirstOrDefault(p => p.Name == name);
}

/// <summary>How a preset's lines are run.</summary>
public enum SshPresetKind
{
    /// <summary>A program and its arguments, through <c>sudo -n</c> unless root logs in, with the system's directories on
    /// the path.</summary>
    Sudo,

    /// <summary>For a POSIX shell, with the same path; such systems have root log in.</summary>
    Script,

    /// <summary>As it stands, for whatever reads the user's lines there.</summary>
    AsGiven,
}

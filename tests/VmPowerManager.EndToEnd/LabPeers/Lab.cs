using VmPowerManager.EndToEnd.Driving;

namespace VmPowerManager.EndToEnd.LabPeers;

/// <summary>The real peers, started by tests/lab on demand and once for the whole run. Where they cannot run, a test that
/// needs them is skipped with the reason; with LAB=required it fails.</summary>
public sealed class Lab : IAsyncLifetime
{
    private readonly Dictionary<string, string> _environment;
    private readonly HashSet<string> _up = [];

    public Lab()
    {
        Folder = Directory.CreateTempSubdirectory("vmpm-lab-").FullName;
        NutPort = PortFrom("LAB_NUT_PORT");
        SshPort = PortFrom("LAB_SSH_PORT");
        SmtpPort = PortFrom("LAB_SMTP_PORT");
        SnmpPort = PortFrom("LAB_SNMP_PORT");
        IpmiPort = PortFrom("LAB_IPMI_PORT");
        _environment = new()
        {
            ["LAB_DIR"] = Folder,
            ["LAB_NUT_PORT"] = $"{NutPort}",
            ["LAB_SSH_PORT"] = $"{SshPort}",
            ["LAB_SMTP_PORT"] = $"{SmtpPort}",
            ["LAB_SNMP_PORT"] = $"{SnmpPort}",
            ["LAB_IPMI_PORT"] = $"{IpmiPort}",
            ["LAB_POWERSHELL"] = Repository.LabProgram("PowerShell", "LabPowerShell"),
            ["LAB_PROXMOX"] = Repository.LabProgram("ProxmoxNode", "LabProxmoxNode"),
            ["LAB_DOTNET"] = Repository.Dotnet,
        };
        Nut = new(this);
        Snmp = new(this);
        Guests = new(this);
        Targets = new(this);
        Mail = new(this);
        Machines = new(this);
    }

    public string Folder { get; }
    public int NutPort { get; }
    public int SshPort { get; }
    public int SmtpPort { get; }

    /// <summary>Of ups1; ups2 has the next.</summary>
    public int SnmpPort { get; }
    public int IpmiPort { get; }
    public NutServer Nut { get; }
    public SnmpServer Snmp { get; }
    public GuestsOfLab Guests { get; }
    public Targets Targets { get; }
    public MailServer Mail { get; }
    public WholeMachines Machines { get; }

    public static bool Required => Environment.GetEnvironmentVariable("LAB") == "required";

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Starts what is not up yet, of nut, snmp, ssh, libvirt, smtp, ipmi and machines, and sets all of it back to
    /// "all is well".</summary>
    public async Task NeedsAsync(params IEnumerable<string> peers)
    {
        foreach (var peer in peers.Where(p => !_up.Contains(p)))
        {
            var started = Missing(peer) is { } reason
                ? new ShellResult(1, "", reason)
                : await ScriptAsync(peer, peer == "machines" ? "up" : "start");
            if (started.Exit != 0 && !Required)
                Assert.Skip($"{peer} cannot be started here: {started.Error.Trim()}");
            started.Ok($"tests/lab/{peer} start");
            _up.Add(peer);
        }
        if (_up.Contains("ssh"))
            Targets.Reset();
        if (_up.Contains("nut"))
            await Nut.ResetAsync();
        if (_up.Contains("snmp"))
            await Snmp.ResetAsync();
        if (!_up.Contains("smtp"))
            return;
        await Mail.StartAsync();
        Mail.Empty();
    }

    /// <summary>Runs one of the scripts in tests/lab.</summary>
    public Task<ShellResult> ScriptAsync(string script, params IEnumerable<string> arguments) =>
        Shell.RunAsync(Path.Combine(Repository.Root, "tests", "lab", script), arguments, _environment);

    public async ValueTask DisposeAsync()
    {
        if (_up.Count > 0)
            await ScriptAsync("down");
        Directory.Delete(Folder, recursive: true);
    }

    private static string? Missing(string peer)
    {
        string[] files = peer switch
        {
            "nut" => ["/lib/nut/upsd", "/lib/nut/dummy-ups"],
            "snmp" => ["/usr/sbin/snmpd", "/usr/bin/snmpset"],
            "ssh" => ["/usr/sbin/sshd", "/usr/bin/sudo", "/usr/bin/unshare"],
            "smtp" => ["/usr/sbin/postfix", "/usr/sbin/saslpasswd2"],
            "ipmi" => ["/usr/bin/ipmi_sim", "/usr/bin/ipmitool"],
            "machines" =>
            [
                "/usr/bin/systemd-nspawn",
                "/lib/systemd/systemd",
                "/usr/bin/dbus-daemon",
                "/usr/bin/python3",
                "/usr/sbin/ip",
                "/usr/sbin/sshd",
                "/usr/bin/sudo",
                "/usr/sbin/libvirtd",
                "/usr/bin/qemu-system-x86_64",
                "/usr/bin/go",
                "/usr/share/gocode/src/github.com/vmware/govmomi/simulator/model.go",
            ],
            _ => ["/usr/sbin/libvirtd", "/usr/bin/virsh", "/usr/bin/qemu-system-x86_64", "/usr/bin/unshare"],
        };
        if (!Environment.IsPrivilegedProcess)
            return "root is needed";
        return files.FirstOrDefault(f => !File.Exists(f)) is { } missing ? $"{missing} is not installed" : null;
    }

    private static int PortFrom(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var port) ? port : AppProcess.FreePort();
}

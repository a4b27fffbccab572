using VmPowerManager.Hosts;
using VmPowerManager.Platforms.Tests.Contract;

namespace VmPowerManager.Platforms.Tests.Ssh;

/// <summary>Each preset's lines by a real sshd, with programs of these names that write down what they were told.</summary>
public sealed class PresetTests(LabFolder lab) : IAsyncLifetime
{
    private static readonly string[] Stubs = ["systemctl", "shutdown.exe", "whoami.exe", "xe"];
    private readonly Drivers _drivers = new();
    private readonly SshPeer _peer = new(lab);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IHostDriver Driver => _drivers.Of("ssh");

    private string Bin => Path.Combine(lab.Folder, "bin");

    private string Log => Path.Combine(lab.Folder, "log/power");

    public async ValueTask InitializeAsync()
    {
        await _peer.ReadyAsync();
        foreach (var name in Stubs)
            await StubAsync(Path.Combine(Bin, name));
        var sudoers = Path.Combine(lab.Folder, "etc/sudoers.d/presets");
        await File.WriteAllTextAsync(
            sudoers,
            $"lab ALL=(root) NOPASSWD: {Bin}/systemctl, /usr/local/etc/rc.halt, /usr/local/etc/rc.reboot, /etc/rc.halt, /etc/rc.reboot\n",
            Ct
        );
        await LabFolder.ShellAsync("chmod", ["440", sudoers]);
        foreach (var name in (string[])["rc.halt", "rc.reboot"])
            await StubAsync(Path.Combine(lab.Folder, "etc", name));
        await File.WriteAllTextAsync(
            Path.Combine(lab.Folder, "etc/xensource-inventory"),
            "INSTALLATION_UUID='1-2-3'\n",
            Ct
        );
    }

    public ValueTask DisposeAsync()
    {
        foreach (var name in Stubs)
            File.Delete(Path.Combine(Bin, name));
        return _drivers.DisposeAsync();
    }

    [Theory]
    [InlineData("linux", "systemctl poweroff", "systemctl reboot")]
    [InlineData("truenas", "systemctl poweroff", "systemctl reboot")]
    [InlineData("synology", "poweroff", "reboot")]
    [InlineData("qnap", "poweroff", "reboot")]
    [InlineData("openwrt", "poweroff", "reboot")]
    [InlineData("truenas-core", "shutdown -p now", "shutdown -r now")]
    [InlineData("pfsense", "rc.halt", "rc.reboot")]
    [InlineData("windows", "shutdown.exe /s /f /t 0", "shutdown.exe /r /f /t 0")]
    [InlineData(
        "xcpng",
        "xe host-disable uuid=1-2-3|xe host-shutdown uuid=1-2-3",
        "xe host-disable uuid=1-2-3|xe host-reboot uuid=1-2-3"
    )]
    public async Task Lines_ArriveAsTheyShould(string preset, string off, string again)
    {
        var probe = await Driver.ProbeAsync(Host(preset), Ct);
        Assert.True(probe.Ok, string.Join("; ", probe.Checks));
        Assert.DoesNotContain("-h", await LoggedAsync(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Log, "", Ct);

        await Driver.HostPowerAsync(Host(preset), HostVerb.Shutdown, Ct);
        Assert.Equal(off, await LoggedAsync());
        await File.WriteAllTextAsync(Log, "", Ct);
        await Driver.HostPowerAsync(Host(preset), HostVerb.Reboot, Ct);
        Assert.Equal(again, await LoggedAsync());
    }

    [Theory]
    [InlineData("esxi")]
    [InlineData("opnsense")]
    [InlineData("helper")]
    public async Task ProgramNotThere_IsAFailedCheckAndNothingIsRun(string preset)
    {
        var probe = await Driver.ProbeAsync(Host(preset), Ct);

        var check = probe.Checks.Single(c => c.State == HostCheckState.Failed);
        Assert.Equal("shutdownCommand", check.Name);
        Assert.Equal("", await LoggedAsync());
    }

    [Fact]
    public async Task WindowsUserWithoutThePrivilege_IsAFailedCheck()
    {
        await File.WriteAllTextAsync(Path.Combine(Bin, "whoami.exe"), "#!/bin/sh\necho SeChangeNotifyPrivilege\n", Ct);

        var probe = await Driver.ProbeAsync(Host("windows"), Ct);

        Assert.Contains(
            "lab has no SeShutdownPrivilege",
            probe.Checks.Single(c => c.State == HostCheckState.Failed).Detail,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task OwnCommand_CountsMoreThanThePreset()
    {
        await Driver.HostPowerAsync(Host("linux", "poweroff now please"), HostVerb.Shutdown, Ct);
        Assert.Equal("poweroff now please", await LoggedAsync());
    }

    private async Task StubAsync(string file)
    {
        await File.WriteAllTextAsync(
            file,
            $$"""
            #!/bin/sh
            case $(basename "$0") in
              whoami.exe) echo "SeShutdownPrivilege  Shut down the system  Disabled"; exit;;
              xe) case $1 in host-list) echo lab; exit;; esac;;
            esac
            printf '0\t%s\t%s\t%s\t\n' "$(basename "$0")" "$(id -un)" "$*" >>{{Log}}

            """,
            Ct
        );
        await LabFolder.ShellAsync("chmod", ["755", file]);
    }

    /// <summary>What was told, without by whom.</summary>
    private async Task<string> LoggedAsync() =>
        string.Join(
            '|',
            (await File.ReadAllLinesAsync(Log, Ct)).Select(l => l.Split('\t')).Select(w => $"{w[1]} {w[3]}".Trim())
        );

    private HostDevice Host(string preset, string? command = null)
    {
        var host = _peer.Device(new(), command);
        var settings = HostSettings.Of(host);
        return host with { Settings = (settings with { Ssh = settings.Ssh! with { Preset = preset } }).ToElement() }; // not null: a peer over SSH
    }
}

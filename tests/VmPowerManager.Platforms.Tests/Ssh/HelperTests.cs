using VmPowerManager.Hosts;
using VmPowerManager.Platforms.Tests.Contract;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.Ssh;

/// <summary>docs/platforms/vhpm-helper as a real sshd runs it, in place of what is asked for.</summary>
public sealed class HelperTests(LabFolder lab) : IAsyncLifetime
{
    private readonly Drivers _drivers = new();
    private readonly SshPeer _peer = new(lab);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IHostDriver Driver => _drivers.Of("ssh");

    private string PowerLog => File.ReadAllText(Path.Combine(lab.Folder, "log/power"));

    private string Extras => Path.Combine(lab.Folder, "etc/vhpm-helper.d");

    public async ValueTask InitializeAsync()
    {
        await _peer.ReadyAsync();
        var helper = Path.Combine(lab.Folder, "bin/vhpm-helper");
        File.Copy(Path.Combine(LabFolder.Scripts, "../../docs/platforms/vhpm-helper"), helper, overwrite: true);
        var key = Path.Combine(lab.Folder, "ssh/id_helper");
        if (File.Exists(key))
            return;
        await LabFolder.ShellAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
        await File.AppendAllTextAsync(
            Path.Combine(lab.Folder, "ssh/authorized_keys"),
            $"restrict,command=\"{helper}\" {await File.ReadAllTextAsync($"{key}.pub", Ct)}",
            Ct
        );
    }

    public ValueTask DisposeAsync() => _drivers.DisposeAsync();

    [Fact]
    public async Task Preset_WithIt_ProbesAnswersAndShutsDown()
    {
        var probe = await Driver.ProbeAsync(Host, Ct);
        Assert.True(probe.Ok, string.Join("; ", probe.Checks));
        Assert.Contains(
            "shutdown",
            probe.Checks.Single(c => c.Name == "shutdownCommand").Detail,
            StringComparison.Ordinal
        );
        Assert.Equal(HostCheckState.Ok, probe.Checks.Single(c => c.Name == "clock").State);
        Assert.NotEmpty((await Driver.GetStatesAsync(Host, Ct)).Realm);
        Assert.Equal("", PowerLog);

        await Driver.HostPowerAsync(Host, HostVerb.Shutdown, Ct);
        await Driver.HostPowerAsync(Host, HostVerb.Reboot, Ct);

        Assert.Equal(
            ["shutdown lab -h now", "shutdown lab -r now"],
            PowerLog
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => string.Join(' ', l.Split('\t')[1..4]))
        );
    }

    [Theory]
    [InlineData("id")]
    [InlineData("vhpm-helper shutdown; id")]
    [InlineData("vhpm-helper  shutdown")]
    [InlineData("vhpm-helper run ../../bin/id")]
    [InlineData("vhpm-helper run id; id")]
    [InlineData("vhpm-helper run nosuch")]
    [InlineData("vhpm-helper run $(id)")]
    [InlineData("sh -c 'shutdown -h now'")]
    [InlineData("true\nshutdown -h now")]
    public async Task AnythingElse_IsNotRun(string command)
    {
        var fault = await Assert.ThrowsAsync<DeviceException>(() => Driver.RunCommandAsync(Host, command, Ct));

        Assert.Equal(DeviceFault.Refused, fault.Fault);
        Assert.Contains("not allowed on this machine", fault.Message, StringComparison.Ordinal);
        Assert.Equal("", PowerLog);
    }

    [Fact]
    public async Task StepOfRootsOwn_IsRunByItsName()
    {
        Directory.CreateDirectory(Extras);
        await File.WriteAllTextAsync(Path.Combine(Extras, "stop-stacks"), "#!/bin/sh\necho stacks are down\n", Ct);
        await LabFolder.ShellAsync("chmod", ["755", Path.Combine(Extras, "stop-stacks")]);

        Assert.Equal("stacks are down\n", await Driver.RunCommandAsync(Host, "vhpm-helper run stop-stacks", Ct));
    }

    [Fact]
    public async Task SudoRuleMissing_IsAFailedCheck()
    {
        var rules = Path.Combine(lab.Folder, "etc/sudoers.d/lab");
        var had = await File.ReadAllTextAsync(rules, Ct);
        await File.WriteAllTextAsync(rules, "", Ct);

        var probe = await Driver.ProbeAsync(Host, Ct);

        await File.WriteAllTextAsync(rules, had, Ct);
        var check = probe.Checks.Single(c => c.State == HostCheckState.Failed);
        Assert.Equal("shutdownCommand", check.Name);
        Assert.Contains("not allowed", check.Detail, StringComparison.Ordinal);
    }

    private HostDevice Host =>
        new(
            1,
            "lab",
            new HostSettings
            {
                Ssh = new SshSettings
                {
                    Host = "127.0.0.1",
                    Port = _peer.Port,
                    UserName = "lab",
                    Preset = "helper",
                },
            }.ToElement(),
            new Dictionary<string, string>
            {
                [HostSecrets.SshPrivateKey] = File.ReadAllText(Path.Combine(lab.Folder, "ssh/id_helper")),
            }
        );
}

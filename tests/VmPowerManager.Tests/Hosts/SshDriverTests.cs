using System.Net;
using System.Net.Sockets;
using VmPowerManager.Hosts;
using VmPowerManager.Lab;
using VmPowerManager.Protocols;

namespace VmPowerManager.Tests.Hosts;

/// <summary>Against a real sshd, where shutdown is a stub that writes down what it was told.</summary>
[Collection("power log")]
public sealed class SshDriverTests : IAsyncDisposable
{
    private readonly SshLab _lab;
    private readonly HostsHarness _hosts = new();

    public SshDriverTests(SshLab lab)
    {
        lab.Require();
        _lab = lab;
        File.WriteAllText(lab.PowerLog, "");
    }

    public ValueTask DisposeAsync() => _hosts.DisposeAsync();

    [Theory]
    [InlineData(null, HostVerb.Shutdown, "shutdown by=USER args=-h now")]
    [InlineData(null, HostVerb.Reboot, "shutdown by=USER args=-r now")]
    [InlineData("sudo -n poweroff", HostVerb.Shutdown, "poweroff by=USER args=")]
    [InlineData("poweroff 'a  b'; true", HostVerb.Shutdown, "poweroff by=USER args=a  b")]
    public async Task HostPower_ArrivesAsCommanded(string? command, HostVerb verb, string logged)
    {
        await Driver.HostPowerAsync(Device(command), verb, Ct);
        Assert.Equal(
            logged.Replace("USER", _lab.User, StringComparison.Ordinal),
            File.ReadAllText(_lab.PowerLog).TrimEnd('\n')
        );
    }

    [Fact]
    public async Task HostPower_CommandFails_IsRefusedInItsWords()
    {
        var fault = await Assert.ThrowsAsync<DeviceException>(() =>
            Driver.HostPowerAsync(Device("sudo -n shutdown fail"), HostVerb.Shutdown, Ct)
        );
        Assert.Equal(DeviceFault.Refused, fault.Fault);
        Assert.Contains("told to fail", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostPower_ConnectionDiesAfterTheCommand_IsAccepted() =>
        await Driver.HostPowerAsync(Device("poweroff; p=$PPID; kill -9 $p; sleep 30"), HostVerb.Shutdown, Ct);

    [Fact]
    public async Task Command_GivesItsOutput_AndItsWordsWhenItFails()
    {
        Assert.Equal("hello\n", await Driver.RunCommandAsync(Device(), "echo hello", Ct));
        var fault = await Assert.ThrowsAsync<DeviceException>(() =>
            Driver.RunCommandAsync(Device(), "echo bad >&2; exit 5", Ct)
        );
        Assert.Equal((DeviceFault.Refused, "exit code 5: bad"), (fault.Fault, fault.Message));
    }

    [Fact]
    public async Task States_HostIsUp_IsAnEmptyListing() =>
        Assert.Empty((await Driver.GetStatesAsync(Device(), Ct)).Guests);

    [Theory]
    [InlineData(null, HostCheckState.Ok, "shutdown")]
    [InlineData("sudo -n poweroff", HostCheckState.Ok, "poweroff")]
    [InlineData("sudo -n halt", HostCheckState.Failed, "not allowed")]
    [InlineData("nosuchcommand now", HostCheckState.Failed, "not found")]
    [InlineData("cd / && poweroff", HostCheckState.Warning, "cannot be checked")]
    public async Task Probe_ChecksTheShutdownCommandWithoutRunningIt(
        string? command,
        HostCheckState state,
        string words
    )
    {
        var probe = await Driver.ProbeAsync(Device(command), Ct);
        var check = probe.Checks.Single(c => c.Name == "shutdownCommand");
        Assert.Equal(state, check.State);
        Assert.Contains(words, check.Detail, StringComparison.Ordinal);
        Assert.Equal("", File.ReadAllText(_lab.PowerLog));
    }

    [Fact]
    public async Task Probe_WrongPassword_FailsTheLoginOnly()
    {
        var probe = await Driver.ProbeAsync(Device(password: "wrong"), Ct);
        Assert.Equal(
            [("connect", HostCheckState.Ok), ("hostKey", HostCheckState.Ok), ("login", HostCheckState.Failed)],
            probe.Checks.Select(c => (c.Name, c.State))
        );
        Assert.StartsWith("SHA256:", probe.HostKeyFingerprint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_OtherKeyThanPinned_FailsTheHostKeyAndShowsIt()
    {
        var pinned = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        var probe = await Driver.ProbeAsync(Device(pinned: pinned), Ct);
        var failed = probe.Checks[^1];
        Assert.Equal(("hostKey", HostCheckState.Failed), (failed.Name, failed.State));
        Assert.Contains(pinned, failed.Detail, StringComparison.Ordinal);
        Assert.Contains(probe.HostKeyFingerprint!, failed.Detail, StringComparison.Ordinal); // not null: asserted by it
    }

    [Fact]
    public async Task FirstUse_SavesTheKey_AndAChangeIsRefusedUntilSaved()
    {
        await _hosts.StartAsync();
        var body = new HostBody
        {
            Name = "nas",
            Platform = "ssh",
            Ssh = Block(),
        };
        var id = await _hosts.Commands.CreateAsync(HostsHarness.Admin, body, Ct);
        await HostsHarness.UntilAsync(() => _hosts.Queries.Host(id).Ssh?.HostKeyFingerprint is not null);
        var key = _hosts.Queries.Host(id).Ssh?.HostKeyFingerprint;

        var other = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        await _hosts.Commands.UpdateAsync(
            HostsHarness.Admin,
            id,
            body with
            {
                Ssh = Block() with { HostKeyFingerprint = other },
            },
            Ct
        );
        var refused = await _hosts.Monitor.DiscoverAsync(id, Ct);
        Assert.Equal(DeviceFault.TrustChanged, refused.Fault);
        Assert.Contains(key!, refused.Words, StringComparison.Ordinal); // not null: waited for

        await _hosts.Commands.UpdateAsync(
            HostsHarness.Admin,
            id,
            body with
            {
                Ssh = Block() with { HostKeyFingerprint = key },
            },
            Ct
        );
        var trusted = await _hosts.Monitor.DiscoverAsync(id, Ct);
        Assert.True(trusted.Ok, trusted.Words);
    }

    [Fact]
    public async Task Call_ToAHostThatNeverAnswers_IsUnreachableNoAnswer() // C4: silence
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var device = Device(port: ((IPEndPoint)silent.LocalEndpoint).Port);
        var both = await Task.WhenAll(CallAsync(device, "true", 1), CallAsync(device, "true", 1));
        Assert.All(both, o => Assert.Equal((DeviceFault.Unreachable, "no answer within 1 s"), (o.Fault, o.Words)));
    }

    [Fact]
    public async Task Call_OfASlowCommand_IsTimeout() // C4: it is there
    {
        var outcome = await CallAsync(Device(), "sleep 30", 2);
        Assert.Equal((DeviceFault.Timeout, "not done within 2 s"), (outcome.Fault, outcome.Words));
    }

    [Fact]
    public async Task Call_ToAClosedPort_IsUnreachableConnectionRefused()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var device = Device(port: ((IPEndPoint)closed.LocalEndpoint).Port);
        closed.Stop();
        var outcome = await CallAsync(device, "true", 5);
        Assert.Equal(DeviceFault.Unreachable, outcome.Fault);
        Assert.StartsWith("connection refused by 127.0.0.1:", outcome.Words, StringComparison.Ordinal);
    }

    private Task<DeviceOutcome<string>> CallAsync(HostDevice device, string command, int seconds) =>
        new DeviceCall(TimeProvider.System).RunAsync(
            ct => Driver.RunCommandAsync(device, command, ct),
            TimeSpan.FromSeconds(seconds),
            Ct
        );

    private SshBlock Block() =>
        new()
        {
            Host = "127.0.0.1",
            Port = _lab.Port,
            UserName = _lab.User,
            Password = SshLab.Password,
        };

    private IHostDriver Driver => _hosts.Get<IEnumerable<IHostDriver>>().Single(d => d.Platform == "ssh");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HostDevice Device(
        string? command = null,
        string password = SshLab.Password,
        string? pinned = null,
        int? port = null
    ) =>
        new(
            1,
            "nas",
            new HostSettings
            {
                Ssh = new SshSettings
                {
                    Host = "127.0.0.1",
                    Port = port ?? _lab.Port,
                    UserName = _lab.User,
                    ShutdownCommand = command,
                    HostKeyFingerprint = pinned,
                },
            }.ToElement(),
            new Dictionary<string, string> { [HostSecrets.SshPassword] = password }
        );
}

using System.Text.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Hosts;
using VmPowerManager.Hosts.HyperV;
using VmPowerManager.Platforms.Tests.Contract;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.HyperV;

/// <summary>A host with both ways in: the second one is taken where the first does not let us in (POLICY F8).</summary>
public sealed class HyperVWaysTests(LabFolder folder) : IAsyncLifetime
{
    private readonly HyperVWinrmPeer _winrm = new(folder);
    private readonly HyperVSshPeer _ssh = new(folder);
    private readonly Drivers _drivers = new();
    private int? _contacts;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private IHostDriver Driver => _drivers.Of("hyperv");

    public async ValueTask InitializeAsync()
    {
        await _ssh.ReadyAsync();
        await _winrm.ReadyAsync();
        _contacts = await _ssh.ContactsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _drivers.DisposeAsync();
        await _winrm.DisposeAsync();
    }

    [Fact]
    public async Task BothWell_WinrmIsUsedAndTheProbeTriesBoth()
    {
        var host = Both(new(), new());
        await Driver.GetStatesAsync(host, Ct);
        var probe = await Driver.ProbeAsync(host, Ct);

        Assert.True(probe.Ok);
        Assert.NotEmpty(_winrm.Server.Actions);
        Assert.Equal(HostCheckState.Ok, probe.Checks.Single(c => c.Name == "ssh").State);
        Assert.NotNull(probe.HostKeyFingerprint);
        Assert.NotNull(probe.CertificateFingerprint);
    }

    [Fact]
    public async Task WinrmChangedItsCertificate_SshDoesIt()
    {
        var host = Both(new() { Fingerprint = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }, new());

        Assert.Equal(3, (await Driver.GetStatesAsync(host, Ct)).Guests.Count);
        await Driver.HostPowerAsync(host, HostVerb.Shutdown, Ct);

        Assert.True(await _ssh.ShutdownSeenAsync());
        Assert.Empty(_winrm.Server.Actions);
        Assert.False((await Driver.ProbeAsync(host, Ct)).Ok);
    }

    [Fact]
    public async Task NeitherLetsUsIn_TheFirstOnesFaultIsTold()
    {
        var host = Both(new() { WrongSecret = true }, new() { Port = LabFolder.FreePort() });

        var fault = await Assert.ThrowsAnyAsync<DeviceException>(() => Driver.GetStatesAsync(host, Ct));

        Assert.Equal(DeviceFault.AuthenticationFailed, fault.Fault);
    }

    /// <summary>C4: a port that is closed is silence, a login that is refused is not.</summary>
    [Fact]
    public async Task WinrmIsSilentAndSshRefusesTheLogin_IsNotSilence()
    {
        var host = Both(new() { Port = LabFolder.FreePort() }, new() { WrongSecret = true });

        var fault = await Assert.ThrowsAnyAsync<DeviceException>(() => Driver.GetStatesAsync(host, Ct));

        Assert.Equal(DeviceFault.AuthenticationFailed, fault.Fault);
        Assert.Contains("connection refused", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WinrmsPacketsAreDropped_SshDoesItInTime_AndGoesFirstThen()
    {
        using var mute = new MuteNetwork();
        var host = Both(new() { Port = mute.Port }, new());

        var first = await CallAsync(host, 20);
        var second = await CallAsync(host, 20);

        Assert.Equal((3, 3), (first.Outcome.Value?.Guests.Count, second.Outcome.Value?.Guests.Count));
        Assert.True(first.Took >= TimeSpan.FromSeconds(2), $"{first.Took}");
        var ways = _drivers.Get<HyperVWays>();
        Assert.True(ways.Avoids(host));
    }

    [Fact]
    public async Task PacketsOfBothAreDropped_IsSilence()
    {
        using var mute = new MuteNetwork();

        var (outcome, _) = await CallAsync(Both(new() { Port = mute.Port }, new() { Port = mute.Port }), 5);

        Assert.Equal((DeviceFault.Unreachable, "no answer within 5 s"), (outcome.Fault, outcome.Words));
    }

    /// <summary>It may have had its effect: what has begun is not begun again by the other way.</summary>
    [Fact]
    public async Task WinrmRefusesAfterTheCommandBegan_SshDoesNotRunItAgain()
    {
        _winrm.Server.Before = (asked, context) =>
        {
            context.Response.StatusCode = asked == "Receive" ? 401 : 200;
            return Task.FromResult(asked == "Receive");
        };

        await Assert.ThrowsAnyAsync<DeviceException>(() =>
            Driver.HostPowerAsync(Both(new(), new()), HostVerb.Shutdown, Ct)
        );

        Assert.DoesNotContain("\n/s", await _winrm.Windows.PowerAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await _ssh.ContactsAsync() - _contacts);
    }

    [Fact]
    public async Task SecondWaySeesNoMachines_TheProbeSaysSo()
    {
        _winrm.Windows.Set(null, "groups", new JsonArray());

        var probe = await Driver.ProbeAsync(Both(new(), new()), Ct);

        var ssh = probe.Checks.Single(c => c.Name == "ssh");
        Assert.Equal(HostCheckState.Warning, ssh.State);
        Assert.Contains("Hyper-V Administrators", ssh.Detail, StringComparison.Ordinal);
    }

    private async Task<(DeviceOutcome<HostInventory> Outcome, TimeSpan Took)> CallAsync(HostDevice host, double seconds)
    {
        var began = TimeProvider.System.GetTimestamp();
        var outcome = await new DeviceCall(TimeProvider.System).RunAsync(
            ct => Driver.GetStatesAsync(host, ct),
            TimeSpan.FromSeconds(seconds),
            Ct
        );
        return (outcome, TimeProvider.System.GetElapsedTime(began));
    }

    private HostDevice Both(Way winrm, Way ssh)
    {
        var (one, other) = (_winrm.Device(winrm), _ssh.Device(ssh));
        var settings = JsonNode.Parse(one.Settings.GetRawText())!.AsObject(); // an object of ours
        settings["ssh"] = JsonNode.Parse(other.Settings.GetProperty("ssh").GetRawText());
        var secrets = one.Secrets.Concat(other.Secrets).ToDictionary(s => s.Key, s => s.Value);
        return new HostDevice(1, "lab", JsonSerializer.SerializeToElement(settings), secrets);
    }
}

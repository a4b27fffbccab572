using VmPowerManager.Core;
using VmPowerManager.Hosts;
using VmPowerManager.Lab.Redfish;
using VmPowerManager.Protocols;

namespace VmPowerManager.Tests.Hosts;

/// <summary>A host's management controller through the whole feature, against a stand-in for Redfish.</summary>
public sealed class HostBmcTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private readonly FakeDriver _driver = new();
    private readonly HostsHarness _hosts;
    private int _id;

    public HostBmcTests() => _hosts = new HostsHarness(null, _driver);

    private FakeRedfish Bmc { get; set; } = null!; // set before each test

    public async ValueTask InitializeAsync()
    {
        Bmc = await FakeRedfish.StartAsync();
        await _hosts.StartAsync();
        _driver.Set("h1", FakeDriver.Guest("a"));
        _driver.Probe = new HostProbe([ACheck.Of("connect", HostCheckState.Ok, "it answers")]);
        _id = await _hosts.Commands.CreateAsync(HostsHarness.Admin, Body(Redfish()), Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _hosts.DisposeAsync();
        await Bmc.DisposeAsync();
    }

    [Fact]
    public async Task BmcOff_IsOkOnceItSaysOff()
    {
        var outcome = await Power.BmcOffAsync(_id, Limit, Ct);

        Assert.True(outcome.Ok, outcome.Words);
        Assert.Equal(("Off", "ForceOff"), (Bmc.System.Power, Assert.Single(Bmc.System.Told)));
        Assert.False(await Power.HasPowerAsync(_id, Limit, Ct));
    }

    [Fact]
    public async Task BmcOff_AcceptedWithoutEffect_SaysSo()
    {
        Bmc.System.Stuck = true;

        var outcome = await Power.BmcOffAsync(_id, TimeSpan.FromSeconds(6), Ct);

        Assert.Equal((false, DeviceFault.Timeout), (outcome.Ok, outcome.Fault));
        Assert.Equal("its controller accepted the order, and still does not say off after 6 s", outcome.Words);
        Assert.True(await Power.HasPowerAsync(_id, Limit, Ct));
    }

    [Fact]
    public async Task BmcOff_TheSecondControllerServes_WhereTheFirstDoesNotAnswer()
    {
        await SetAsync(Redfish() with { Host = "no-such-name.invalid" }, Redfish());

        Assert.True((await Power.BmcOffAsync(_id, Limit, Ct)).Ok);
        Assert.False(await Power.HasPowerAsync(_id, Limit, Ct));
    }

    [Theory]
    [InlineData("38947555-7742-3448-3784-823347823834", HostCheckState.Ok)]
    [InlineData("55759438-4277-4834-3784-823347823834", HostCheckState.Ok)] // SMBIOS's order of the same bytes
    [InlineData("4c4c4544-0046-4410-8052-cac04f4a4e32", HostCheckState.Failed)]
    public async Task Probe_ComparesTheMachineOfTheControllerWithTheHost(string uuid, HostCheckState state)
    {
        _driver.Identity = new HostIdentity { ProductUuid = uuid };

        var check = Check(await ProbeAsync(), "wake[0].identity");

        Assert.Equal(state, check.State);
        Assert.Contains(uuid, check.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAController_ItIsUnsupported_AndNobodySays()
    {
        await SetAsync(new WakeBlock { Method = "wol", MacAddress = "00:11:22:33:44:55" });

        Assert.Equal(DeviceFault.Unsupported, (await Power.BmcOffAsync(_id, Limit, Ct)).Fault);
        Assert.Null(await Power.HasPowerAsync(_id, Limit, Ct));
    }

    [Fact]
    public async Task Silent_SaysNothing()
    {
        Bmc.Frozen = true;

        Assert.Null(await Power.HasPowerAsync(_id, TimeSpan.FromSeconds(1), Ct));
    }

    [Fact]
    public async Task Probe_ShowsEachWayToWakeIt_WithWhatItsRestorePolicyMeans()
    {
        Bmc.System.RestorePolicy = "AlwaysOn";

        var probe = await ProbeAsync();

        Assert.Equal(
            (string[])["connect", "certificate", "login", "system", "privilege", "power", "restorePolicy"],
            probe.Checks.Where(c => c.Name.StartsWith("wake[0].", StringComparison.Ordinal)).Select(c => c.Name[8..])
        );
        Assert.Equal(HostCheckState.Warning, Check(probe, "wake[0].restorePolicy").State);
        Assert.Contains(
            "perhaps before the storage",
            Check(probe, "wake[0].restorePolicy").Detail,
            StringComparison.Ordinal
        );
        Assert.True(probe.Ok);
    }

    [Fact]
    public async Task Probe_OfAHostThatAnswers_WhoseControllerSaysOff_IsAnothersController()
    {
        Bmc.System.Power = "Off";

        var probe = await ProbeAsync();

        Assert.Equal(HostCheckState.Failed, Check(probe, "wake[0].power").State);
        Assert.Contains("another machine", Check(probe, "wake[0].power").Detail, StringComparison.Ordinal);
        Assert.True(probe.WithoutWake.Ok);
        Assert.True(probe.CannotBeWoken);
    }

    [Fact]
    public async Task Probe_OneWayThatWorks_IsEnough()
    {
        await SetAsync(Redfish() with { Password = "wrong" }, Redfish());

        var probe = await ProbeAsync();

        Assert.Equal(HostCheckState.Failed, Check(probe, "wake[0].login").State);
        Assert.False(probe.CannotBeWoken);
    }

    [Fact]
    public async Task TestOfABody_ProbesItsWaysToo_AndPinsNothing()
    {
        var probe = await _hosts.Commands.ProbeAsync(HostsHarness.Admin, Body(Redfish()) with { Name = "new" }, Ct);

        Assert.Contains("not pinned", Check(probe, "wake[0].certificate").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirstCertificate_IsPinned_AndAnotherOneIsRefused()
    {
        await Power.HasPowerAsync(_id, Limit, Ct);
        await HostsHarness.UntilAsync(() => _hosts.Queries.Host(_id).Wake[0].CertificateFingerprint is not null);
        var port = Bmc.Url.Port;
        await Bmc.DisposeAsync();
        Bmc = await FakeRedfish.StartAsync(port);

        var outcome = await Power.BmcOffAsync(_id, Limit, Ct);

        Assert.Equal(DeviceFault.TrustChanged, outcome.Fault);
        Assert.Empty(Bmc.Requests);
    }

    [Fact]
    public async Task ForceOff_ByAPerson_GoesThroughTheController()
    {
        Assert.Equal("h1 accepted forceOff.", await _hosts.PowerCommands.HostAsync(Operator, _id, "forceOff", Ct));
        Assert.Equal("h1 accepted wake.", await _hosts.PowerCommands.HostAsync(Operator, _id, "wake", Ct));

        Assert.Equal(["ForceOff", "On"], Bmc.System.Told);
    }

    [Fact]
    public async Task ForceOff_OfTheManagersHost_IsRefused()
    {
        await _hosts.Commands.MarkManagerAsync(HostsHarness.Admin, _id, Ct);
        await HostsHarness.UntilAsync(() => _hosts.Feed.Hosts.Single(h => h.Id == _id).RunsManager);

        await Assert.ThrowsAsync<PeerRefusedException>(() =>
            _hosts.PowerCommands.HostAsync(Operator, _id, "forceOff", Ct)
        );

        Assert.Empty(Bmc.System.Told);
        var policy = Check(await ProbeAsync(), "wake[0].restorePolicy");
        Assert.Contains("nobody starts it", policy.Detail, StringComparison.Ordinal);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static System.Security.Claims.ClaimsPrincipal Operator => HostsHarness.As("Operator");

    private IHostPower Power => _hosts.Get<IHostPower>();

    private WakeBlock Redfish() =>
        new()
        {
            Method = "redfish",
            Host = Bmc.Url.Host,
            Port = Bmc.Url.Port,
            UserName = "oper",
            Password = FakeRedfish.Password,
        };

    private static HostBody Body(params WakeBlock[] wake) => HostCommandsTests.Body("h1") with { Wake = wake };

    private Task SetAsync(params WakeBlock[] wake) =>
        _hosts.Commands.UpdateAsync(HostsHarness.Admin, _id, Body(wake), Ct);

    private async Task<HostProbe> ProbeAsync() => await _hosts.PowerCommands.CheckAsync(Operator, _id, Ct);

    private static HostCheck Check(HostProbe probe, string name) => probe.Checks.Single(c => c.Name == name);
}

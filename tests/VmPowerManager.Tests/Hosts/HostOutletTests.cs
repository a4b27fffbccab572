using VmPowerManager.Hosts;
using VmPowerManager.Lab.Redfish;
using VmPowerManager.Protocols;

namespace VmPowerManager.Tests.Hosts;

/// <summary>A host behind switched outlets, through the whole feature, and what its controller says of it meanwhile.</summary>
public sealed class HostOutletTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private readonly FakeDriver _driver = new();
    private readonly HostsHarness _hosts;
    private int _id;

    public HostOutletTests() => _hosts = new HostsHarness(null, _driver);

    private FakeRedfish Bmc { get; set; } = null!; // set before each test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IHostPower Power => _hosts.Get<IHostPower>();

    public async ValueTask InitializeAsync()
    {
        Bmc = await FakeRedfish.StartAsync();
        await _hosts.StartAsync();
        _driver.Probe = new HostProbe([ACheck.Of("connect", HostCheckState.Ok, "it answers")]);
        _id = await _hosts.Commands.CreateAsync(HostsHarness.Admin, Body(), Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _hosts.DisposeAsync();
        await Bmc.DisposeAsync();
    }

    /// <summary>Each supply of a machine has its own outlet: one that is off is half of the proof (C4).</summary>
    [Fact]
    public async Task TwoOutlets_AreOff_WhenBothAre_AndBothAreTaken()
    {
        await using var a = new FakePdu(newer: true);
        await using var b = new FakePdu(newer: false);
        await SetAsync(Pdu(a), Pdu(b));
        a.On[4] = false;
        Assert.Null(await Power.HasPowerAsync(_id, Limit, Ct));

        Assert.True((await Power.BmcOffAsync(_id, Limit, Ct)).Ok);

        Assert.False(await Power.HasPowerAsync(_id, Limit, Ct));
        Assert.Equal((false, false), (a.On[4], b.On[4]));
    }

    [Fact]
    public async Task OutletIsOff_ButTheControllerSaysOn_ItHasPower()
    {
        await using var pdu = new FakePdu(newer: true);
        await SetAsync(Pdu(pdu), Redfish());

        var outcome = await Power.BmcOffAsync(_id, TimeSpan.FromSeconds(8), Ct);

        Assert.Equal(DeviceFault.Timeout, outcome.Fault);
        Assert.Contains("another controller of it still says", outcome.Words, StringComparison.Ordinal);
        Assert.True(await Power.HasPowerAsync(_id, Limit, Ct));
        Bmc.System.Power = "Off";
        Assert.True((await Power.BmcOffAsync(_id, Limit, Ct)).Ok);
    }

    /// <summary>Firmware starts a machine when power returns: an outlet that was never off has to go off first.</summary>
    [Theory]
    [InlineData(true, "5=2 5=1")]
    [InlineData(false, "5=1")]
    public async Task WakeByOutlets_TakesPowerFirst_OnlyOfAMachineThatIsProvedOff(bool provedOff, string told)
    {
        await using var a = new FakePdu(newer: true);
        await using var b = new FakePdu(newer: true);
        await SetAsync(Pdu(a), Pdu(b));

        var outcome = await Power.WakeAsync(_id, 0, provedOff, TimeSpan.FromSeconds(22), Ct);

        Assert.True(outcome.Ok, outcome.Words);
        Assert.Equal((told, told), (string.Join(' ', a.Told), string.Join(' ', b.Told)));
        Assert.Equal((true, true), (a.On[4], b.On[4]));
    }

    /// <summary>The order to wake that came first used the proof up; what it was good for is asked again.</summary>
    [Theory]
    [InlineData("Off", "5=2 5=1")]
    [InlineData("On", "5=1")]
    public async Task OutletBehindAnotherMethod_TakesPower_WhereTheControllerSaysThatItDidNotWake(
        string power,
        string told
    )
    {
        await using var pdu = new FakePdu(newer: true);
        await SetAsync(Redfish(), Pdu(pdu));
        Bmc.System.Power = "On";
        Assert.True((await Power.WakeAsync(_id, 0, true, TimeSpan.FromSeconds(22), Ct)).Ok);
        Bmc.System.Power = power;

        Assert.True((await Power.WakeAsync(_id, 1, false, TimeSpan.FromSeconds(22), Ct)).Ok);

        Assert.Equal(told, string.Join(' ', pdu.Told));
    }

    [Fact]
    public async Task OutletBehindAMethodThatWasRefused_TakesPower_AndOnlyOnce()
    {
        await using var pdu = new FakePdu(newer: true);
        await SetAsync(Redfish() with { Password = "not it" }, Pdu(pdu));
        Assert.False((await Power.WakeAsync(_id, 0, true, Limit, Ct)).Ok);

        Assert.True((await Power.WakeAsync(_id, 1, false, TimeSpan.FromSeconds(22), Ct)).Ok);
        Assert.True((await Power.WakeAsync(_id, 1, false, TimeSpan.FromSeconds(22), Ct)).Ok);

        Assert.Equal("5=2 5=1 5=1", string.Join(' ', pdu.Told));
    }

    [Fact]
    public async Task OutletBehindAnotherMethod_HostWasSeenSince_ItsPowerStays()
    {
        await using var pdu = new FakePdu(newer: true);
        await SetAsync(Redfish() with { Password = "not it" }, Pdu(pdu));
        await Power.WakeAsync(_id, 0, true, Limit, Ct);
        Assert.True((await Power.GetStatesAsync(_id, Limit, Ct)).Ok);

        Assert.True((await Power.WakeAsync(_id, 1, false, TimeSpan.FromSeconds(22), Ct)).Ok);

        Assert.DoesNotContain("5=2", pdu.Told);
    }

    [Fact]
    public async Task WakeByOutlet_ItsControllerSaysOn_ItsPowerStays()
    {
        await using var pdu = new FakePdu(newer: true);
        await SetAsync(Pdu(pdu), Redfish());

        Assert.True((await Power.WakeAsync(_id, 0, true, TimeSpan.FromSeconds(22), Ct)).Ok);

        Assert.DoesNotContain("5=2", pdu.Told);
    }

    [Fact]
    public async Task Probe_OfAHostThatAnswers_WhoseOutletIsOff_IsAnothersOutlet_UnlessAnotherFeedIsOn()
    {
        await using var a = new FakePdu(newer: true);
        await using var b = new FakePdu(newer: true);
        a.On[4] = false;
        await SetAsync(Pdu(a), Pdu(b));
        Assert.Equal(HostCheckState.Warning, Check(await ProbeAsync(), "wake[0].power").State);
        Assert.Equal(HostCheckState.Ok, Check(await ProbeAsync(), "wake[1].power").State);

        b.On[4] = false;

        Assert.Equal(HostCheckState.Failed, Check(await ProbeAsync(), "wake[0].power").State);
        Assert.Equal(HostCheckState.Failed, Check(await ProbeAsync(), "wake[1].power").State);
    }

    private WakeBlock Redfish() =>
        new()
        {
            Method = "redfish",
            Host = Bmc.Url.Host,
            Port = Bmc.Url.Port,
            UserName = "oper",
            Password = FakeRedfish.Password,
        };

    private static WakeBlock Pdu(FakePdu pdu) =>
        new()
        {
            Method = "pdu",
            Host = "127.0.0.1",
            Port = pdu.Port,
            Outlet = "5",
            Password = FakePdu.Community,
        };

    private static HostBody Body(params WakeBlock[] wake) => HostCommandsTests.Body("h1") with { Wake = wake };

    private Task SetAsync(params WakeBlock[] wake) =>
        _hosts.Commands.UpdateAsync(HostsHarness.Admin, _id, Body(wake), Ct);

    private Task<HostProbe> ProbeAsync() => _hosts.PowerCommands.CheckAsync(HostsHarness.As("Operator"), _id, Ct);

    private static HostCheck Check(HostProbe probe, string name) => probe.Checks.Single(c => c.Name == name);
}

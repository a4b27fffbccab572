using VmPowerManager.Hosts;
using VmPowerManager.Hosts.Outlets;
using VmPowerManager.Lab;
using VmPowerManager.Protocols;

namespace VmPowerManager.Tests.Hosts;

/// <summary>Switched outlets: against our own stand-in for APC's two tables, and a real snmpd for any maker's object.</summary>
[Collection("UPS labs")]
public sealed class OutletTests(SnmpLab lab)
{
    private static readonly BmcOrders Orders = new(TimeProvider.System);
    private readonly OutletMethod _method = new(Orders, TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, "5", "5=2")]
    [InlineData(false, "5", "5=2")]
    [InlineData(true, "5, 6", "5=2 6=2")]
    public async Task Off_IsDoneWhenEveryOutletSaysOff(bool newer, string outlets, string told)
    {
        await using var pdu = new FakePdu(newer);
        Assert.Equal(BmcPower.Unknown, (await _method.StateAsync(Device(pdu, outlets), Ct)).Power); // C4: on says nothing

        await Orders.OffAsync(_method, Device(pdu, outlets), () => { }, Ct);

        Assert.Equal(BmcPower.Off, (await _method.StateAsync(Device(pdu, outlets), Ct)).Power);
        Assert.Equal(told, string.Join(' ', pdu.Told));
        Assert.True(pdu.On[0]);
    }

    [Fact]
    public async Task OneOfTwoSupplies_IsNotOff()
    {
        await using var pdu = new FakePdu(newer: true);
        pdu.On[4] = false;

        Assert.Equal(BmcPower.Unknown, (await _method.StateAsync(Device(pdu, "5,6"), Ct)).Power);
        Assert.Equal(BmcPower.Off, (await _method.StateAsync(Device(pdu, "5"), Ct)).Power);
    }

    [Fact]
    public async Task Off_AcceptedWithoutEffect_IsNotDone()
    {
        await using var pdu = new FakePdu(newer: true) { Stuck = true };
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Orders.OffAsync(_method, Device(pdu, "5"), () => { }, limit.Token)
        );
    }

    [Fact]
    public async Task Wake_GivesPower()
    {
        await using var pdu = new FakePdu(newer: false);
        pdu.On[4] = false;

        var words = await _method.WakeAsync(Device(pdu, "5"), Ct);

        Assert.Contains("outlet 5 has power", words, StringComparison.Ordinal);
        Assert.True(pdu.On[4]);
        Assert.Equal(["5=1"], pdu.Told);
    }

    [Fact]
    public async Task Probe_TellsEachOutlet_AndSwitchesNone()
    {
        await using var pdu = new FakePdu(newer: true);
        pdu.On[5] = false;

        var probe = await _method.ProbeAsync(Device(pdu, "5,6"), Ct);

        Assert.Contains("outlet 5 on, outlet 6 off", probe.Checks[0].Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(probe.Checks, c => c.State == HostCheckState.Failed);
        Assert.Empty(pdu.Told);
        Assert.All(probe.Checks, c => Assert.DoesNotContain(FakePdu.Community, c.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task OutletThatIsNotThere_AndSilence_AreToldApart()
    {
        await using var pdu = new FakePdu(newer: true);
        var missing = Assert.Single((await _method.ProbeAsync(Device(pdu, "9"), Ct)).Checks);
        Assert.Contains("shows no outlet 9", missing.Detail, StringComparison.Ordinal);

        pdu.IsSilent = true;

        var e = await Assert.ThrowsAnyAsync<DeviceException>(() => _method.StateAsync(Device(pdu, "5"), Ct));
        Assert.Equal(DeviceFault.Timeout, e.Fault);
    }

    [Fact]
    public async Task AnyMakersObject_OfARealAgent_IsToldAndSet()
    {
        await lab.RequireAsync();
        // upsAutoRestart: an INTEGER that keeps what it is told.
        var device = new WakeDevice(
            "h1",
            new WakeSettings
            {
                Method = "pdu",
                Host = "127.0.0.1",
                Port = lab.Port,
                Outlet = "1.3.6.1.2.1.33.1.8.5.0=1/2",
            },
            "private"
        );
        await Orders.OffAsync(_method, device, () => { }, Ct);
        Assert.Equal(BmcPower.Off, (await _method.StateAsync(device, Ct)).Power);

        await _method.WakeAsync(device, Ct);

        Assert.Equal(BmcPower.Unknown, (await _method.StateAsync(device, Ct)).Power);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("5;6")]
    [InlineData("1.3.6=1")]
    [InlineData("1.3.6=1/1")]
    [InlineData("1,2,3,4,5,6,7,8,9")]
    public void WhatNamesNoOutlet_IsNone(string text) => Assert.Null(OutletList.Parse(text));

    private static WakeDevice Device(FakePdu pdu, string outlets) =>
        new(
            "h1",
            new WakeSettings
            {
                Method = "pdu",
                Host = "127.0.0.1",
                Port = pdu.Port,
                Outlet = outlets,
            },
            FakePdu.Community
        );
}

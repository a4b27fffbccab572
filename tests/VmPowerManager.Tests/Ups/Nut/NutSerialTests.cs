using VmPowerManager.Ups;
using VmPowerManager.Ups.Nut;

namespace VmPowerManager.Tests.Ups.Nut;

/// <summary>Orders through upsd and a real driver of NUT to a UPS on a serial line, which notes what arrives.</summary>
public sealed class NutSerialTests
{
    private readonly NutDriver _driver = NutLabDevices.Driver();

    [Fact]
    public async Task Cut_WithADelay_ArrivesAsOneAndCanBeTakenBack()
    {
        UpsdLab.Require();
        using var ups = new MegatecUps();
        await using var lab = await UpsdLab.StartAsync(ups);
        await using var session = _driver.Open(lab, "ups1", UpsdLab.Admin, UpsdLab.AdminPassword);
        Assert.Equal(
            new UpsCutAbility("shutdown.return", TimeSpan.FromSeconds(600), true),
            await session.FindCutAsync(default)
        );

        await session.CutAsync(TimeSpan.FromSeconds(120), default);

        // Off in two minutes; on again with mains, three minutes later at the earliest.
        Assert.Equal(["S02R0003"], ups.Orders);
        var variables = (await session.ReadAsync(default)).Variables;
        Assert.Equal(("120", "180"), (variables["ups.delay.shutdown"], variables["ups.delay.start"]));
        Assert.True(ups.ShutsDown);

        await session.AbortCutAsync(default);

        Assert.Equal(["S02R0003", "C"], ups.Orders);
        Assert.False(ups.ShutsDown);

        // Neither 190 s nor 250 s are whole minutes, which is all that the device knows.
        await session.CutAsync(TimeSpan.FromSeconds(190), default);
        Assert.Equal("S04R0005", ups.Orders.Last());
    }

    [Fact]
    public async Task Orders_OfARealDriver_AreDone()
    {
        UpsdLab.Require();
        using var ups = new MegatecUps();
        await using var lab = await UpsdLab.StartAsync(ups);
        await using var session = _driver.Open(lab, "ups1", UpsdLab.Admin, UpsdLab.AdminPassword);

        var writable = (await session.WritableAsync(default)).ToDictionary(v => v.Name);
        Assert.Equal(["ups.delay.shutdown", "ups.delay.start"], writable.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([new UpsBounds(12, 600)], writable["ups.delay.shutdown"].Bounds);
        Assert.Equal(UpsCommandOutcome.Done, await session.SetAsync("ups.delay.shutdown", "60", default));
        Assert.Equal(UpsCommandOutcome.Done, await session.ExecuteAsync("test.battery.start.quick", null, default));
        Assert.Equal(UpsCommandOutcome.Done, await session.ExecuteAsync("beeper.toggle", null, default));

        Assert.Equal(["T", "Q"], ups.Orders);
    }
}

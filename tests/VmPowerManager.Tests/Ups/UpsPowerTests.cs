using VmPowerManager.Core.Power;
using VmPowerManager.Runs;
using VmPowerManager.Tests.Ups.Nut;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Apcupsd;

namespace VmPowerManager.Tests.Ups;

/// <summary>A plan's orders to a UPS: through upsd and a real driver of NUT to a UPS on a serial line (C9).</summary>
public sealed class UpsPowerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private static UpsPower Power(UpsDevice? device, string driver = "nut", UpsCheckBook? book = null)
    {
        var policy = new UpsPolicy { UpsId = 1, Name = "ups1" };
        var config = device is null ? null : new UpsConfig(device, driver, policy);
        var drivers = new UpsDrivers([NutLabDevices.Driver(), new ApcupsdDriver(TimeProvider.System)]);
        return new UpsPower(_ => config, drivers, book ?? new(TimeProvider.System), TimeProvider.System);
    }

    private static async Task Reads(UpsPower power, UpsMains mains)
    {
        for (var i = 0; i < 100 && (await power.ReadMainsAsync(1, Limit, default)).Value != mains; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        Assert.Equal(mains, (await power.ReadMainsAsync(1, Limit, default)).Value);
    }

    [Fact]
    public async Task Cut_OnlyWhileMainsIsGone_ArrivesAtTheDevice_AndCanBeTakenBack()
    {
        UpsdLab.Require();
        using var ups = new MegatecUps();
        await using var lab = await UpsdLab.StartAsync(ups);
        var power = Power(NutLabDevices.Of(lab, "ups1", UpsdLab.Admin, UpsdLab.AdminPassword));

        var onMains = await power.CutAsync(1, TimeSpan.FromSeconds(60), Limit, default);
        Assert.Contains("Mains is back", onMains.Words, StringComparison.Ordinal);
        Assert.Empty(ups.Orders); // C9: read again, and refused before anything is sent

        ups.OnBattery = true;
        await Reads(power, UpsMains.Gone);
        var cut = await power.CutAsync(1, TimeSpan.FromSeconds(60), Limit, default);
        Assert.True(cut.Ok, cut.Words);
        Assert.Equal("shutdown.return", cut.Value?.Command);
        Assert.StartsWith("S01R", Assert.Single(ups.Orders), StringComparison.Ordinal);

        Assert.True((await power.AbortCutAsync(1, Limit, default)).Ok);
        Assert.Equal("C", ups.Orders.Last());
    }

    [Fact]
    public async Task Cut_LongerThanTheDeviceWaits_IsRefusedBeforeAnythingIsSent()
    {
        UpsdLab.Require();
        using var ups = new MegatecUps { OnBattery = true };
        await using var lab = await UpsdLab.StartAsync(ups);
        var power = Power(NutLabDevices.Of(lab, "ups1", UpsdLab.Admin, UpsdLab.AdminPassword));
        await Reads(power, UpsMains.Gone);

        var cut = await power.CutAsync(1, TimeSpan.FromSeconds(900), Limit, default);

        Assert.Equal("It waits at most 600 s before it cuts.", cut.Words);
        Assert.Empty(ups.Orders);
    }

    [Theory]
    [InlineData(UpsdLab.Admin, UpsdLab.AdminPassword, ReadinessState.Ok, "shutdown.return")]
    [InlineData(UpsdLab.Admin, "wrong", ReadinessState.Failed, "ACCESS-DENIED")]
    [InlineData(null, null, ReadinessState.Failed, "no user name is set")]
    public async Task Probe_TellsWhetherOrdersWouldBeTaken_AndGivesNone(
        string? user,
        string? password,
        ReadinessState allowed,
        string words
    )
    {
        UpsdLab.Require();
        using var ups = new MegatecUps();
        await using var lab = await UpsdLab.StartAsync(ups);
        var power = Power(NutLabDevices.Of(lab, "ups1", user, password));
        Assert.Null(power.LastProbe(1));

        await power.ProbeAsync(1, Limit, default);

        var checks = new UpsReadinessChecks(null, power.LastProbe(1)).All();
        Assert.Equal([ReadinessState.Ok, ReadinessState.Unknown, allowed], checks.Select(c => c.State));
        Assert.Contains(words, checks[2].Detail, StringComparison.Ordinal);
        Assert.Empty(ups.Orders);
        Assert.Equal(allowed == ReadinessState.Ok, power.LastProbe(1)?.Probe.Ok);
    }

    [Fact]
    public async Task Probe_OfAnotherConfiguration_IsVoid()
    {
        var settings = System.Text.Json.JsonSerializer.SerializeToElement(new { host = "127.0.0.1", port = 1 });
        var device = new UpsDevice(1, "ups1", settings, new Dictionary<string, string>());
        var book = new UpsCheckBook(TimeProvider.System);
        var power = Power(device, "apcupsd", book);

        await power.ProbeAsync(1, Limit, default);

        Assert.Equal("connect", power.LastProbe(1)?.Probe.Blocked?.Name);
        Assert.Null(Power(device with { Name = "other" }, "apcupsd", book).LastProbe(1));
    }

    [Fact]
    public async Task DriverWithoutACut_SaysSo_AndIsKnownFromThenOn()
    {
        var settings = System.Text.Json.JsonSerializer.SerializeToElement(new { host = "127.0.0.1", port = 1 });
        var power = Power(new UpsDevice(1, "ups1", settings, new Dictionary<string, string>()), "apcupsd");

        var found = await power.FindCutAsync(1, Limit, default);

        Assert.Contains("no cut that returns with mains", found.Words, StringComparison.Ordinal);
        Assert.Equal(found, power.KnownCut(1));
    }

    [Fact]
    public async Task UpsThatIsGone_SaysSo()
    {
        var power = Power(null);
        Assert.Contains(
            "not configured",
            (await power.AbortCutAsync(1, Limit, default)).Words,
            StringComparison.Ordinal
        );
        Assert.Null(power.KnownCut(1));
    }
}

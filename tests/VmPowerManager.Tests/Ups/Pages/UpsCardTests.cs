using Bunit;
using Microsoft.Extensions.DependencyInjection;
using VmPowerManager.Core.Power;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Pages;
using static VmPowerManager.Tests.Ups.Pages.UpsViews;

namespace VmPowerManager.Tests.Ups.Pages;

public sealed class UpsCardTests : UpsCommandsBench
{
    [Fact]
    public async Task Normal_ShowsFiguresWithUnitsAndAge()
    {
        await using var face = NewFace();
        var reading = Reading("OL CHRG") with
        {
            BatteryChargePercent = 97,
            BatteryRuntimeSeconds = 1800,
            LoadPercent = 23,
            InputVoltage = 230.1,
        };

        var card = Show(face, Seen(reading));

        Assert.Equal("On mains", card.Find(".vm-chip").TextContent.Trim());
        Assert.Contains("vm-normal", card.Find("article").ClassName, StringComparison.Ordinal);
        Assert.Equal("Battery charge: 97 %", card.Find(".vm-ring").GetAttribute("aria-label"));
        Assert.Equal(["30:00", "23 %", "230.1 V", "unknown"], Figures(card));
        Assert.Contains("Charging", card.Find(".vm-ups-flags").TextContent, StringComparison.Ordinal);
        Assert.Equal("2026-01-01T12:00:00.000Z", card.Find("time[data-stale]").GetAttribute("data-at"));
        Assert.Equal("15", card.Find("time[data-stale]").GetAttribute("data-stale"));
    }

    [Fact]
    public async Task OnBattery_AsksForAttentionAndCounts()
    {
        await using var face = NewFace();

        var card = Show(
            face,
            Seen(Reading("OB DISCHRG") with { OnBattery = true, OnBatterySeconds = 61, AgeSeconds = 1 })
        );

        Assert.Contains("vm-attention", card.Find("article").ClassName, StringComparison.Ordinal);
        Assert.Equal("2026-01-01T11:59:00.000Z", card.Find("time[data-clock=since]").GetAttribute("data-at"));
    }

    [Fact]
    public async Task Critical_AloneMayPulse()
    {
        await using var face = NewFace();

        var card = Show(face, Seen(Reading("OB LB") with { OnBattery = true, Critical = true, LowBattery = true }));

        Assert.Contains("vm-pulse", card.Find(".vm-chip.vm-critical").ClassName, StringComparison.Ordinal);
        Assert.Equal("Low battery", card.Find(".vm-chip.vm-critical").TextContent.Trim());
    }

    [Fact]
    public async Task Alarm_IsShownInTheDevicesWords()
    {
        await using var face = NewFace();
        var text = new Dictionary<string, string> { [UpsReadingView.AlarmText] = "Fan failure!" };

        var card = Show(face, Seen(Reading("OL ALARM") with { Variables = text }));

        Assert.Contains("Fan failure!", card.Find(".vm-ups-error").TextContent, StringComparison.Ordinal);
        Assert.Equal("Alarm", card.Find(".vm-chip").TextContent.Trim());
    }

    [Fact]
    public async Task Lost_MarksEstimatesAndRepeatsThePeersWords()
    {
        await using var face = NewFace();
        var reading = Reading("OB", Comm.Lost) with
        {
            OnBattery = true,
            BatteryChargePercent = 60,
            BatteryRuntimeSeconds = 900,
            Estimated = ["batteryChargePercent", "batteryRuntimeSeconds"],
            Error = "Connection refused (10.0.0.1:3493)",
        };

        var card = Show(face, Seen(reading));

        Assert.Equal("On battery, no data", card.Find(".vm-chip").TextContent.Trim());
        Assert.Equal("≈ 15:00", Figures(card)[0]);
        Assert.Contains("≈ estimated", card.Markup, StringComparison.Ordinal);
        Assert.Contains(
            "Connection refused (10.0.0.1:3493)",
            card.Find(".vm-ups-error").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task NeverRead_SaysSoAndMakesNothingUp()
    {
        await using var face = NewFace();

        var card = Show(face, Seen(Reading("", Comm.Lost) with { Error = "No route to host" }));

        Assert.Contains("Never read", card.Markup, StringComparison.Ordinal);
        Assert.Empty(card.FindAll("time[data-stale]"));
        Assert.Equal(["unknown", "unknown", "unknown", "unknown"], Figures(card));
        Assert.Equal("Battery charge: unknown", card.Find(".vm-ring").GetAttribute("aria-label"));
    }

    [Fact]
    public async Task NotReadYet_WaitsAndDisabled_IsNotWatched()
    {
        await using var face = NewFace();

        Assert.Contains("Waiting for the first reading", Show(face, Seen(null)).Markup, StringComparison.Ordinal);
        Assert.Contains("Not watched", Show(face, Seen(null, enabled: false)).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NewReading_IsShownByItself()
    {
        await using var face = NewFace();
        var card = Show(face, Seen(Reading()));

        Screens.All.Update(all => all.SetItem(1, Seen(Reading("OB") with { OnBattery = true })));

        card.WaitForAssertion(() => Assert.Equal("On battery", card.Find(".vm-chip").TextContent.Trim()));
    }

    private Face NewFace() => new(services => services.AddSingleton(Screens).AddSingleton(Queries));

    private IRenderedComponent<UpsCard> Show(Face face, UpsStreamView ups)
    {
        Screens.All.Update(all => all.SetItem(ups.Id, ups));
        return face.Render<UpsCard>(p => p.Add(c => c.UpsId, ups.Id));
    }

    private static List<string> Figures(IRenderedComponent<UpsCard> card) =>
        [.. card.FindAll("dd").Select(dd => dd.TextContent.Trim().Replace('\u00a0', ' '))];
}

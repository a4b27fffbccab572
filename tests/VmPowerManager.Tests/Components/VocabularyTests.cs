using System.Globalization;
using Bunit;
using VmPowerManager.Components;
using VmPowerManager.Core;

namespace VmPowerManager.Tests.Components;

public sealed class VocabularyTests : ScreenContext
{
    [Theory]
    [InlineData(0, "0:00")]
    [InlineData(192, "3:12")]
    [InlineData(3599, "59:59")]
    [InlineData(3600, "1 h 00 min")]
    [InlineData(3840, "1 h 04 min")]
    [InlineData(172800, "2 d 0 h")]
    [InlineData(-5, "0:00")]
    public void Duration_IsWrittenAsUiSays(double seconds, string text) => Assert.Equal(text, Durations.Text(seconds));

    [Theory]
    [InlineData(45, "45 s")]
    [InlineData(90, "1 min 30 s")]
    [InlineData(300, "5 min")]
    [InlineData(2839, "47 min")]
    [InlineData(3840, "1 h 04 min")]
    public void Words_SayWhatDoesNotTick(double seconds, string text) => Assert.Equal(text, Durations.Words(seconds));

    [Theory]
    [InlineData(Condition.Normal, "Normal")]
    [InlineData(Condition.Attention, "Attention")]
    [InlineData(Condition.Critical, "Critical")]
    [InlineData(Condition.Unknown, "Unknown")]
    public void Chip_HasAnIconAndAWord_NeverAColourAlone(Condition condition, string word)
    {
        var chip = Render<ConditionChip>(p => p.Add(c => c.Condition, condition).Add(c => c.Text, word));
        Assert.NotNull(chip.Find("svg[aria-hidden=true]"));
        Assert.Equal(word, chip.Find("span > span").TextContent);
    }

    [Fact]
    public void Chip_Working_SpinsWithItsText()
    {
        var chip = Render<ConditionChip>(p => p.Add(c => c.Condition, Condition.Working).Add(c => c.Text, "Stopping"));
        Assert.NotNull(chip.Find(".vm-spinner"));
        Assert.Contains("Stopping", chip.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantity_Unknown_IsSaid_NotInvented()
    {
        var unknown = Render<Quantity>(p => p.Add(q => q.Value, null).Add(q => q.Unit, "V"));
        Assert.Equal("unknown", unknown.Find("span").TextContent);
        Assert.DoesNotContain("V", unknown.Find("span").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantity_HasItsUnit_InTheReadersNumbers()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            var shown = Render<Quantity>(p =>
                p.Add(q => q.Value, 230.12).Add(q => q.Unit, "V").Add(q => q.Format, "0.0").Add(q => q.Estimated, true)
            );
            Assert.Equal("≈ 230,1\u00a0V", shown.Find("span").TextContent);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Clock_GivesTheBrowserTheTime_AndWritesNoTextItself()
    {
        var at = new DateTimeOffset(2026, 1, 15, 13, 0, 0, TimeSpan.FromHours(1));
        var clock = Render<Clock>(p => p.Add(c => c.At, at).Add(c => c.Kind, Clock.Kinds.Since));
        var time = clock.Find("time");
        Assert.Equal("2026-01-15T12:00:00.000Z", time.GetAttribute("data-at"));
        Assert.Equal("since", time.GetAttribute("data-clock"));
        Assert.Equal("", time.TextContent);
    }

    [Fact]
    public void Ring_SaysItsShareToThoseWhoHear()
    {
        var ring = Render<Ring>(p => p.Add(r => r.Percent, 81.4).Add(r => r.Label, "Battery"));
        Assert.Equal("Battery: 81 %", ring.Find("[role=img]").GetAttribute("aria-label"));
        Assert.Equal("81.4 100", ring.Find(".vm-ring-value").GetAttribute("stroke-dasharray"));
        var unknown = Render<Ring>(p => p.Add(r => r.Percent, null).Add(r => r.Label, "Battery"));
        Assert.Equal("Battery: unknown", unknown.Find("[role=img]").GetAttribute("aria-label"));
        Assert.Empty(unknown.FindAll(".vm-ring-value"));
    }

    [Fact]
    public void Sparkline_LeavesAGapWhereNothingWasRead()
    {
        (double, double?)[] points = [(0, 10), (0.25, 20), (0.5, null), (0.75, 10), (1, 20)];
        var line = Render<Sparkline>(p => p.Add(s => s.Points, points).Add(s => s.Label, "Charge"));
        var path = line.Find("path").GetAttribute("d") ?? "";
        Assert.Equal(2, path.Count(c => c == 'M'));
        Assert.Equal(2, path.Count(c => c == 'L'));
    }

    [Fact]
    public async Task Attempt_KeepsRefusalsByField_AndRunsOnceAtATime()
    {
        var attempt = new Attempt();
        var errors = new Dictionary<string, string[]> { ["nut.host"] = ["Is required."], ["name"] = ["Is taken."] };
        Assert.False(await attempt.RunAsync(() => throw new InvalidInputException(errors)));
        Assert.Equal("Is required.", attempt.For("nut.host"));
        Assert.Equal(["name: Is taken."], attempt.Unclaimed);
        Assert.False(await attempt.RunAsync(() => throw new PeerRefusedException("ACCESS-DENIED", "login")));
        Assert.Equal(("ACCESS-DENIED", "login"), (attempt.Refusal, attempt.FailedStep));
        Assert.Null(attempt.For("nut.host"));
        var gate = new TaskCompletionSource();
        var first = attempt.RunAsync(() => gate.Task);
        Assert.True(attempt.Running);
        Assert.False(await attempt.RunAsync(() => throw new InvalidOperationException("ran twice")));
        gate.SetResult();
        Assert.True(await first);
        Assert.Null(attempt.Refusal);
    }
}

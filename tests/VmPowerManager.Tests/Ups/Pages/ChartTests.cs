using Bunit;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Pages;

namespace VmPowerManager.Tests.Ups.Pages;

public sealed class ChartTests
{
    private static readonly DateTimeOffset From = UpsViews.At;

    [Theory]
    [InlineData(0, 100, 0.0, 100.0, "0 25 50 75 100", 0)]
    [InlineData(17, 31, 0.0, null, "0 10 20 30 40", 0)]
    [InlineData(228.4, 231.9, null, null, "228 229 230 231 232", 0)]
    [InlineData(21, 27, null, null, "20 22 24 26 28", 0)]
    [InlineData(230, 230, null, null, "229 229.5 230 230.5 231", 1)]
    [InlineData(0, 0, 0.0, null, "0 0.25 0.5 0.75 1", 2)]
    public void Scale_HasRoundTicks(double low, double high, double? least, double? most, string ticks, int decimals)
    {
        var scale = ChartScale.Of(low, high, least, most);

        Assert.Equal(ticks, FormattableString.Invariant($"{string.Join(' ', scale.Ticks.Select(Text))}"));
        Assert.Equal(decimals, scale.Decimals);
        Assert.True(scale.Least <= low && scale.Most >= high);
    }

    [Fact]
    public void Line_WithAGap_IsTwoStrokesAndALoneDot()
    {
        var line = new ChartLine("Load", [(0, Value(0)), (0.1, Value(100)), (0.5, null), (0.9, Value(50, 40, 60))]);
        var scale = new ChartScale(0, 100, 25);

        Assert.Equal("M0 200h.01L100 0M900 100h.01", line.Path(scale));
        Assert.Equal("M900 80V120", line.Spread(scale));
    }

    [Fact]
    public void Trace_WithoutSamplesForLong_HasAGapAndBandsThatJoin()
    {
        var series = Series((0, 0, 50), (60, 0.5, 50), (120, 1, 50), (600, 0, 50), (660, 0.1, 50));

        Assert.Equal(
            [false, false, false, true, false, false],
            UpsTrace.Line(series, "loadPercent").Select(p => p.Value is null)
        );
        Assert.Equal([(60.0 / 3600, 180.0 / 3600), (660.0 / 3600, 720.0 / 3600)], UpsTrace.OnBattery(series));
    }

    [Fact]
    public void Charts_OfWhatWasRead_NameWhatWasNot()
    {
        var (charts, absent) = UpsChartSet.Of(Series((0, 0, 20), (60, 0, 22)));

        Assert.Equal("Load", Assert.Single(charts).Title);
        Assert.Contains("Battery temperature", absent);
    }

    [Fact]
    public async Task Chart_SaysTheEssentialInWordsAndIsReachedByKeyboard()
    {
        await using var face = new Face();
        var series = Series((0, 0, 20), (60, 1, 30), (120, 0, 25));
        var view = UpsChartSet.Of(series).Charts[0];

        var chart = face.Render<UpsChart>(p =>
            p.Add(c => c.Title, view.Title)
                .Add(c => c.Unit, view.Unit)
                .Add(c => c.Series, series)
                .Add(c => c.Lines, view.Lines)
                .Add(c => c.Bands, UpsTrace.OnBattery(series))
                .Add(c => c.Least, view.Least)
        );

        Assert.Contains("last 25 %, from 20 to 30 %", chart.Markup, StringComparison.Ordinal);
        Assert.Equal("0", chart.Find(".vm-chart").GetAttribute("tabindex"));
        Assert.Single(chart.FindAll("rect.vm-spark-band"));
        Assert.NotEmpty(chart.Find("path.vm-chart-line[data-name]").GetAttribute("d") ?? "");
    }

    private static string Text(double tick) => tick.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static HistoryValue Value(double mean, double? min = null, double? max = null) =>
        new(min ?? mean, mean, max ?? mean);

    private static HistorySeries Series(params (int At, double OnBattery, double Load)[] items) =>
        new(
            From,
            From.AddHours(1),
            60,
            "1m",
            [
                .. items.Select(i => new HistoryPoint(
                    From.AddSeconds(i.At),
                    i.OnBattery,
                    new Dictionary<string, HistoryValue> { ["loadPercent"] = Value(i.Load) }
                )),
            ]
        );
}

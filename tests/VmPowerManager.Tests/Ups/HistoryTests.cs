using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Core.Power;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Pages;

namespace VmPowerManager.Tests.Ups;

/// <summary>What is recorded, summed and read again (DESIGN 4: raw 48 h, 1 min 30 d, 15 min 1 y, 1 h forever).</summary>
public sealed class HistoryTests : HistoryBench
{
    [Fact]
    public void Record_QuietUps_OneSampleAMinute()
    {
        Feed(minutes: 10, _ => 100);

        Assert.InRange(Recorder.Take(0).Samples.Count, 10, 11);
    }

    [Fact]
    public void Record_ChangeBeyondTheDeadBand_IsASampleAtOnce()
    {
        Record(100);
        Record(99.5);
        Record(98.9);
        Record(98.9, UpsStatus.OB);
        Record(null, UpsStatus.OB);

        Assert.Equal([100, 98.9, 98.9, null], Recorder.Take(0).Samples.Select(s => s.Values[0]));
    }

    [Fact]
    public void Rollups_OfAnHour_HoldLeastMeanAndMostOfEveryReading()
    {
        // 60, 59 ... 1 in the sixty minutes.
        var from = Now;
        Feed(minutes: 60, minute => 60 - minute);
        Writer.Write(long.MaxValue);

        var byMinute = Queries.Read(1, from, Now, 60);
        Assert.Equal(("1m", 60, 60), (byMinute.Source, byMinute.BucketSeconds, byMinute.Items.Count));
        Assert.Equal(new HistoryValue(60, 60, 60), byMinute.Items[0].Values["batteryChargePercent"]);
        var byQuarter = Queries.Read(1, from, Now, 4);
        Assert.Equal(("15m", 4), (byQuarter.Source, byQuarter.Items.Count));
        Assert.Equal(new HistoryValue(46, 53, 60), byQuarter.Items[0].Values["batteryChargePercent"]);
        var byHour = Queries.Read(1, from, from.AddHours(5), 5);
        Assert.Equal("1h", byHour.Source);
        Assert.Equal(new HistoryValue(1, 30.5, 60), Assert.Single(byHour.Items).Values["batteryChargePercent"]);
    }

    [Fact]
    public void Rollups_MinuteCutInTwoByARestart_IsPutTogether()
    {
        var from = Now;
        for (var i = 0; i < 10; i++)
            Record(i < 4 ? 100 : 50);
        Writer.Write(long.MaxValue);
        for (var i = 0; i < 10; i++)
            Record(null);
        Writer.Write(long.MaxValue);
        for (var i = 0; i < 10; i++)
            Record(20);
        Writer.Write(long.MaxValue);
        Time.Advance(TimeSpan.FromMinutes(1));

        var minute = Assert.Single(Queries.Read(1, from, from.AddMinutes(100), 100).Items);
        var value = minute.Values["batteryChargePercent"];
        Assert.Equal((20, 100), (value.Min, value.Max));
        Assert.InRange(value.Mean, 20, 70);
    }

    [Fact]
    public void Read_ShareOnBattery_IsItsPartOfTheTime()
    {
        var from = Now;
        Feed(minutes: 15, _ => 100, minute => minute < 5 ? UpsStatus.OB : UpsStatus.OL);
        Writer.Write(long.MaxValue);

        var quarter = Assert.Single(Queries.Read(1, from, from.AddMinutes(30), 2).Items);
        Assert.Equal(0.333, quarter.OnBatteryShare);
    }

    [Fact]
    public void Read_MinuteNotOverYet_IsThereFromItsSamples()
    {
        Record(100);
        Record(90);
        Writer.Write(Now.ToUnixTimeMilliseconds());

        var day = Assert.Single(Queries.Read(1, Now.AddDays(-1), Now.AddHours(1), 10).Items);
        Assert.Equal(new HistoryValue(90, 95, 100), day.Values["batteryChargePercent"]);
    }

    [Fact]
    public void Read_ValueNeverReported_IsAbsent()
    {
        Record(100);
        Writer.Write(long.MaxValue);

        var point = Assert.Single(Queries.Read(1, Now.AddMinutes(-5), Now.AddSeconds(1), 300).Items);
        Assert.Equal(["batteryChargePercent"], point.Values.Keys);
    }

    [Fact]
    public void Read_NothingThere_IsEmpty()
    {
        Assert.Empty(Queries.Read(1, Now.AddDays(-1), Now, 300).Items);
        Record(100);
        Writer.Write(long.MaxValue);
        Assert.Empty(Queries.Read(2, Now.AddDays(-1), Now.AddDays(1), 300).Items);
    }

    [Theory]
    [InlineData(0, 3_600, 300, "raw")]
    [InlineData(0, 86_400, 300, "1m")]
    [InlineData(0, 30 * 86_400, 300, "1h")]
    [InlineData(0, 30 * 86_400, 2000, "15m")]
    [InlineData(3 * 86_400, 3_600, 300, "1m")]
    [InlineData(60 * 86_400, 3_600, 300, "15m")]
    [InlineData(400 * 86_400, 3_600, 300, "1h")]
    [InlineData(0, 365 * 86_400, 300, "6h")]
    [InlineData(0, 365 * 86_400, 2000, "6h")]
    [InlineData(0, 90 * 86_400, 2000, "1h")]
    [InlineData(0, 7 * 86_400, 2000, "15m")]
    [InlineData(0, 86_400, 2000, "1m")]
    [InlineData(0, 10 * 365 * 86_400, 2000, "6h")]
    public void Read_Span_ComesFromTheCoarsestThatIsFineEnoughAndStillKept(
        int secondsAgo,
        int span,
        int points,
        string source
    )
    {
        var to = Now.AddSeconds(-secondsAgo);

        var series = Queries.Read(1, to.AddSeconds(-span), to, points);

        Assert.Equal(source, series.Source);
        Assert.True(series.BucketSeconds * points >= span);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(7)]
    public void Read_SpanThatBeginsBetweenRows_HasNoPointTooMany(int points)
    {
        Time.Advance(TimeSpan.FromSeconds(17));
        var from = Now;
        Feed(minutes: 61, _ => 100);
        Writer.Write(long.MaxValue);

        var series = Queries.Read(1, from, from.AddHours(1), points);

        Assert.InRange(series.Items.Count, points - 1, points);
        Assert.All(series.Items, item => Assert.InRange(item.At, from.AddMinutes(-10), from.AddHours(1)));
    }

    /// <summary>Nothing was read for an hour: no bucket stands for it, and no line crosses it.</summary>
    [Theory]
    [InlineData(24)]
    [InlineData(6)]
    public void Read_Gap_StaysAGap(int hours)
    {
        Time.Advance(TimeSpan.FromHours(hours - 2.5));
        Feed(minutes: 45, _ => 100);
        Time.Advance(TimeSpan.FromHours(1));
        Feed(minutes: 45, _ => 60);
        Writer.Write(long.MaxValue);

        var series = Queries.Read(1, Now.AddHours(-hours), Now, 300);
        var line = UpsTrace.Line(series, "batteryChargePercent");

        Assert.Single(line, p => p.Value is null);
        Assert.DoesNotContain(series.Items, i => i.Values["batteryChargePercent"].Mean is > 60 and < 100);
    }
}

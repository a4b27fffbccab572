using VmPowerManager.Core.Power;
using static VmPowerManager.Core.Tests.Power.Feed;

namespace VmPowerManager.Core.Tests.Power;

/// <summary>POLICY A5-A8: masks, FSD, low battery, OFF, OVER, estimates.</summary>
public sealed class CriticalTests
{
    private const string Line = "0 OL volts=230 charge=100 runtime=1800, ";

    [Theory]
    [InlineData("1 OB TEST volts=230, 9 OB TEST volts=230", false)]
    [InlineData("1 OB CAL LB volts=116, 9 OB CAL LB volts=116", false)] // half of nominal and more
    [InlineData("1 OB CAL LB volts=114, 5 OB CAL LB volts=114", true)] // less: input lost
    [InlineData("1 OB CAL volts=230, 2 OB CAL volts=0, 3 OB CAL volts=0, 5 OB CAL volts=0", true)] // ends at once
    [InlineData("1 OB TEST, 290 OB TEST, 300 OB TEST", false)] // unknown voltage: 5 min
    [InlineData("1 OB TEST, 301 OB TEST, 302 OB TEST, 304 OB TEST", true)]
    [InlineData("1 OB CAL charge=50, 900 OB CAL charge=15, 901 OB CAL charge=15", false)]
    [InlineData("1 OB CAL charge=50, 900 OB CAL charge=14, 901 OB CAL charge=14, 903 OB CAL charge=14", true)]
    [InlineData("1 OB CAL runtime=500, 9 OB CAL runtime=119, 10 OB CAL runtime=119, 12 OB CAL runtime=119", true)]
    [InlineData(
        "1 OB CAL runtime=500 low=300, 9 OB CAL runtime=299 low=300, 10 OB CAL runtime=299 low=300, 12 OB CAL runtime=299 low=300",
        true
    )]
    [InlineData("1 OB CAL, 290 OB CAL", false)] // nothing known: as long as a test
    [InlineData("1 OB CAL, 301 OB CAL, 302 OB CAL, 304 OB CAL", true)]
    [InlineData("1 OB TEST volts=230, 60 x, 62 x, 80 x", false)] // masked, then silence
    public void Mask_HidesBatteryWhileMainsIsThere(string polls, bool onBattery) =>
        Assert.Equal(onBattery, Play(Line + polls).OnBattery);

    [Fact]
    public void Mask_Ends_TimeOnBatteryStartsAtZero()
    {
        var ups = Play(Line + "1 OB CAL volts=230, 100 OB volts=0, 101 OB volts=0, 103 OB volts=0");

        Assert.True(ups.OnBattery);
        Assert.Equal(S(5), ups.OnBatteryFor(S(105)));
    }

    [Fact]
    public void Mask_BeginsAfterOb_TakesTheOutageBack()
    {
        var ups = Play(Line + "1 OB volts=0, 2 OB volts=0, 4 OB volts=0, 5 OB TEST volts=230"); // flags come one by one

        Assert.False(ups.OnBattery || ups.InOutage);
    }

    [Theory]
    [InlineData("1 OB FSD", true, false)]
    [InlineData("1 OL FSD", true, false)] // the rising edge acts, on line too
    [InlineData("1 OB CAL FSD volts=230", true, false)] // never masked
    [InlineData("1 OB FSD, 2 OL FSD", false, true)] // outlived by mains: latched
    [InlineData("1 OB FSD, 2 FSD, 3 OL FSD", false, true)]
    [InlineData("1 OB FSD, 2 OL FSD, 3 OB FSD", false, true)] // no edge
    [InlineData("1 OB FSD, 2 OL", false, false)]
    [InlineData("1 OB FSD, 2 OL FSD, 3 OL, 4 OB FSD", true, false)] // a new edge
    [InlineData("1 OB FSD, 2 x, 9 x", true, false)]
    [InlineData("1 OL FSD, 2 OL FSD, 60 OL FSD", true, false)] // as long as it is set
    public void Fsd_ActsOnItsEdge(string polls, bool active, bool latched)
    {
        var ups = Play(Line + polls);

        Assert.Equal((active, latched), (ups.ForcedDown, ups.FsdLatched));
        Assert.Equal(active, ups.Critical(S(61)));
    }

    [Theory]
    [InlineData("0 OL FSD", false)] // a latch of the past
    [InlineData("0 OB FSD", true)]
    [InlineData("0 FSD", true)]
    public void Fsd_AtFirstSight_ActsUnlessOnLine(string polls, bool active) =>
        Assert.Equal(active, Play(polls).ForcedDown);

    [Theory]
    [InlineData("1 OB LB, 2 OB LB", 3, false)] // not confirmed
    [InlineData("1 OB LB, 2 OB LB, 4 OB LB", 4, true)] // values unknown: confirmation alone
    [InlineData(
        "1 OB LB charge=90 runtime=900, 2 OB LB charge=90 runtime=900, 4 OB LB charge=90 runtime=900",
        5,
        false
    )]
    [InlineData(
        "1 OB LB charge=90 runtime=900, 2 OB LB charge=90 runtime=900, 31 OB LB charge=90 runtime=900",
        31,
        true
    )] // 30 s
    [InlineData("1 OB LB charge=90 runtime=900, 2 OB LB charge=90 runtime=900, 4 OB LB charge=90 runtime=100", 4, true)] // runtime agrees
    [InlineData("1 OB LB charge=90 runtime=900, 2 OB LB charge=90 runtime=900, 4 OB LB charge=80 runtime=900", 4, true)] // slope agrees
    [InlineData("1 OB LB charge=90 runtime=900, 2 OB LB charge=90 runtime=900, 4 OB LB charge=49 runtime=900", 4, true)]
    [InlineData("1 OB LB charge=90, 2 OB LB charge=90, 4 OB LB charge=90", 4, true)] // one unknown
    [InlineData("1 OB charge=90 runtime=900, 2 OB charge=90 runtime=900, 40 OB LB charge=90 runtime=900", 40, true)] // late LB
    [InlineData("1 OB CAL LB volts=230, 2 OB CAL LB volts=230, 60 OB CAL LB volts=230", 60, false)]
    public void LowBattery_WithinThirtySecondsOfTransfer_NeedsASecondSign(string polls, double now, bool low) =>
        Assert.Equal(low, Play(Line + polls).LowBattery(S(now)));

    [Theory]
    [InlineData("1 OFF, 30 OFF", 30.9, false)]
    [InlineData("1 OFF, 31 OFF", 31, true)]
    [InlineData("1 OFF, 20 OFF BYPASS, 31 OFF BYPASS", 40, false)] // restarted by each change
    [InlineData("1 OFF, 20 OFF BYPASS, 49 OFF BYPASS", 50, true)]
    [InlineData("1 OB OFF, 2 OB OFF, 40 OB OFF", 40, false)] // OFF while OB is OB
    [InlineData("1 OFF, 31 x, 40 x", 40, false)] // comm
    [InlineData("1 OFF CAL volts=230, 40 OFF CAL volts=230", 40, false)] // seconds of OFF begin a calibration
    [InlineData("1 OB OVER, 2 OB OVER, 10 OB OVER", 10, false)]
    [InlineData("1 OB OVER, 2 OB OVER, 11 OB OVER", 11, true)]
    [InlineData("1 OL OVER, 20 OL OVER", 20, false)]
    [InlineData("1 OB, 2 OB, 4 OB, 5 x, 18.9 x", 18.9, false)]
    [InlineData("1 OB, 2 OB, 4 OB, 5 x, 19 x", 19, true)] // I7: silent on battery
    public void Critical_OffOverAndSilence_AfterTheirTime(string polls, double now, bool critical) =>
        Assert.Equal(critical, Play(Line + polls).Critical(S(now)));

    [Theory]
    [InlineData("1 OB runtime=900, 2 OB runtime=890, 3 x, 12 x", 12, 880.0)] // last value minus elapsed
    [InlineData("1 OB runtime=900, 2 OB, 4 OB", 4, 897.0)] // one value lost, comm ok
    [InlineData("1 OB, 2 OB", 3, 1798.0)] // lost with the transfer: from there
    [InlineData("1 OB runtime=5, 2 OB, 60 OB", 60, 0.0)]
    [InlineData("1 OL, 62 OB, 63 OB", 64, null)] // lost long before: unknown, not extrapolated
    [InlineData("1 x, 2 x, 9 x", 9, null)] // no outage
    public void Runtime_LostInAnOutage_GoesOnAsLastMinusElapsed(string polls, double now, double? seconds) =>
        Assert.Equal(seconds, Play(Line + polls).RuntimeSeconds(S(now)));

    [Theory]
    [InlineData("1 OB charge=100, 11 OB charge=90, 12 x, 21 x", 21, 80)] // by its last slope
    [InlineData("1 OB charge=100, 11 OB charge=90, 12 x, 500 x", 500, 0)]
    [InlineData("1 OB charge=100, 2 x, 11 x", 11, 100)] // no slope known
    public void Charge_LostInAnOutage_GoesOnByItsSlope(string polls, double now, double percent)
    {
        var ups = Play(Line + polls);

        Assert.Equal(percent, ups.ChargePercent(S(now)));
        Assert.Contains("batteryChargePercent", ups.Estimated(S(now)));
        Assert.Equal(percent, ups.Shown(S(now))?.BatteryChargePercent);
    }

    [Fact]
    public void Charge_SlopeOfAnOutage_DoesNotSpanTheHoursBefore()
    {
        var ups = Play("0 OL charge=100, 3600 OL charge=100, 3601 OB charge=100, 3611 OB charge=95, 3612 x, 3621 x");

        Assert.Equal(90, ups.ChargePercent(S(3621)));
    }
}

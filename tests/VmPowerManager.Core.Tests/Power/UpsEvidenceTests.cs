using VmPowerManager.Core.Power;
using static VmPowerManager.Core.Tests.Power.Feed;

namespace VmPowerManager.Core.Tests.Power;

/// <summary>POLICY A2-A4, D1: comm, confirmation, flicker.</summary>
public sealed class UpsEvidenceTests
{
    [Theory]
    [InlineData("0 OL", Comm.Ok)]
    [InlineData("0 OL, 1 x, 2 x", Comm.Ok)]
    [InlineData("0 OL, 1 x, 2 x, 3 x", Comm.Stale)] // three status polls
    [InlineData("0 OL, 1 x, 2 x, 3 x, 5 x", Comm.Lost)]
    [InlineData("0 OL, 1 stale", Comm.Stale)] // the server says so at once
    [InlineData("0 OL, 1 WAIT", Comm.Stale)]
    [InlineData("0 OL, 4.9 tick", Comm.Ok)]
    [InlineData("0 OL, 5.1 tick", Comm.Lost)] // by timer, no poll needed
    [InlineData("0 OL, 1 x, 2 x, 3 x, 4 OL", Comm.Ok)]
    [InlineData("0 x", Comm.Lost)]
    [InlineData("0 WAIT", Comm.Lost)]
    public void Comm_AfterPolls_IsAsTrustworthyAsTheNewest(string polls, Comm comm) =>
        Assert.Equal(comm, Play(polls).Comm);

    [Theory]
    [InlineData("0 OL", true)]
    [InlineData("0 OL CHRG, 1 x", true)]
    [InlineData("0 OL, 1 stale", false)]
    [InlineData("0 OL, 1 WAIT", false)]
    [InlineData("0 OL OFF", false)]
    [InlineData("0 OL BYPASS", false)]
    [InlineData("0 OL OB", false)]
    [InlineData("0 CHRG", false)]
    [InlineData("0 OL, 6 tick", false)]
    [InlineData("0 OL FSD", true)] // at first sight with OL: latched (A5)
    [InlineData("0 OL, 1 OL FSD", false)]
    public void OnLine_OnlyWithCommOkAndOl(string polls, bool onLine) => Assert.Equal(onLine, Play(polls).OnLine);

    [Fact]
    public void OnLine_DisabledUps_IsNoSupplyAndTriggersNothing()
    {
        var disabled = Play(Policy with { Enabled = false }, "0 OB LB FSD, 1 OB LB FSD, 9 OB LB FSD");

        Assert.False(disabled.OnLine || disabled.OnBattery || disabled.ForcedDown || disabled.Critical(S(9)));
        Assert.False(Play(Policy with { Enabled = false }, "0 OL").OnLine);
    }

    [Theory]
    [InlineData("0 OL, 1 OB", false)]
    [InlineData("0 OL, 1 OB, 2 OB, 3 OB", false)] // 2 s
    [InlineData("0 OL, 1 OB, 2 OB, 3 OB, 4 OB", true)]
    [InlineData("0 OL, 1 OB, 2 OB, 3.9 tick", false)]
    [InlineData("0 OL, 1 OB, 2 OB, 4 tick", true)] // by timer while the newest says OB
    [InlineData("0 OL, 1 OB, 4.5 tick", false)] // one reading is not two
    [InlineData("0 OL, 1 OB, 1 OB, 4 tick", false)] // told twice is one reading
    [InlineData("0 OL, 1 OB, 6 OB", true)] // slow polls
    [InlineData("0 OL, 1 OB, 3 OL, 4 OB, 5 OB", false)] // an OL between starts it anew
    [InlineData("0 OL, 1 OB, 3 OL, 4 OB, 5 OB, 7 OB", true)]
    [InlineData("0 OL, 1 OB, 2 OB, 3 BYPASS, 6 tick", false)] // the newest does not say OB
    [InlineData("0 OL, 1 OB, 2 OB, 3 BYPASS, 4 OB, 5 OB", false)]
    [InlineData("0 OL, 1 OB, 2 WAIT, 3 OB, 4 OB", true)] // unknown neither counts nor breaks
    [InlineData("0 OL, 1 OB, 2 WAIT, 6 WAIT", false)]
    [InlineData("0 OL, 1 OB, 2 x, 5 x, 15.9 x", false)]
    [InlineData("0 OL, 1 OB, 2 x, 5 x, 16 x", true)] // loss after OB: deadSeconds
    [InlineData("0 OL, 1 OB, 16 tick", true)]
    [InlineData("0 OL, 1 OB, 2 BYPASS, 20 tick", false)]
    [InlineData("0 OL, 16 tick, 60 tick", false)] // loss alone never (I7)
    public void OnBattery_OnlyWhenConfirmed(string polls, bool confirmed) =>
        Assert.Equal(confirmed, Play(polls).OnBattery);

    [Theory]
    [InlineData(0, "0 OL, 1 OB", true)]
    [InlineData(0, "0 OL, 1 OL", false)]
    [InlineData(10, "0 OL, 1 OB, 2 OB, 10 OB", false)]
    [InlineData(10, "0 OL, 1 OB, 2 OB, 11 OB", true)]
    public void OnBattery_ConfirmSeconds_BelongToTheUps(double seconds, string polls, bool confirmed) =>
        Assert.Equal(confirmed, Play(Policy with { ConfirmSeconds = seconds }, polls).OnBattery);

    private const string Outage = "0 OL, 1 OB, 2 OB, 4 OB, ";

    [Theory]
    [InlineData("5 OL", false, true)] // paused, not over
    [InlineData("5 OL, 6 x, 7 x, 8 x", true, true)] // one OL followed by loss does not end it
    [InlineData("5 OL, 6 WAIT", true, true)]
    [InlineData("5 OL, 10 OL, 14.9 OL", false, true)]
    [InlineData("5 OL, 10 OL, 15 OL", false, false)]
    [InlineData("5 OL, 6 OB", true, true)] // no second confirmation within one outage
    [InlineData("5 BYPASS", true, true)]
    public void Outage_EndsOnlyByLastingMains(string polls, bool onBattery, bool inOutage)
    {
        var ups = Play(Outage + polls);

        Assert.Equal((onBattery, inOutage), (ups.OnBattery, ups.InOutage));
    }

    [Theory]
    [InlineData("5 OB, 7 OB", 7, 6)]
    [InlineData("5 OL, 8 OB", 9, 5)] // three seconds on line do not count
    [InlineData("5 OL, 8 OL", 9, 4)] // nor while they last
    [InlineData("5 OL, 8 WAIT, 9 OB", 10, 9)] // the last word on line was at 5
    [InlineData("5 OL, 6 OL, 7 x, 8 x, 9 x, 11 OB", 12, 10)]
    [InlineData("5 OL, 6 OB, 7 OL, 8 OB", 9, 6)] // flicker accumulates (D1)
    public void TimeOnBattery_AccumulatesOverFlicker(string polls, double now, double seconds) =>
        Assert.Equal(S(seconds), Play(Outage + polls).OnBatteryFor(S(now)));

    [Fact]
    public void Resumed_OnBattery_ConcludesNothingBeforeAReadingOrDeadSeconds()
    {
        var ups = Play(Outage + "5 OB").Resumed(S(100)).Go("100 tick");

        Assert.True(ups.OnBattery); // F7: the last known state survives
        Assert.False(ups.Fails(S(101)) || ups.Dead(S(114)) || ups.Comm == Comm.Ok);
        Assert.True(ups.Go("115 tick").Fails(S(115)));
        Assert.True(ups.Go("101 OB").Fails(S(101)));
        Assert.Equal(S(100), ups.Go("101 OB").OnBatteryFor(S(101))); // F6: monotonic across restarts
    }

    [Fact]
    public void Resumed_TimeOnLineBeforeIt_IsNotTimeOnBattery() =>
        Assert.Equal(S(7), Play(Outage + "5 OL, 8 OL").Resumed(S(9)).Go("10 OB").OnBatteryFor(S(11)));

    [Fact]
    public void Resumed_Unconfirmed_IsSeenAnew()
    {
        var ups = Play("0 OL, 1 OB").Resumed(S(2)).Go("3 OB");

        Assert.False(ups.Go("3.5 tick").OnBattery); // one reading of this process
        Assert.True(ups.Go("4 OB").OnBattery);
    }

    [Theory]
    [InlineData("1 OB", 4)] // confirmation
    [InlineData("1 OL", 6)] // stale
    public void NextDeadline_IsWhenTimeAloneSaysSomethingNew(string poll, double seconds) =>
        Assert.Equal(S(seconds), Play("0 OL, " + poll).NextDeadline(S(3.9)));
}

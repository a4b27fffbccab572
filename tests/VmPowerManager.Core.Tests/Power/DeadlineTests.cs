using VmPowerManager.Core.Power;
using static VmPowerManager.Core.Tests.Power.Feed;

namespace VmPowerManager.Core.Tests.Power;

/// <summary>Each thing that time alone changes is a deadline: nothing is late for want of a tick (A2, A4-A7).</summary>
public sealed class DeadlineTests
{
    /// <summary>Ticked only when it asks for it, a UPS that is heard no more says at each moment what it says when ticked
    /// all the time.</summary>
    [Theory]
    [InlineData("1 OB, 2 OB")] // confirmation
    [InlineData("1 OB")] // deadSeconds
    [InlineData("1 OB, 2 OB, 5 OL, 6 OL")]
    [InlineData("1 OFF")]
    [InlineData("1 OB OVER, 2 OB OVER")]
    [InlineData("1 OB LB charge=90 runtime=900, 2 OB LB charge=90 runtime=900")]
    [InlineData("1 OL LB charge=90 runtime=900, 5 OB LB charge=90 runtime=900, 6 OB LB charge=90 runtime=900")]
    [InlineData("1 OB TEST")]
    [InlineData("1 BYPASS")]
    [InlineData("1 x, 2 x, 3 x")]
    public void Ticked_OnlyWhenDue_SaysTheSame(string polls)
    {
        var now = S(7);
        var always = Play("0 OL volts=230, " + polls).Tick(now);
        var lazy = always;
        var due = lazy.NextDeadline(now);
        for (; now < S(400); now += S(0.1))
        {
            always = always.Tick(now);
            if (due <= now)
                (lazy, due) = (lazy.Tick(now), lazy.NextDeadline(now));
            Assert.Equal(Saying(always, now), Saying(lazy, now));
        }
    }

    private static string Saying(UpsEvidence ups, TimeSpan now) =>
        $"{ups.Comm} {ups.OnLine} {ups.OnBattery} {ups.InOutage} {ups.MaskedAt(now)} {ups.LowBattery(now)} {ups.CriticalBecause(now)} {ups.Dead(now)} {ups.CountsForNothing(now)}";

    [Theory]
    [InlineData("1 OB", 1, 2.0)] // as soon as a witness may confirm it
    [InlineData("1 OB", 2, 4.0)] // confirmation
    [InlineData("1 OB, 2 OB, 4 OB", 4, 9.0)] // overdue
    [InlineData("1 OB, 2 OB, 4 OB", 16, 19.0)] // dead
    [InlineData("1 OB, 2 OB, 4 OB", 19.5, 31.0)] // 30 s since the transfer (A6)
    [InlineData("1 OFF", 20, 31.0)]
    [InlineData("1 OB OVER", 9, 11.0)]
    [InlineData("1 OB LB", 20, 31.0)]
    [InlineData("1 OB TEST", 100, 301.0)]
    [InlineData("1 BYPASS", 9.5, 15.0)] // since it is watched
    [InlineData("1 BYPASS", 15, 16.0)] // since it left the line
    [InlineData("1 OB, 2 OB, 4 OB, 5 OL", 14.9, 15.0)] // end of the outage
    [InlineData("1 OL", 1, 6.0)]
    [InlineData("1 OL", 100, null)]
    public void NextDeadline_IsTheNearestThatIsStillToCome(string polls, double now, double? due) =>
        Assert.Equal(due is { } d ? S(d) : null, Play("0 OL volts=230, " + polls).NextDeadline(S(now)));

    [Fact]
    public void NextDeadline_NothingHeardYet_IsNone() => Assert.Null(UpsEvidence.Unseen(Policy).NextDeadline(S(1)));

    [Fact]
    public void NextDeadline_SlowPolls_AreOverdueLater() =>
        Assert.Equal(S(14), Play(Policy with { PollSeconds = 4 }, "0 OL").NextDeadline(S(5.5)));
}

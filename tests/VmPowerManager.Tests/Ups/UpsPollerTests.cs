using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Protocols;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Ups;

/// <summary>DESIGN 3, Seams: UPS. Intervals by a fake clock that moves in steps of 50 ms.</summary>
public sealed class UpsPollerTests
{
    [Fact]
    public async Task OnLine_StatusEverySecond_TheRestEveryThirty()
    {
        await using var bench = new UpsBench();

        bench.Run(65);

        Assert.Equal(3, bench.Device.FullReads.Count);
        Assert.Equal([30, 30], Gaps(bench.Device.FullReads));
        // The second comes at once, with the first complete reading.
        Assert.Equal(0, Gaps(bench.Device.StatusReads)[0]);
        Assert.All(Gaps(bench.Device.StatusReads).Skip(1), gap => Assert.Equal(1, gap));
        Assert.Equal(67, bench.Device.StatusReads.Count);
    }

    [Fact]
    public async Task OnLine_LongInterval_IsKept()
    {
        await using var bench = new UpsBench(pollSeconds: 5);

        bench.Run(21);

        Assert.Equal([0, 5, 5, 5, 5], Gaps(bench.Device.StatusReads));
    }

    [Theory]
    [InlineData(UpsStatus.OB)]
    [InlineData(UpsStatus.OL | UpsStatus.LB)]
    [InlineData(UpsStatus.OFF)]
    [InlineData(UpsStatus.OL | UpsStatus.BYPASS)]
    [InlineData(UpsStatus.OL | UpsStatus.CAL)]
    [InlineData(UpsStatus.None)]
    public async Task NotNormal_StatusEveryHalfSecond_TheRestEveryTen(UpsStatus status)
    {
        await using var bench = new UpsBench();
        bench.Run(2);

        bench.Device.Status = status;
        bench.Run(1);
        bench.Device.StatusReads.Clear();
        bench.Device.FullReads.Clear();
        bench.Run(31);

        Assert.All(Gaps(bench.Device.StatusReads), gap => Assert.Equal(0.5, gap));
        Assert.All(Gaps(bench.Device.FullReads), gap => Assert.Equal(10, gap));
        Assert.InRange(bench.Device.FullReads.Count, 3, 4);
    }

    [Fact]
    public async Task BackOnLine_OutageOver_TheSlowCadenceReturns()
    {
        await using var bench = new UpsBench(ups => ups.Status = UpsStatus.OB);
        bench.Run(10);

        bench.Device.Status = UpsStatus.OL;
        bench.Run(15);
        bench.Device.StatusReads.Clear();
        bench.Run(10);

        Assert.All(Gaps(bench.Device.StatusReads), gap => Assert.Equal(1, gap));
    }

    [Fact]
    public async Task FullRead_Hangs_StatusReadsGoOn()
    {
        await using var bench = new UpsBench(ups => ups.FullGate = new TaskCompletionSource());

        bench.Run(6);

        Assert.Single(bench.Device.FullReads);
        Assert.Equal(7, bench.Device.StatusReads.Count);
        Assert.Equal(Comm.Ok, bench.Evidence.Comm);
    }

    [Fact]
    public async Task FullRead_Comes_ItsValuesLieUnderTheNextStatus()
    {
        await using var bench = new UpsBench();

        bench.Run(1); // The first full read comes within the same instant as the first status: it shows from the next on.
        Assert.Equal("Fake 1500", bench.Evidence.Last?.Model);
        Assert.Equal(23, bench.Evidence.Last?.LoadPercent);
        bench.Device.Status = UpsStatus.OB;
        bench.Device.Charge = 88;
        bench.Run(1);

        Assert.Equal(
            (UpsStatus.OB, 88, 23),
            (bench.Evidence.Last?.Status, bench.Evidence.Last?.BatteryChargePercent, bench.Evidence.Last?.LoadPercent)
        );
        Assert.Equal("fine", bench.Evidence.Last?.Variables["ups.test.result"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StatusRead_Hangs_OneSecondAndOneRetryThenAFault(bool heedsToken)
    {
        await using var bench = new UpsBench(ups =>
        {
            ups.StatusGate = ups.FullGate = new TaskCompletionSource();
            ups.HeedsToken = heedsToken;
        });

        bench.Run(1.9);
        Assert.Empty(bench.Observations);
        bench.Run(0.2);

        Assert.Equal([1], Gaps(bench.Device.StatusReads).Take(1));
        var seen = Assert.Single(bench.Observations);
        Assert.Equal(CommFaultKind.Unreachable, seen.Fault?.Kind);
    }

    [Theory]
    [InlineData(DeviceFault.Unreachable, CommFaultKind.Unreachable, 2)]
    [InlineData(DeviceFault.Timeout, CommFaultKind.Unreachable, 2)]
    [InlineData(DeviceFault.AuthenticationFailed, CommFaultKind.Refused, 1)]
    [InlineData(DeviceFault.Refused, CommFaultKind.Refused, 1)]
    [InlineData(DeviceFault.ProtocolError, CommFaultKind.Refused, 1)]
    public async Task StatusRead_Fails_IsAFaultInThePeersWords(DeviceFault fault, CommFaultKind kind, int tries)
    {
        await using var bench = new UpsBench(ups => ups.Fault = new DeviceException(fault, "ERR words"));

        Assert.Equal(tries, bench.Device.StatusReads.Count);
        Assert.Equal(new CommFault(kind, "ERR words"), bench.Observations[0].Fault);
    }

    [Fact]
    public async Task StatusRead_Stale_IsSoAtOnceAndNotRetried()
    {
        await using var bench = new UpsBench();
        bench.Run(2);
        bench.Device.StatusReads.Clear();

        bench.Device.Fault = new UpsStaleException("ERR DATA-STALE");
        bench.Run(1);

        Assert.Equal(Comm.Stale, bench.Evidence.Comm);
        Assert.Single(bench.Device.StatusReads);
        bench.Run(5);
        Assert.Equal(Comm.Lost, bench.Evidence.Comm);
    }

    [Fact]
    public async Task Loop_BugInTheDriver_IsAFaultAndTheLoopStartsAgain()
    {
        await using var bench = new UpsBench();
        bench.Device.Fault = new InvalidOperationException("a bug");
        bench.Run(3);
        bench.Device.Fault = null;
        bench.Run(3);

        Assert.Contains(bench.Observations, o => o.Fault?.Words == "Internal error: a bug");
        Assert.Equal(bench.Device.Opened.Count - 1, bench.Device.Closed);
        Assert.Equal(Comm.Ok, bench.Evidence.Comm);
    }

    /// <summary>POLICY A4: by timer, not by the next poll.</summary>
    [Fact]
    public async Task Confirmation_FallsDueBetweenPolls_IsToldThen()
    {
        await using var bench = new UpsBench(confirmSeconds: 1.2);
        bench.Run(2);

        bench.Device.Status = UpsStatus.OB;
        bench.Run(1);
        var since = bench.Evidence.OnBatterySince;
        bench.Run(1.1);
        Assert.DoesNotContain("ups.onBattery", bench.EventTypes);
        bench.Run(0.1);

        Assert.Equal(TimeSpan.FromSeconds(1.2), bench.Time.Elapsed() - since);
        Assert.Contains("ups.onBattery", bench.EventTypes);
    }

    [Fact]
    public async Task Follower_Throws_PollsGoOn()
    {
        await using var bench = new UpsBench();
        using var follower = bench.Feed.Subscribe(_ => throw new InvalidOperationException("a follower's bug"));

        bench.Run(3);

        Assert.Equal(5, bench.Observations.Count);
    }

    [Fact]
    public async Task Outlets_AllThrow_TheFeedIsToldAndPollsGoOn()
    {
        await using var bench = new UpsBench(outlets: all =>
            all with
            {
                Events = null!,
                Outages = null!,
                Screens = null!,
                History = null!,
            }
        );
        bench.Run(2);
        bench.Device.Status = UpsStatus.OB;
        bench.Run(5);

        Assert.DoesNotContain(bench.Observations, o => o.Fault is not null);
        Assert.Equal(UpsStatus.OB, bench.Observations[^1].Reading?.Status);
        Assert.Single(bench.Device.Opened);
    }

    [Fact]
    public async Task Loop_TellingOfABugThrowsToo_StartsAgain()
    {
        await using var bench = new UpsBench(outlets: all => all with { Feed = null! });

        bench.Run(5);

        Assert.Equal(5, bench.Device.Opened.Count - 1);
    }

    private static List<double> Gaps(List<TimeSpan> times) =>
        [.. times.Zip(times.Skip(1), (one, next) => (next - one).TotalSeconds)];
}

using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Events;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Ups;

/// <summary>What is heard between the polls.</summary>
public sealed class UpsNewsTests
{
    [Fact]
    public async Task News_OnLine_ReadsAtOnceAndQuicklyForAWhile()
    {
        await using var bench = new UpsBench(pollSeconds: 10);
        bench.Run(2);
        bench.Device.StatusReads.Clear();
        var told = bench.Time.Elapsed();

        bench.Poller.PollNow();
        bench.Pump();

        Assert.Equal(told, Assert.Single(bench.Device.StatusReads));
        bench.Run(20);
        Assert.Equal([.. Enumerable.Repeat(0.5, 9), 10], Gaps(bench.Device.StatusReads));
    }

    [Fact]
    public async Task News_Flood_ReadsFourTimesASecondAtMost()
    {
        await using var bench = new UpsBench();
        bench.Run(2);
        bench.Device.StatusReads.Clear();

        for (var i = 0; i < 40; i++)
        {
            for (var j = 0; j < 250; j++)
                bench.Poller.PollNow();
            bench.Run(0.05);
        }

        Assert.InRange(bench.Device.StatusReads.Count, 7, 9);
        Assert.All(Gaps(bench.Device.StatusReads), gap => Assert.InRange(gap, 0.25, 0.5));
    }

    /// <summary>A decision waits for it: it does not wait for a quarter of a second after the last, and changes no rhythm.</summary>
    [Fact]
    public async Task Wanted_RightAfterARead_IsReadAtOnceAndOnce()
    {
        await using var bench = new UpsBench(pollSeconds: 10);
        bench.Run(2);
        bench.Poller.PollNow();
        bench.Pump();
        bench.Device.StatusReads.Clear();
        var told = bench.Time.Elapsed();

        bench.Poller.ReadNow();
        bench.Pump();

        Assert.Equal(told, Assert.Single(bench.Device.StatusReads));
        bench.Run(0.3);
        Assert.Single(bench.Device.StatusReads);
    }

    [Fact]
    public async Task News_DuringARead_IsReadAfterIt()
    {
        await using var bench = new UpsBench(pollSeconds: 10);
        bench.Run(2);
        bench.Device.StatusGate = new TaskCompletionSource();
        bench.Poller.PollNow();
        bench.Pump();
        bench.Poller.PollNow();
        bench.Device.StatusReads.Clear();

        bench.Device.StatusGate.SetResult();
        bench.Run(0.3);

        Assert.Single(bench.Device.StatusReads);
    }

    [Fact]
    public async Task News_OfADeviceThatSaysNothing_ChangesNothing()
    {
        await using var bench = new UpsBench();
        bench.Run(5);
        var before = bench.EventTypes.ToList();

        bench.Poller.PollNow();
        bench.Run(10);

        Assert.Equal(before, bench.EventTypes);
        Assert.True(bench.Tracker.Snapshot.Facts.IsNormal);
    }

    [Fact]
    public void Listed_UntilItsLoopEnds_IsPolled()
    {
        var news = new UpsNews(new EventLog(new FakeTimeProvider()), new FakeTimeProvider());
        var polls = new List<string>();
        var first = news.List(Config(1), () => polls.Add("first"), () => polls.Add("first at once"));

        Assert.True(news.PollNow(1));
        Assert.False(news.PollNow(2));
        news.ReadNow(2);
        // An edit: the new loop may be listed before the old one has ended.
        var second = news.List(Config(1), () => polls.Add("second"), () => polls.Add("second at once"));
        first.Dispose();
        Assert.True(news.PollNow(1));
        news.ReadNow(1);
        Assert.Equal(["first", "second", "second at once"], polls);
        Assert.Equal("fake", Assert.Single(news.Polled).Driver);
        second.Dispose();
        Assert.False(news.PollNow(1));
        Assert.Empty(news.Polled);
    }

    [Fact]
    public void Stranger_OneThousandTimes_IsOneEventAnHour()
    {
        var time = new FakeTimeProvider();
        var events = new EventLog(time);
        var news = new UpsNews(events, time);

        for (var i = 0; i < 1000; i++)
            news.TellStranger("1.3.6 from 192.0.2.1");
        Assert.Single(events.Latest());
        time.Advance(TimeSpan.FromMinutes(61));
        news.TellStranger("1.3.6 from 192.0.2.2");

        Assert.Equal(2, events.Latest().Count);
        Assert.Contains(events.Latest(), e => e.Message.Contains("999 more", StringComparison.Ordinal));
    }

    private static UpsConfig Config(int id)
    {
        using var settings = JsonDocument.Parse("{}");
        var device = new UpsDevice(id, $"ups{id}", settings.RootElement.Clone(), new Dictionary<string, string>());
        return new UpsConfig(device, "fake", new UpsPolicy { UpsId = id, Name = $"ups{id}" });
    }

    private static List<double> Gaps(List<TimeSpan> times) =>
        [.. times.Zip(times.Skip(1), (one, next) => Math.Round((next - one).TotalSeconds, 3))];
}

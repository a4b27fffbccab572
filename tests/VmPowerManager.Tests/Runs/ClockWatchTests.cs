using Microsoft.Extensions.Logging.Abstractions;
using VmPowerManager.Events;
using VmPowerManager.Runs;

namespace VmPowerManager.Tests.Runs;

/// <summary>POLICY F6: wall jumps of more than a minute are events.</summary>
public sealed class ClockWatchTests
{
    /// <summary>Its wall may go where its monotonic clock does not.</summary>
    private sealed class TwoClocks : TimeProvider
    {
        public TimeSpan Elapsed { get; set; }
        public TimeSpan Set { get; set; }
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(50) + Elapsed + Set;
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(50, false)]
    [InlineData(61, true)]
    [InlineData(-7200, true)]
    public void Jump_OfMoreThanAMinute_IsTold(double seconds, bool told)
    {
        var time = new TwoClocks();
        var events = new EventLog(time);
        using var watch = new ClockWatch(events, time, NullLogger<ClockWatch>.Instance);
        watch.Look();
        time.Elapsed += TimeSpan.FromHours(3);
        watch.Look();
        time.Set = TimeSpan.FromSeconds(seconds);
        watch.Look();
        Assert.Equal(told ? 1 : 0, events.Latest().Count(e => e.Type == "system.clockJumped"));
    }
}

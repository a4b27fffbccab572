using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Events;
using VmPowerManager.Runs;

namespace VmPowerManager.Tests.Runs;

/// <summary>POLICY F6: wall jumps of more than a minute are events.</summary>
public sealed class ClockWatchTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(50, false)]
    [InlineData(61, true)]
    [InlineData(-7200, true)]
    public void Jump_OfMoreThanAMinute_IsTold(double seconds, bool told)
    {
        var time = new FakeTimeProvider();
        var events = new EventLog(time);
        using var watch = new ClockWatch(events, time, NullLogger<ClockWatch>.Instance);
        watch.Look();
        time.Advance(TimeSpan.FromHours(3));
        watch.Look();
        time.AdjustTime(time.GetUtcNow() + TimeSpan.FromSeconds(seconds));
        watch.Look();
        Assert.Equal(told ? 1 : 0, events.Latest().Count(e => e.Type == "system.clockJumped"));
    }
}

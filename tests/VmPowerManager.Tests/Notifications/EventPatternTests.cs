using VmPowerManager.Notifications;

namespace VmPowerManager.Tests.Notifications;

public sealed class EventPatternTests
{
    [Theory]
    [InlineData("*", "run.started", true)]
    [InlineData("run.*", "run.started", true)]
    [InlineData("run.*", "runs.started", false)]
    [InlineData("run.started", "run.started", true)]
    [InlineData("run.started", "run.startedLate", false)]
    [InlineData("ups.comm*", "ups.commLost", true)]
    public void Pattern_Matches_AsWritten(string pattern, string type, bool matches) =>
        Assert.Equal(matches, EventPattern.Matches(pattern, type));

    [Theory]
    [InlineData("*", true)]
    [InlineData("run.*", true)]
    [InlineData("ups.onBattery", true)]
    [InlineData("ups", true)]
    [InlineData("", false)]
    [InlineData("*.failed", false)]
    [InlineData("ups..x", false)]
    [InlineData("ups.on battery", false)]
    [InlineData("ups.\n", false)]
    public void Pattern_ThatIsNone_IsRefused(string pattern, bool good) =>
        Assert.Equal(good, EventPattern.Problem(pattern) is null);

    [Fact]
    public void Groups_HaveNoPatternTwice_AndGoodOnesOnly()
    {
        var patterns = EventGroups.All.SelectMany(g => g.Patterns).ToList();
        Assert.Equal(patterns.Count, patterns.Distinct().Count());
        Assert.All(patterns, p => Assert.Null(EventPattern.Problem(p)));
        Assert.Equal(EventGroups.All.Count, EventGroups.All.Select(g => g.Id).Distinct().Count());
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(9, 512)]
    [InlineData(10, 900)]
    [InlineData(100_000, 900)]
    public void Backoff_Grows_UpToAQuarterOfAnHour(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.After(failures));
}

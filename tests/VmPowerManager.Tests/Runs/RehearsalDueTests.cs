using VmPowerManager.Components;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Runs;

namespace VmPowerManager.Tests.Runs;

/// <summary>When a plan rehearses by itself.</summary>
public sealed class RehearsalDueTests
{
    private static readonly SiteZone Berlin = new(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
    private static readonly ScheduleDefinition AtThree = new() { RehearseAt = "03:00" };

    [Theory]
    [InlineData("2026-01-15T01:59:00Z", false)]
    [InlineData("2026-01-15T02:00:00Z", true)] // 03:00 in Berlin in winter
    [InlineData("2026-01-15T03:59:00Z", true)] // made up for
    [InlineData("2026-01-15T04:00:00Z", false)] // not any more
    [InlineData("2026-07-15T01:00:00Z", true)] // in summer
    public void IsDue_AtItsTimeOfDayInTheSitesZone(string now, bool due) =>
        Assert.Equal(due, RehearsalDue.IsDue(AtThree, null, Berlin, At(now)));

    [Fact]
    public void IsDue_OnceADay()
    {
        Assert.False(RehearsalDue.IsDue(AtThree, At("2026-01-15T02:00:10Z"), Berlin, At("2026-01-15T02:01:00Z")));
        Assert.True(RehearsalDue.IsDue(AtThree, At("2026-01-14T02:00:10Z"), Berlin, At("2026-01-15T02:00:00Z")));
    }

    [Theory]
    [InlineData("2026-01-15T02:00:10Z", false)]
    [InlineData("2026-01-14T02:00:10Z", false)]
    [InlineData("2026-01-09T03:10:00Z", true)] // it was late then: the day counts
    public void IsDue_EachWeek(string last, bool due) =>
        Assert.Equal(
            due,
            RehearsalDue.IsDue(AtThree with { RehearseEveryDays = 7 }, At(last), Berlin, At("2026-01-16T02:00:00Z"))
        );

    [Theory]
    [InlineData(null)]
    [InlineData("25:00")]
    public void IsDue_WithoutATime_Never(string? at) =>
        Assert.False(RehearsalDue.IsDue(new() { RehearseAt = at }, null, Berlin, At("2026-01-15T02:00:00Z")));

    [Fact]
    public void IsDue_WhenClocksGoForward_TheTimeThatIsLeftOutIsAnHourLater() // 02:30 does not exist on 29 March
    {
        var half = new ScheduleDefinition { RehearseAt = "02:30" };
        Assert.False(RehearsalDue.IsDue(half, null, Berlin, At("2026-03-29T01:29:00Z")));
        Assert.True(RehearsalDue.IsDue(half, null, Berlin, At("2026-03-29T01:30:00Z")));
    }

    [Fact]
    public void IsQuiet_NotDuringAnOutageARunAHoldOrMaintenance()
    {
        var view = View(new PlanState());
        Assert.True(RehearsalDue.IsQuiet(view));
        var run = RunSamples.Run(RunKind.Shutdown);
        Assert.False(RehearsalDue.IsQuiet(View(new PlanState { Run = run })));
        var hold = new HoldState { By = "ann", Since = RunSamples.Noon };
        Assert.False(RehearsalDue.IsQuiet(View(new PlanState { Hold = hold })));
        var cycle = new CycleState { OpenedAt = TimeSpan.Zero, OpenedWall = RunSamples.Noon };
        Assert.False(RehearsalDue.IsQuiet(View(new PlanState { Cycle = cycle })));
        var maintenance = new MaintenanceState { Since = RunSamples.Noon, Until = RunSamples.Noon.AddHours(1) };
        Assert.False(RehearsalDue.IsQuiet(View(new PlanState { Maintenance = maintenance })));
        var part = maintenance with { Targets = [new() { GuestId = 1 }] };
        Assert.True(RehearsalDue.IsQuiet(View(new PlanState { Maintenance = part })));
    }

    private static PlanView View(PlanState state) =>
        new(new PlanModel { PlanId = 1, Definition = RunSamples.Plan }, state, new(TimeSpan.Zero, RunSamples.Noon));

    private static DateTimeOffset At(string text) =>
        DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}

using VmPowerManager.Core.Engine;
using VmPowerManager.Runs.Pages;
using static VmPowerManager.Tests.Runs.RunSamples;

namespace VmPowerManager.Tests.Runs;

public sealed class RunChartTests
{
    [Theory]
    [InlineData(1, 30)]
    [InlineData(27, 30)]
    [InlineData(28, 60)]
    [InlineData(280, 600)]
    [InlineData(26000, 28800)]
    [InlineData(50000, 57600)]
    public void Axis_WhileItRuns_IsARoundFigureBeyondNow(double elapsed, double expected) =>
        Assert.Equal(expected, RunChart.Of(Run(RunKind.Shutdown), Noon.AddSeconds(elapsed)).Seconds);

    [Fact]
    public void Axis_AfterTheEnd_IsTheDuration() =>
        Assert.Equal(
            [0, 50, 100],
            RunChart.Of(Run(RunKind.Shutdown).Ended(RunStatus.Succeeded), Noon.AddDays(1)).Ticks
        );

    [Fact]
    public void Lines_EndedRunningAndPending_HaveTheirPlaces()
    {
        var chart = RunChart.Of(
            Run(
                RunKind.Shutdown,
                Guest("a", StepStatus.Done, 0, 15),
                Guest("b", StepStatus.Running, 6),
                Guest("c", StepStatus.Pending)
            ),
            Noon.AddSeconds(20)
        );
        var lines = Assert.Single(chart.Sections).Lines;
        Assert.Equal([(0.0, 0.5), (0.2, null), ((double?)null, (double?)null)], lines.Select(l => (l.From, l.To)));
        Assert.Equal([15, null, null], lines.Select(l => l.TookSeconds));
    }

    [Fact]
    public void Line_BeganBeforeTheRun_StaysOnTheAxis()
    {
        // The wall clock may be set back while it runs.
        var run = Run(RunKind.Shutdown, Guest("a", StepStatus.Done, -5, -2), Guest("b", StepStatus.Done, 90, 500));
        var lines = RunChart.Of(run.Ended(RunStatus.Succeeded), Noon).Sections[0].Lines;
        Assert.Equal((0, 0), (lines[0].From, lines[0].To));
        Assert.Equal((0.9, 1), (lines[1].From, lines[1].To));
    }

    [Fact]
    public void Sections_FollowThePhases_AndSayWhatWaits()
    {
        var run = Run(
            RunKind.Shutdown,
            Guest("late", StepStatus.Pending, phase: "db", selected: false),
            Guest("first", StepStatus.Running, 1)
        );
        var chart = RunChart.Of(run, Noon);
        Assert.Equal([("Lab VMs", false), ("Databases", true)], chart.Sections.Select(s => (s.Name, s.Waits)));
    }

    [Fact]
    public void Progress_CountsWhatIsToBeDone_AndApartWhatWaits()
    {
        var run = Run(
            RunKind.Shutdown,
            Guest("a", StepStatus.Done, 0, 5),
            Guest("b", StepStatus.Unknown, 0, 5),
            Guest("c", StepStatus.Running, 1),
            Guest("d", StepStatus.Skipped),
            Guest("e", StepStatus.Pending, phase: "db", selected: false)
        );
        Assert.Equal(new RunProgress(RunKind.Shutdown, 1, 1, 1, 3, 1), RunProgress.Of(run));
        Assert.Equal("{0} of {1} back", RunProgress.Of(run with { Kind = RunKind.Startup }).Words);
    }

    [Fact]
    public void Rung_IsNamedFromTheSecondOn()
    {
        var step = Guest("a", StepStatus.Running, 1);
        var line = new RunLine(0, step, 0, null);
        Assert.Null(line.Rung);
        Assert.Equal(Core.Plans.StepAction.ForceOff, line.NextRung);
        var second = line with { Step = step with { Rung = 1 } };
        Assert.Equal(Core.Plans.StepAction.ForceOff, second.Rung);
        Assert.Null(second.NextRung);
        Assert.Equal(30, second.LimitSeconds);
    }
}

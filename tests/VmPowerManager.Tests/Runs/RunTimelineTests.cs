using Bunit;
using VmPowerManager.Core.Engine;
using VmPowerManager.Runs.Pages;
using static VmPowerManager.Tests.Runs.RunSamples;

namespace VmPowerManager.Tests.Runs;

public sealed class RunTimelineTests : RunScreenContext
{
    [Fact]
    public void Running_TicksInTheBrowser_AndSaysWhatComesNext()
    {
        Now.Advance(TimeSpan.FromSeconds(10));
        Runs.Put(
            Record(
                Run(
                    RunKind.Shutdown,
                    Guest("web01", StepStatus.Running, 4),
                    Guest("db01", StepStatus.Pending, phase: "db", selected: false)
                )
            )
        );
        var timeline = Timeline();
        var clock = timeline.Find(".vm-run-line time");
        Assert.Equal(
            ("since", "2026-01-15T12:00:04.000Z"),
            (clock.GetAttribute("data-clock"), clock.GetAttribute("data-at"))
        );
        Assert.Contains(
            "animation-delay:-6s",
            timeline.Find(".vm-run-grows").GetAttribute("style"),
            StringComparison.Ordinal
        );
        Assert.Contains("then: Force off", timeline.Markup, StringComparison.Ordinal);
        Assert.Contains(
            "waits for runtime below 10 min or battery low",
            timeline.Find(".vm-run-waits").TextContent,
            StringComparison.Ordinal
        );
        Assert.Contains("1 more wait for their trigger", timeline.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Change_IsShownAtOnce_AndTheGrowingBarIsLeftAlone()
    {
        var step = Guest("web01", StepStatus.Running, 0);
        Runs.Put(Record(Run(RunKind.Shutdown, step)));
        var timeline = Timeline();
        var style = timeline.Find(".vm-run-grows").GetAttribute("style");
        Now.Advance(TimeSpan.FromSeconds(3));
        Runs.Put(Record(Run(RunKind.Shutdown, step with { Attempt = 2, Detail = $"domain is busy" })));
        timeline.WaitForAssertion(() =>
            Assert.Contains("asked 2 times · domain is busy", timeline.Markup, StringComparison.Ordinal)
        );
        Assert.Equal(style, timeline.Find(".vm-run-grows").GetAttribute("style"));
    }

    [Fact]
    public void Failed_ShowsThePeersWords_DurationsAndTheOutcome()
    {
        var step = Guest("web01", StepStatus.Failed, 0, 90) with { Rung = 1, Detail = $"error: domain is stuck" };
        Runs.Put(Record(Run(RunKind.Shutdown, step).Ended(RunStatus.Failed)));
        var timeline = Timeline();
        Assert.Equal(["Failed", "Failed"], Chips(timeline));
        Assert.Contains("Force off (rung 2 of 2) · error: domain is stuck", timeline.Markup, StringComparison.Ordinal);
        Assert.Equal("1:30", timeline.Find(".vm-run-time").TextContent.Trim());
        Assert.Contains(
            "0 of 1 went down in 1:40. 1 failed or unknown",
            timeline.Find(".vm-run-outcome").TextContent,
            StringComparison.Ordinal
        );
        Assert.Empty(timeline.FindAll(".vm-run-grows"));
    }

    [Fact]
    public void Unknown_IsNoSuccess()
    {
        var step = Guest("web01", StepStatus.Unknown, 0, 90) with { Detail = $"The host has been silent." };
        Runs.Put(Record(Run(RunKind.Shutdown, step).Ended(RunStatus.Failed)));
        var timeline = Timeline();
        Assert.Equal(["Failed", "Outcome unknown"], Chips(timeline));
        Assert.NotEmpty(timeline.FindAll(".vm-run-bar.vm-unknown"));
        Assert.Contains("The host has been silent.", timeline.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelled_WhileItEnds_SaysSo_AndAfterwardsWhatBecameOfIt()
    {
        var run = Run(RunKind.Shutdown, Guest("a", StepStatus.Running, 0), Guest("b", StepStatus.Cancelled));
        Runs.Put(Record(run with { Cancelled = CancelMode.Undo }));
        var timeline = Timeline();
        Assert.Contains("It is being stopped", timeline.Markup, StringComparison.Ordinal);
        Runs.Put(Record(run.Ended(RunStatus.Cancelled) with { Outcome = $"Cancelled by a person (Undo)." }));
        timeline.WaitForAssertion(() =>
            Assert.Contains(
                "Cancelled by a person",
                timeline.Find(".vm-run-outcome").TextContent,
                StringComparison.Ordinal
            )
        );
    }

    [Fact]
    public void Reasons_AndAMissingJournal_AreShown()
    {
        var run = Run(RunKind.Shutdown, Guest("a", StepStatus.Running, 0)) with
        {
            DecidedBy = Values.Of(("because", "low battery"), ("runtimeSeconds", "240"), ("phase", "db")),
        };
        Runs.Put(Record(run, unjournaled: true));
        var timeline = Timeline();
        Assert.Contains("It began because low battery.", timeline.Markup, StringComparison.Ordinal);
        Assert.Equal(["Databases", "4 min"], timeline.FindAll(".vm-run-reasons dd").Select(d => d.TextContent));
        Assert.Contains("The journal could not be written in time", timeline.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Axis_TooShort_IsStretchedByItself()
    {
        Runs.Put(Record(Run(RunKind.Shutdown, Guest("a", StepStatus.Running, 0))));
        var timeline = Timeline();
        Assert.EndsWith("0:30", timeline.Find(".vm-run-ticks").TextContent.Trim(), StringComparison.Ordinal);
        Now.Advance(TimeSpan.FromSeconds(35));
        timeline.WaitForAssertion(() =>
            Assert.EndsWith("1:00", timeline.Find(".vm-run-ticks").TextContent.Trim(), StringComparison.Ordinal)
        );
    }

    [Fact]
    public void UnknownRun_SaysThatThereIsNone()
    {
        var timeline = Render<RunTimeline>(p => p.Add(t => t.RunId, 99));
        timeline.WaitForAssertion(() =>
            Assert.Contains("Run 99 does not exist.", timeline.Markup, StringComparison.Ordinal)
        );
    }

    private IRenderedComponent<RunTimeline> Timeline() => Render<RunTimeline>(p => p.Add(t => t.RunId, 7));

    private static IEnumerable<string> Chips(IRenderedComponent<RunTimeline> timeline) =>
        timeline.FindAll(".vm-chip").Select(c => c.TextContent.Trim());
}

using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Core.Tests.Simulation;

/// <summary>Expectations that cannot fail prove nothing: each is made to.</summary>
public sealed class ScenarioJudgeTests
{
    private static readonly Scenario Story = ScenarioLibrary.All.Single(s => s.Id == "mains-back-mid-shutdown");

    /// <summary>What a disarmed plan does is nothing: every scenario that wants something done must notice.</summary>
    [Fact]
    public void Library_WithDisarmedPlans_FailsWhereSomethingWasToBeDone()
    {
        var acting = ScenarioLibrary
            .All.Where(s =>
                s is { Armed: true, EndsAt: <= 1300 } && s.Expect.Runs?.Any(r => r.Cause != RunCause.Manual) == true
            )
            .ToList();
        Assert.True(acting.Count >= 15);
        foreach (var scenario in acting)
            Assert.False(Play(scenario with { Armed = false }).Ok, scenario.Id);
    }

    /// <summary>A plan that believes every reading at once does something in scenarios in which nothing is to be done.</summary>
    [Fact]
    public void Flicker_WithAPlanThatBelievesEverything_Fails()
    {
        var flicker = ScenarioLibrary.All.Single(s => s.Id == "flicker");
        var rash = flicker with
        {
            World = flicker.World with
            {
                Upses = [.. flicker.World.Upses.Select(u => u with { Policy = u.Policy with { ConfirmSeconds = 0 } })],
            },
            Plan = flicker.Plan with
            {
                Phases = [.. flicker.Plan.Phases.Select(p => p with { Trigger = new() { OnBatteryForSeconds = 1 } })],
            },
        };
        Assert.Contains("web was asked to stop, and must not be.", Texts(Play(rash)));
    }

    public static TheoryData<string, ScenarioExpectations> Wrong =>
        new()
        {
            { "web ends running, and must be off.", Want(e => e with { Ends = e.Ends.Add("web", PowerState.Off) }) },
            { "There were 2 runs", Want(e => e with { Runs = [] }) },
            {
                "began because of",
                Want(e => e with { Runs = [.. (e.Runs ?? []).Select(r => r with { Because = "low battery" })] })
            },
            { "The step on web ended", Want(e => e with { Steps = e.Steps.Add("web", StepStatus.Failed) }) },
            { "web was asked to stop", Want(e => e with { NeverStopped = ["*"] }) },
            { "web was asked to start", Want(e => e with { NeverStarted = ["web"] }) },
            { "db was not asked to stop", Want(e => e with { Stopped = ["db"] }) },
            {
                "db was never asked to stop",
                Want(e =>
                    e with
                    {
                        StopOrder =
                        [
                            ["web", "db"],
                        ],
                    }
                )
            },
            {
                "kvm1 was never asked to start",
                Want(e =>
                    e with
                    {
                        StartOrder =
                        [
                            ["web", "kvm1"],
                        ],
                    }
                )
            },
            { "was due within 1 s, and came after", Want(e => e with { Moments = [Off("web") with { By = 1 }] }) },
            { "and came never", Want(e => e with { Moments = [Off("nas") with { By = 100 }] }) },
            { "must not before 500 s", Want(e => e with { Moments = [Off("web") with { NotBefore = 500 }] }) },
            { "Nobody was told plan.disarmed", Want(e => e with { Notified = ["plan.disarmed"] }) },
            { "run.ended was told", Want(e => e with { NotNotified = ["run.ended"] }) },
            { "No sentence says", Want(e => e with { Said = ["the moon"] }) },
            { "must stay open", Want(e => e with { StaysOpen = true }) },
            { "not held any more", Want(e => e with { Held = true }) },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Expectation_ThatDoesNotHold_IsSaid(string sentence, ScenarioExpectations expect)
    {
        var report = Play(Story with { Expect = expect });
        Assert.Contains(Texts(report), u => u.Contains(sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void GuestOfAHostThatLosesPower_IsSaidToBeCutOff()
    {
        var dead = ScenarioLibrary.All.Single(s => s.Id == "dead-battery");
        Assert.Contains("web was cut off while it ran.", Texts(Play(dead with { Expect = new() })));
    }

    [Fact]
    public void HostThatStaysDown_IsSaidAndLeavesTheCycleOpen()
    {
        var dark = ScenarioLibrary.All.Single(s => s.Id == "host-never-comes-back");
        var unmet = Texts(Play(dark with { Expect = new() }));
        Assert.Contains("kvm1 ends off, and must be running.", unmet);
        Assert.Contains(unmet, u => u.Contains("cycle is still open", StringComparison.Ordinal));
    }

    private static ScenarioReport Play(Scenario scenario) =>
        ScenarioRunner.Run(scenario, TestContext.Current.CancellationToken);

    private static List<string> Texts(ScenarioReport report) => [.. report.Unmet.Select(u => u.ToString())];

    private static ScenarioExpectations Want(Func<ScenarioExpectations, ScenarioExpectations> change) =>
        change(Story.Expect);

    private static ExpectedMoment Off(string target) =>
        new()
        {
            Mark = new() { Target = target, Is = ScenarioCondition.Off },
        };
}

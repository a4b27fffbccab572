using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>POLICY F5: a run at a set time.</summary>
public sealed class PlannedTests
{
    private static DateTimeOffset In(double seconds) => VirtualWorld.Start + TimeSpan.FromHours(1) + S(seconds);

    private static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

    private static World Planned(double at, double? startAt = null, bool armed = true) =>
        Worlds.OneHost(
            armed: armed,
            change: p =>
                p with
                {
                    Schedule = new() { PlannedAt = In(at), StartAt = startAt is { } s ? In(s) : null },
                    Phases = [p.Phases[0]],
                }
        );

    private static int Told(World world, string type) => world.Notices.Count(n => n.Type == type);

    [Fact]
    public void AtItsTime_OnMains_StopsAndNothingStartsByItself()
    {
        var world = Planned(60).Run(57);
        Assert.Empty(world.Effects);
        world.Run(30);
        Assert.Equal(["web", "db"], world.Asked(StepAction.Shutdown));
        var run = Assert.Single(world.Ended);
        Assert.Equal((RunCause.Planned, RunStatus.Succeeded), (run.Cause, run.Status));
        world.Run(600);
        Assert.Empty(world.Asked(StepAction.Start)); // mains was there all along
        Assert.Single(world.Ended); // once
    }

    [Fact]
    public void MainsLostAndStableAgain_StartsWhatItStopped()
    {
        var world = Planned(10).Run(30);
        world.Upses[1].Status = "OB";
        world.Run(120);
        Assert.Empty(world.Asked(StepAction.Start));
        world.Upses[1].Status = "OL";
        world.Run(60);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start));
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void StartAt_StartsThen_AndMainsDoesNotBefore()
    {
        var world = Planned(10, startAt: 600).Run(30);
        world.Upses[1].Status = "OB";
        world.Run(60);
        world.Upses[1].Status = "OL";
        world.Run(300);
        Assert.Empty(world.Asked(StepAction.Start));
        world.Run(250);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start));
    }

    [Fact]
    public void StartAt_OnBattery_WaitsForTheGates()
    {
        var world = Planned(10, startAt: 100).Run(30);
        world.Upses[1].Status = "OB";
        world.Run(200);
        Assert.Empty(world.Asked(StepAction.Start));
        world.Upses[1].Status = "OL";
        world.Run(60);
        Assert.NotEmpty(world.Asked(StepAction.Start));
    }

    [Fact]
    public void MainsReturningInTheMiddle_DoesNotCancelIt()
    {
        var world = Planned(10);
        world.Upses[1].Status = "OB";
        world.Run(9);
        world.Upses[1].Status = "OL";
        world.Run(30);
        Assert.Equal(["web", "db"], world.Asked(StepAction.Shutdown));
    }

    [Fact]
    public void Missed_ByMoreThanFiveMinutes_DoesNotRunAndIsTold()
    {
        var world = Planned(10).Run(1);
        world.Restart(awaySeconds: 400).Run(60);
        Assert.Empty(world.Effects);
        Assert.Equal(1, Told(world, "plan.plannedMissed"));
    }

    [Fact]
    public void LateByLessThanFiveMinutes_Runs()
    {
        var world = Planned(10).Run(1).Restart(awaySeconds: 250).Run(30);
        Assert.Equal(["web", "db"], world.Asked(StepAction.Shutdown));
    }

    [Fact]
    public void Done_IsNotDoneTwice_AcrossRestarts()
    {
        var world = Planned(10).Run(60);
        world.Tell(new RunRequested(RunKind.Startup, "anna")).Run(30);
        world.Restart().Run(30).Restart(newBoot: true).Run(30);
        Assert.Single(world.Ended, r => r.Kind == RunKind.Shutdown);
    }

    [Fact]
    public void ToldAhead_AnHourAndTenMinutesBefore()
    {
        var world = Planned(4000).Run(300);
        Assert.Equal(0, Told(world, "plan.plannedAhead"));
        world.Run(200);
        Assert.Equal(1, Told(world, "plan.plannedAhead"));
        world.Run(2700).Restart().Run(100);
        Assert.Equal(1, Told(world, "plan.plannedAhead"));
        world.Run(200);
        Assert.Equal(2, Told(world, "plan.plannedAhead"));
        Assert.Contains(
            "Planned shutdown in ",
            Explanation.Of(world.Model, world.State, world.Moment).Sentence.ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void MonthsAhead_NoTimerWaitsForLong()
    {
        var world = Planned(90 * 86400.0);
        var decision = PlanEngine.Step(world.Model, world.State, new Ticked(), world.Moment);
        Assert.InRange(decision.NextDeadline - world.Moment.Elapsed ?? S(0), S(0.1), S(3600));
    }

    [Fact]
    public void Cancelled_DoesNotRun_AndSurvivesARestart()
    {
        var world = Planned(30);
        world.Tell(new PlannedCancelled("anna")).Restart().Run(600);
        Assert.Empty(world.Effects);
        Assert.Equal(1, Told(world, "plan.plannedCancelled"));
        Assert.Equal(0, Told(world, "plan.plannedMissed"));
    }

    [Fact]
    public void NotArmed_DoesNotRun_AndSaysSoAhead()
    {
        var world = Planned(400, armed: false).Run(1000);
        Assert.Empty(world.Effects); // F1: dry
        Assert.Contains(world.Notices, n => n.Type == "plan.plannedAhead" && n.Message.Contains("not armed"));
        Assert.Equal(1, Told(world, "plan.plannedMissed"));
    }

    [Fact]
    public void Held_DoesNotRun()
    {
        var world = Planned(30);
        world.Tell(new HoldRequested("anna")).Run(400);
        Assert.Empty(world.Effects); // F4: nothing new begins
        Assert.Contains("held by anna", Assert.Single(world.Notices, n => n.Type == "plan.plannedMissed").Message);
    }

    [Fact]
    public void RealOutage_TakesOver_AndKeepsTheSnapshot()
    {
        var world = Worlds.OneHost(
            [Worlds.Guest(1, "web", 15), Worlds.Guest(2, "db", 15)],
            change: p =>
                p with
                {
                    Schedule = new() { PlannedAt = In(10) },
                    Phases = [p.Phases[0] with { Parallel = false }],
                }
        );
        world.Upses[1].Status = "OB";
        world.Run(12);
        Assert.Equal(RunCause.Outage, world.State.Run?.Cause);
        Assert.Contains(world.Notices, n => n.Type is "run.takenOver" or "run.started");
        world.Run(60);
        Assert.Equal(["web", "db"], world.Asked(StepAction.Shutdown));
        world.Upses[1].Status = "OL";
        world.Run(90);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start).Order());
    }
}

using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Fire drills: one guest is really stopped and started again (POLICY F5, I5).</summary>
public sealed class DrillTests
{
    private static readonly string Web = Worlds.OneHost().Model.Guests.Values.Single(g => g.Name == "web").Key;
    private static readonly RunRequested Drill = new(RunKind.Shutdown, "anna") { Drill = Web };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Drill_StopsAndStartsOneGuest_AndTouchesNoOther(bool armed)
    {
        var world = Worlds.OneHost(armed: armed);
        world.Tell(Drill).Run(60);
        Assert.Equal(["web"], world.Asked(StepAction.Shutdown));
        Assert.Equal(["web"], world.Asked(StepAction.Start));
        Assert.Equal(
            [(RunKind.Shutdown, RunStatus.Succeeded), (RunKind.Startup, RunStatus.Succeeded)],
            world.Ended.Select(r => (r.Kind, r.Status))
        );
        Assert.All(world.Ended, r => Assert.Equal((RunCause.Drill, Web), (r.Cause, r.Drill)));
        Assert.All(world.Ended, r => Assert.True(r.Steps[0].EndedAt > r.Steps[0].StartedAt));
        Assert.Null(world.State.Cycle);
        Assert.Contains(world.Notices, n => n.Message.Contains("web runs again after", StringComparison.Ordinal));
        Assert.DoesNotContain(world.Notices, n => n.Level == NoticeLevel.Critical);
    }

    [Fact]
    public void Drill_OfAGuestThatDoesNotStop_Fails_AndTheGuestRuns()
    {
        var world = Worlds.OneHost(
            [Worlds.Guest(1, "web", stopSeconds: null), Worlds.Guest(2, "db")],
            onTimeout: OnTimeout.GiveUp
        );
        world.Tell(Drill).Run(300);
        Assert.Equal(RunStatus.Failed, world.Ended[0].Status);
        Assert.Equal(PowerState.Running, world.View("web")?.Power);
        Assert.Empty(world.Asked(StepAction.ForceOff));
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void Outage_DuringADrill_TakesOver_AndBringsAllBack() // F5
    {
        var world = Worlds.OneHost([Worlds.Guest(1, "web", 30), Worlds.Guest(2, "db")]);
        world.Tell(Drill).Run(3);
        world.Upses[1].Status = "OB";
        world.Run(60);
        Assert.Equal((RunCause.Drill, RunStatus.Cancelled), (world.Ended[0].Cause, world.Ended[0].Status));
        Assert.Equal(RunCause.Outage, world.State.Run?.Cause);
        Assert.Equal(["web", "db"], world.Asked(StepAction.Shutdown));
        Assert.Empty(world.Asked(StepAction.Start));
        world.Upses[1].Status = "OL";
        world.Run(120);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start).Order());
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void Outage_WhileTheDrillStartsTheGuest_TakesOver()
    {
        var world = Worlds.OneHost();
        world.Tell(Drill);
        while (world.State.Run?.Kind != RunKind.Startup)
            world.Run(0.1);
        world.Upses[1].Status = "OB";
        world.Run(30);
        Assert.Contains("db", world.Asked(StepAction.Shutdown));
        world.Upses[1].Status = "OL";
        world.Run(120);
        Assert.All(["web", "db"], name => Assert.Equal(PowerState.Running, world.View(name)?.Power));
    }

    [Fact]
    public void Outage_DuringADrillOfADisarmedPlan_TheGuestWaitsForMains()
    {
        var world = Worlds.OneHost(armed: false);
        world.Tell(Drill).Run(1);
        world.Upses[1].Status = "OB";
        world.Run(60);
        Assert.Equal(["web"], world.Asked(StepAction.Shutdown));
        Assert.Empty(world.Asked(StepAction.Start));
        world.Upses[1].Status = "OL";
        world.Run(60);
        Assert.Equal(["web"], world.Asked(StepAction.Start));
    }

    [Fact]
    public void Killed_BetweenStopAndStart_TheGuestIsStartedAllTheSame() // I3
    {
        var world = Worlds.OneHost();
        world.Tell(Drill);
        while (world.Ended.Count == 0)
            world.Run(0.1);
        world.Restart().Run(60);
        Assert.Equal(["web"], world.Asked(StepAction.Start));
        Assert.Equal(PowerState.Running, world.View("web")?.Power);
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void Killed_WhileStopping_TheDrillGoesOn() // I3
    {
        var world = Worlds.OneHost([Worlds.Guest(1, "web", 10), Worlds.Guest(2, "db")]);
        world.Tell(Drill).Run(3).Restart().Run(60);
        Assert.Equal(["web"], world.Asked(StepAction.Start));
        Assert.Equal(PowerState.Running, world.View("web")?.Power);
    }

    [Theory]
    [InlineData(CancelMode.Undo, true)]
    [InlineData(CancelMode.Hold, false)]
    public void Cancel_UndoStartsIt_HoldLeavesItToAPerson_AndNothingIsHeld(CancelMode mode, bool starts)
    {
        var world = Worlds.OneHost([Worlds.Guest(1, "web", 8), Worlds.Guest(2, "db")]);
        world.Tell(Drill).Run(3).Tell(new CancelRequested(mode, "anna")).Run(60);
        Assert.Null(world.State.Hold);
        Assert.Equal(starts ? ["web"] : [], world.Asked(StepAction.Start));
        if (!starts)
            world.Tell(new RunRequested(RunKind.Startup, "anna")).Run(60);
        Assert.Equal(["web"], world.Asked(StepAction.Start));
    }

    [Fact]
    public void Against_SaysWhyNot()
    {
        var world = Worlds.OneHost();
        Assert.Null(Against(world, Web));
        Assert.Contains("no step", Against(world, "guest:realm/none"), StringComparison.Ordinal);
        world.Model = world.Model with
        {
            Hosts = world.Model.Hosts.SetItem(1, world.Model.Hosts[1] with { ManagerGuestKey = Web }),
        };
        Assert.Contains("This program runs in web", Against(world, Web), StringComparison.Ordinal);
        world.Upses[1].Status = "OB";
        world.Run(5);
        Assert.Contains("power", Against(world, Web), StringComparison.Ordinal);
        world.Tell(Drill).Run(1);
        Assert.NotEqual(RunCause.Drill, world.State.Run?.Cause);
    }

    [Fact]
    public void Against_AGuestThatIsNeverStarted() // it would stay off
    {
        var world = Worlds.OneHost(change: p =>
            p with
            {
                Phases =
                [
                    p.Phases[0] with
                    {
                        Steps = [.. p.Phases[0].Steps.Select(s => s with { Startup = StartupRule.Never })],
                    },
                    p.Phases[1],
                ],
            }
        );
        Assert.Contains("never starts web", Against(world, Web), StringComparison.Ordinal);
    }

    private static string Against(World world, string key) =>
        PlanEngine.AgainstDrill(world.Model, world.State, key, world.Moment)?.ToString()!; // null is asserted
}

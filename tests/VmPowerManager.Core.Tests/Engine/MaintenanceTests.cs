using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>A plan or targets of it paused until a time: loud, and ending by itself.</summary>
public sealed class MaintenanceTests
{
    private static DateTimeOffset In(World world, double seconds) => world.Moment.Wall + TimeSpan.FromSeconds(seconds);

    private static World Whole(double seconds = 1200)
    {
        var world = Worlds.OneHost();
        return world.Tell(new MaintenanceRequested("anna", In(world, seconds)) { Reason = "new batteries" }).Run(1);
    }

    private static string Message(World world, string type) =>
        Assert.Single(world.Notices, n => n.Type == type).Message;

    [Fact]
    public void WholePlan_InAnOutage_DoesNothing_AndSaysSoWithTheTimeLeft()
    {
        var world = Whole();
        Assert.Contains("new batteries", Message(world, "plan.maintenance"));
        (world.Upses[1].Status, world.Upses[1].Runtime) = ("OB", 900);
        world.Run(60);
        Assert.Empty(world.Effects);
        var told = Assert.Single(world.Notices, n => n.Type == "plan.maintenanceOutage");
        Assert.Equal(NoticeLevel.Critical, told.Level);
        Assert.Contains("15 min", told.Message);
        (world.Upses[1].Status, world.Upses[1].Runtime) = ("OB LB", 60);
        world.Run(30);
        Assert.Empty(world.Effects);
        Message(world, "plan.maintenanceCritical");
    }

    [Fact]
    public void Ends_ByItself_InTheMiddleOfAnOutage_AndActs()
    {
        var world = Whole(seconds: 900);
        world.Upses[1].Status = "OB";
        world.Run(880);
        Assert.Empty(world.Effects);
        Message(world, "plan.maintenanceEnds"); // ten minutes before
        world.Run(40);
        Message(world, "plan.maintenanceEnded");
        Assert.Equal(["web", "db"], world.Asked(StepAction.Shutdown));
    }

    [Fact]
    public void EndedByAPerson_ActsAtOnce_AndBegunInAnOutage_IsTold()
    {
        var world = Worlds.OneHost(labTrigger: new() { OnBatteryForSeconds = 60 });
        world.Upses[1].Status = "OB";
        world.Run(20);
        world.Tell(new MaintenanceRequested("anna", In(world, 3600))).Run(60);
        Message(world, "plan.maintenanceOutage");
        Assert.Empty(world.Effects);
        world.Tell(new MaintenanceEnded("anna")).Run(5);
        Assert.NotEmpty(world.Effects);
    }

    [Fact]
    public void OneGuest_IsLeftAlone_WhileItsHostStands()
    {
        var world = Worlds.OneHost();
        world.Tell(new MaintenanceRequested("anna", In(world, 3600)) { Targets = [new() { GuestId = 2 }] });
        Assert.Contains("db", Message(world, "plan.maintenance"));
        Assert.Contains("its host kvm1 is not", Message(world, "plan.maintenanceTie"));
        world.Upses[1].Status = "OB";
        world.Run(30);
        Assert.Equal(["web"], world.Asked(StepAction.Shutdown));
        Assert.Contains("db", Message(world, "plan.maintenanceOutage"));
    }

    [Fact]
    public void OneGuest_ItsHostGoesDown_IsResolvedFirst()
    {
        var world = Worlds.OneHost();
        world.Tell(new MaintenanceRequested("anna", In(world, 3600)) { Targets = [new() { GuestId = 2 }] });
        (world.Upses[1].Status, world.Upses[1].Runtime) = ("OB LB", 60);
        world.Run(60);
        var asked = world.Asked(StepAction.Shutdown);
        Assert.Contains("db", asked);
        Assert.Equal("kvm1", asked[^1]); // I2
    }

    [Fact]
    public void Host_IsLeftAlone_AndItsGuestsAreNot()
    {
        var world = Worlds.OneHost();
        world.Tell(new MaintenanceRequested("anna", In(world, 3600)) { Targets = [new() { HostId = 1 }] });
        (world.Upses[1].Status, world.Upses[1].Runtime) = ("OB LB", 60);
        world.Run(90);
        Assert.Equal(["web", "db"], world.Asked(StepAction.Shutdown).Order().Reverse());
    }

    [Fact]
    public void Target_StoppedBefore_IsNotStartedUntilItEnds()
    {
        var world = Worlds.OneHost(change: p => p with { Phases = [p.Phases[0]] });
        world.Upses[1].Status = "OB";
        world.Run(30);
        world.Tell(new MaintenanceRequested("anna", In(world, 300)) { Targets = [new() { GuestId = 2 }] });
        world.Upses[1].Status = "OL";
        world.Run(120);
        Assert.Equal(["web"], world.Asked(StepAction.Start));
        world.Run(300);
        Assert.Equal(["web", "db"], world.Asked(StepAction.Start));
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void WholePlan_MainsBack_StartsNothingUntilItEnds()
    {
        var world = Worlds.OneHost(change: p => p with { Phases = [p.Phases[0]] });
        world.Upses[1].Status = "OB";
        world.Run(30);
        world.Tell(new MaintenanceRequested("anna", In(world, 200)));
        world.Upses[1].Status = "OL";
        world.Run(150);
        Assert.Empty(world.Asked(StepAction.Start));
        world.Run(100);
        Assert.NotEmpty(world.Asked(StepAction.Start));
    }

    [Fact]
    public void OfThePlan_BeginsAndEndsByTheDefinition()
    {
        var world = Worlds.OneHost();
        var definition = world.Model.Definition;
        world.Model = world.Model with
        {
            Definition = definition with { Maintenance = new() { Until = In(world, 60) } },
        };
        world.Run(1);
        Assert.True(world.State.Maintenance is { OfPlan: true, Whole: true });
        Assert.Equal("maintenance", Explanation.Of(world.Model, world.State, world.Moment).Stage);
        world.Run(100);
        Assert.Null(world.State.Maintenance);
        Message(world, "plan.maintenance"); // once: what is over does not begin again
    }

    [Fact]
    public void OfThePlan_EndedByAPerson_StaysEnded_AndRemovedFromThePlanEnds()
    {
        var world = Worlds.OneHost();
        var definition = world.Model.Definition;
        var paused = definition with { Maintenance = new() { Until = In(world, 600) } };
        world.Model = world.Model with { Definition = paused };
        world.Run(1).Tell(new MaintenanceEnded("anna")).Run(5);
        Assert.Null(world.State.Maintenance);
        paused = paused with { Maintenance = new() { Until = In(world, 900) } };
        world.Model = world.Model with { Definition = paused };
        world.Run(1);
        Assert.NotNull(world.State.Maintenance);
        world.Model = world.Model with { Definition = definition };
        world.Run(1);
        Assert.Null(world.State.Maintenance);
    }

    [Fact]
    public void Restart_KeepsIt()
    {
        var world = Whole().Restart(newBoot: true);
        Assert.NotNull(world.State.Maintenance);
        world.Upses[1].Status = "OB LB";
        world.Run(60);
        Assert.Empty(world.Effects);
        Message(world, "plan.maintenance");
    }

    [Fact]
    public void ManualRun_IsAPersonsWord()
    {
        var world = Whole();
        world.Tell(new RunRequested(RunKind.Shutdown, "anna")).Run(20);
        Assert.Contains("web", world.Asked(StepAction.Shutdown));
    }

    [Fact]
    public void DependencyOnATargetInMaintenance_IsSaid()
    {
        var world = Worlds.OneHost(change: p =>
            p with
            {
                Dependencies =
                [
                    new()
                    {
                        From = new() { GuestId = 1 },
                        To = new() { GuestId = 2 },
                    },
                ],
            }
        );
        world.Tell(new MaintenanceRequested("anna", In(world, 3600)) { Targets = [new() { GuestId = 2 }] });
        Assert.Contains(world.Notices, n => n.Message.StartsWith("web needs db", StringComparison.Ordinal));
    }
}

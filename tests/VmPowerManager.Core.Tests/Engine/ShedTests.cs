using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using static VmPowerManager.Core.Tests.Engine.Graphs;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Load shedding: the first phase, undone by mains at once (D1), and no alarm.</summary>
public sealed class ShedTests
{
    private static World Shedding(Func<PlanDefinition, PlanDefinition>? change = null)
    {
        var plan = Plan(
            Phase("shed", G(1)) with
            {
                Kind = PhaseKind.Shed,
            },
            Phase("rest", G(2)) with
            {
                Trigger = new() { OnBatteryForSeconds = 60 },
            }
        );
        return Graphs.World(change?.Invoke(plan) ?? plan, [Vm(1, "render"), Vm(2, "db")]);
    }

    private static IEnumerable<Notice> Loud(World world) => world.Notices.Where(n => n.Level == NoticeLevel.Critical);

    [Fact]
    public void MainsBack_StartsAgainAtOnce_WithoutTheChargeGate()
    {
        var world = Shedding().OnBattery(20);
        Assert.Equal(["render"], world.Asked(StepAction.Shutdown));
        Assert.True(world.State.Run?.ShedOnly);
        (world.Upses[1].Status, world.Upses[1].Charge) = ("OL CHRG", 5);
        world.Run(14);
        Assert.Equal(["render"], world.Asked(StepAction.Start)); // D1: 10 s; E3 would want 30 s and 30 %
        world.Run(10);
        Assert.Null(world.State.Cycle);
        Assert.Empty(Loud(world));
        Assert.Contains(
            world.Notices,
            n =>
                n is { Type: "run.started", Level: NoticeLevel.Warning }
                && n.Message.StartsWith("Load shedding", StringComparison.Ordinal)
        );
        Assert.All(world.Ended, r => Assert.Equal(RunStatus.Succeeded, r.Status));
    }

    [Fact]
    public void NeverOnBattery()
    {
        var world = Shedding().OnBattery(40);
        Assert.Empty(world.Asked(StepAction.Start));
        world.Upses[1].Status = "OL";
        world.Run(5);
        world.Upses[1].Status = "OB";
        world.Run(5);
        Assert.Empty(world.Asked(StepAction.Start));
    }

    [Fact]
    public void ANormalPhaseBegins_ItIsAShutdown_AndTheGatesCount()
    {
        var world = Shedding().OnBattery(75);
        Assert.Equal(["render", "db"], world.Asked(StepAction.Shutdown));
        Assert.False(Assert.Single(world.Ended).ShedOnly);
        Assert.Contains(Loud(world), n => n.Type == "run.goesOn");
        (world.Upses[1].Status, world.Upses[1].Charge) = ("OL CHRG", 5);
        world.Run(100);
        Assert.Empty(world.Asked(StepAction.Start)); // E3: 30 % are asked for
    }

    [Fact]
    public void FlappingMains_MustBeStable()
    {
        var world = Shedding().OnBattery(10);
        for (var i = 0; i < 2; i++)
            world.Mains(11).OnBattery(6);
        world.Effects.Clear();
        world.Mains(40);
        Assert.Empty(world.Asked(StepAction.Start)); // D1: third outage in ten minutes
        world.Run(40);
        Assert.Equal(["render"], world.Asked(StepAction.Start));
    }

    [Fact]
    public void CriticalAtOnce_IsNoShedding()
    {
        var world = Shedding();
        world.Upses[1].Status = "OB LB";
        world.Upses[1].Charge = 10;
        world.Run(10);
        Assert.Equal(["render", "db"], world.Asked(StepAction.Shutdown).OrderDescending()); // C1
        Assert.DoesNotContain(world.Notices, n => n.Message.StartsWith("Load shedding", StringComparison.Ordinal));
    }

    [Fact]
    public void TakesItsUsersAlong_AndStaysShedding()
    {
        var world = Shedding(p => p with { Dependencies = [Needs(Guest(2), Guest(1))] }).OnBattery(20);
        Assert.Equal(["db", "render"], world.Asked(StepAction.Shutdown)); // C6
        Assert.True(world.State.Run is null or { ShedOnly: true });
        world.Mains(30);
        Assert.Equal(["render", "db"], world.Asked(StepAction.Start));
    }

    [Fact]
    public void KilledWhileShed_ComesBackAllTheSame()
    {
        var world = Shedding().OnBattery(20).Restart().OnBattery(5).Mains(30);
        Assert.Equal(["render"], world.Asked(StepAction.Start)); // I3
        Assert.Null(world.State.Cycle);
    }
}

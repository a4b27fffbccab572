using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using static VmPowerManager.Core.Tests.Engine.Graphs;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>POLICY C6, E4: one graph orders the way down and the way up, across phases; no edge is at the same time.</summary>
public sealed class GraphTests
{
    /// <summary>web needs db, db needs nas (a guest of another host).</summary>
    private static World Chain(params PhaseDefinition[] phases)
    {
        var plan = Plan(phases) with { Dependencies = [Needs(Guest(1), Guest(2)), Needs(Guest(2), Guest(3))] };
        return Graphs.World(plan, [Vm(1, "web"), Vm(2, "db"), Vm(3, "nas", host: 2)]);
    }

    [Fact]
    public void Chain_GoesDownFromItsUsers_AndComesUpFromItsRoot()
    {
        var world = Chain(Phase("a", G(3), G(2), G(1))).OnBattery(40);
        Assert.Equal(["web", "db", "nas"], world.Asked(StepAction.Shutdown)); // C6
        Assert.True(
            world.AskedAt("db", StepAction.Shutdown) - world.AskedAt("web", StepAction.Shutdown)
                > TimeSpan.FromSeconds(2)
        );
        world.Mains(60);
        Assert.Equal(["nas", "db", "web"], world.Asked(StepAction.Start)); // E4
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void NeededInAnEarlierPhase_TakesItsUsersAlong_AndWaitsForThem()
    {
        var later = Phase("b", G(1), G(2)) with { Trigger = new() { LowBattery = true } };
        var world = Chain(Phase("a", G(3)), later).OnBattery(30);
        Assert.Equal(["web", "db", "nas"], world.Asked(StepAction.Shutdown)); // C6: pulled before their own trigger
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
    }

    [Fact]
    public void NeededLosesItsSupply_TakesAlongWhoStandsOnAnother()
    {
        var world = Chain(Phase("a", G(1), G(2), G(3))).OnBattery(30, 2);
        Assert.Equal(["web", "db", "nas"], world.Asked(StepAction.Shutdown)); // B1, C6
        world.Mains(5);
        Assert.Empty(world.Asked(StepAction.Start));
        world.Run(60);
        Assert.Equal(["nas", "db", "web"], world.Asked(StepAction.Start)); // E4: not before nas, whose gate opens last
    }

    [Fact]
    public void NoEdge_GoesAtTheSameTime()
    {
        var world = Graphs.World(Plan(Phase("a", G(1), G(2))), [Vm(1, "web"), Vm(2, "db")]).OnBattery(7);
        Assert.Equal(world.AskedAt("web", StepAction.Shutdown), world.AskedAt("db", StepAction.Shutdown));
    }

    [Fact]
    public void UserThatCannotBeStopped_IsNotWaitedForForEver_AndThatIsSaid()
    {
        var immortal = new SimGuest
        {
            Id = 1,
            Name = "web",
            HostId = 1,
            StopSeconds = null,
            Immortal = true,
        };
        var plan = Plan(Phase("a", G(1), G(2))) with { Dependencies = [Needs(Guest(1), Guest(2))] };
        var world = Graphs.World(plan, [immortal, Vm(2, "db")]).OnBattery(80);
        Assert.Equal(StepStatus.Failed, world.Step("web").Status);
        Assert.Equal(StepStatus.Done, world.Step("db").Status); // I6
        Assert.Contains(
            world.Notices,
            n =>
                n.Type == "step.neededStill"
                && n.Message.StartsWith("db is stopped although web", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void HostNeedsAGuestElsewhere_ItGoesDownFirst_AndIsWokenLast()
    {
        var plan = Plan(Phase("a", G(1), G(3)), Phase("b", H(1), H(2))) with
        {
            Dependencies = [Needs(Host(1), Guest(3))],
        };
        var world = Graphs
            .World(plan, [Vm(1, "web"), Vm(3, "nas", host: 2)], h => h with { WakeMethods = ["wol"] })
            .OnBattery(80);
        Assert.Equal(["web", "kvm1", "nas", "kvm2"], world.Asked(StepAction.Shutdown)); // C6: nas outlives kvm1
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
        world.Mains(120);
        Assert.Equal(["kvm2", "kvm1"], world.Asked(StepAction.Wake)); // E4
        Assert.True(world.AskedAt("kvm1", StepAction.Wake) > world.AskedAt("nas", StepAction.Start));
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void GroupNeedsAndIsNeeded_UncoveredGuestsToo()
    {
        var plan = Plan(Phase("a", H(1), H(2))) with { Dependencies = [Needs(GuestsOf(1), GuestsOf(2))] };
        var world = Graphs.World(plan, [Vm(1, "web", stopSeconds: 8), Vm(3, "db", host: 2)]);
        world.Model = world.Model with { Guests = world.Model.Guests.Clear() }; // Nobody knows them before they are listed.
        world.OnBattery(90);
        Assert.True(
            world.AskedAt("db", StepAction.Shutdown) - world.AskedAt("web", StepAction.Shutdown)
                > TimeSpan.FromSeconds(7)
        );
    }

    [Fact]
    public void StepsOwnDependsOn_OrdersAsThePlansDo()
    {
        var plan = Plan(Phase("a", G(2), G(1) with { DependsOn = [Guest(2)] }));
        var world = Graphs.World(plan, [Vm(1, "web"), Vm(2, "db")]).OnBattery(30);
        Assert.Equal(["web", "db"], world.Asked(StepAction.Shutdown));
    }

    [Fact]
    public void Circle_IsBrokenWhereItIsClosed_AndNothingStandsStill()
    {
        var plan = Plan(Phase("a", G(1), G(2)), Phase("b", H(1))) with
        {
            Dependencies = [Needs(Guest(1), Guest(2)), Needs(Guest(2), Guest(1)), Needs(Host(1), Guest(1))],
        };
        var world = Graphs.World(plan, [Vm(1, "web"), Vm(2, "db")]).OnBattery(60);
        Assert.Equal(["web", "db", "kvm1"], world.Asked(StepAction.Shutdown)); // I6
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
    }

    [Fact]
    public void NeedMigratesOntoItsUser_NothingStandsStill()
    {
        var plan = Plan(Phase("a", G(3)), Phase("b", H(1))) with { Dependencies = [Needs(Host(1), Guest(3))] };
        var world = Graphs.World(
            plan,
            [Vm(1, "web"), Vm(3, "nas", host: 2)],
            sim: _ => new SimHost { Realm = "realm", StopSeconds = 3 }
        );
        world.Model = world.Model with
        {
            Guests = world.Model.Guests.Values.Select(g => g with { Realm = "realm" }).ToImmutableSortedByKey(),
        };
        world.Guests["nas"].HostId = 1;
        world.Run(70).OnBattery(90);
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status); // I2 beats the wish, I6
        Assert.Equal("kvm1", world.Asked(StepAction.Shutdown)[^1]);
    }

    [Fact]
    public void WaitUntil_HoldsUpWhatComesAfter_AndIsBounded()
    {
        var wait = new StepDefinition
        {
            Target = Host(1),
            Action = StepAction.WaitUntil,
            Ready = new()
            {
                Kind = ReadyKind.Command,
                Command = "test -e /backup/done",
                TimeoutSeconds = 60,
            },
        };
        var world = Graphs.World(Plan(Phase("a", wait), Phase("b", G(1))), [Vm(1, "web")]);
        var begun = world.Now;
        world.Looks = _ => world.Now - begun < TimeSpan.FromSeconds(30) ? "exit code 1" : null;
        world.OnBattery(60);
        Assert.InRange((world.AskedAt("web", StepAction.Shutdown) - begun).TotalSeconds, 30, 40);
        Assert.Equal(StepStatus.Done, world.Step("kvm1").Status);
    }

    [Fact]
    public void WaitUntil_NeverTrue_EndsFailedInItsTime_AndTheRestGoesOn()
    {
        var wait = new StepDefinition
        {
            Target = Host(1),
            Action = StepAction.WaitUntil,
            Ready = new()
            {
                Kind = ReadyKind.Port,
                Port = 2049,
                TimeoutSeconds = 20,
            },
        };
        var world = Graphs.World(Plan(Phase("a", wait), Phase("b", G(1))), [Vm(1, "web")]);
        world.Looks = _ => "connection refused";
        world.OnBattery(50);
        Assert.Equal(StepStatus.Failed, world.Step("kvm1").Status);
        Assert.Contains("connection refused", world.Step("kvm1").Detail?.ToString(), StringComparison.Ordinal); // I11
        Assert.Equal(StepStatus.Done, world.Step("web").Status); // I6
    }
}

using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>UPS outputs are cut as the last act, or not at all (C9, D2, I13).</summary>
public sealed partial class CutTests
{
    private static readonly PhaseDefinition Cut = Phase(1);

    private static PhaseDefinition Phase(params int[] upsIds) =>
        new()
        {
            Id = "cut",
            Name = "UPS",
            Trigger = new() { LowBattery = true },
            Steps =
            [
                .. upsIds.Select(id => new StepDefinition
                {
                    Target = new() { UpsId = id },
                    Action = StepAction.CutOutput,
                }),
            ],
        };

    private static World OneHost(
        PhaseDefinition? cut = null,
        HostRank rank = HostRank.Ordinary,
        SimHost? host = null,
        int upses = 1,
        double minSupplies = 1
    ) =>
        Worlds.OneHost(
            change: p => p with { Phases = p.Phases.Add(cut ?? Cut) },
            rank: rank,
            host: host,
            upses: upses,
            minSupplies: minSupplies
        );

    private static World WithBystander(World world, bool alive = true)
    {
        world.Hosts[2] = new SimHost { Realm = "other" };
        world.Hosts[2].Dead = !alive;
        var bystander = new HostModel
        {
            Id = 2,
            Name = "kvm2",
            Supplies = [new Supply(1, 1)],
            HasWitness = true,
        };
        world.Model = world.Model with { Bystanders = world.Model.Bystanders.SetItem(2, bystander) };
        return world;
    }

    private static World Low(World world, double seconds = 130)
    {
        foreach (var ups in world.Upses.Values)
            (ups.Status, ups.Runtime, ups.Charge) = ("OB LB", 60, 10);
        return world.Run(seconds);
    }

    private static IReadOnlyList<Effect> Orders(World world) =>
        [.. world.Effects.Select(e => e.Effect).Where(e => e.Kind == EffectKind.UpsCut)];

    private static StepState CutStep(World world, int upsId = 1) =>
        world
            .Ended.Append(world.State.Run)
            .OfType<RunState>()
            .SelectMany(r => r.Steps)
            .Last(s => s.Target.Key == $"ups:{upsId}");

    [Fact]
    public void Outage_EveryHostProvedOff_TheOutputIsCutOnceAsTheLastAct()
    {
        var world = Low(OneHost());
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
        Assert.Equal(1, world.Upses[1].TimesCut);
        var order = Assert.Single(Orders(world));
        Assert.Equal(TimeSpan.Zero, order.Delay);
        Assert.Equal(EffectKind.UpsCut, world.Effects[^1].Effect.Kind); // nothing after it
        Assert.Contains("took the order", (string?)CutStep(world).Evidence, StringComparison.Ordinal);
        var told = world.Effects.Single(e => e.Effect.Kind == EffectKind.HostShutdown).At;
        Assert.True(world.Effects[^1].At - told >= TimeSpan.FromSeconds(60), "C4: not before the silence proves it");
    }

    [Fact]
    public void HostSilentWithoutWitness_IsNotProvedOff_NoCut()
    {
        var world = OneHost(host: new SimHost { Witness = null });
        world.Model = world.Model with
        {
            Hosts = world.Model.Hosts.SetItem(1, world.Model.Hosts[1] with { HasWitness = false }),
        };
        Low(world, 240);
        Assert.Empty(Orders(world)); // I13
        var step = CutStep(world);
        Assert.Equal(StepStatus.Failed, step.Status);
        Assert.Contains("kvm1, which is not proved off", (string?)step.Detail, StringComparison.Ordinal);
        Assert.Contains(
            world.Notices,
            n => n.Level == NoticeLevel.Critical && n.Message.Contains("ups1", StringComparison.Ordinal)
        ); // I11
    }

    [Fact]
    public void HostRefusesToGo_NoCut()
    {
        var world = Low(OneHost(host: new SimHost { Refuses = true }), 300);
        Assert.Empty(Orders(world));
        Assert.Equal(StepStatus.Failed, CutStep(world).Status);
    }

    [Fact]
    public void HostOfAnotherPlanIsUp_NoCut_AndItsNameIsSaid()
    {
        var world = Low(WithBystander(OneHost()), 240);
        Assert.Empty(Orders(world));
        Assert.Contains("kvm2, which it feeds, is up", (string?)CutStep(world).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void HostOfAnotherPlan_SilentWithoutProof_NoCut()
    {
        var world = Low(WithBystander(OneHost(), alive: false), 240);
        Assert.Empty(Orders(world));
        Assert.Contains(
            "kvm2, which it feeds, is not proved off",
            (string?)CutStep(world).Detail,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void HostOfAnotherPlan_ProvedOffByItsRun_IsCut()
    {
        var world = WithBystander(OneHost());
        Low(world, 40);
        world.Hosts[2].Dead = true;
        world.Tell(new HostProvedOff(2, world.Moment.Elapsed)).Run(100);
        Assert.Single(Orders(world));
        Assert.Equal(1, world.Upses[1].TimesCut);
    }

    [Fact]
    public void HostOfAnotherPlan_ProvedOffAndStartedSince_NoCut()
    {
        var world = WithBystander(OneHost());
        Low(world, 40);
        world.Hosts[2].Dead = true;
        world.Tell(new HostProvedOff(2, world.Moment.Elapsed)).Run(10);
        world.Hosts[2].PowerOn();
        world.Run(220);
        Assert.Empty(Orders(world));
    }

    [Fact]
    public void HostAddedDuringTheRun_HoldsTheCutBack()
    {
        var world = OneHost();
        Low(world, 30);
        WithBystander(world).Tell(new ModelChanged()).Run(200);
        Assert.Empty(Orders(world)); // I13 asks for every managed host, I14 only for the plan
    }

    [Fact]
    public void MainsBackWhenTheLastHostIsDown_NoCut_StartupByTheGates()
    {
        var world = OneHost();
        Low(world, 60);
        Assert.False(world.Hosts[1].Answers(world.Now));
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL", 80, 1800);
        world.Run(40);
        Assert.Empty(Orders(world)); // pain 1
        Assert.Equal(StepStatus.Cancelled, CutStep(world).Status);
        world.Hosts[1].PowerOn();
        world.Run(120);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start).Order());
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void FirstReadingOnLine_HoldsTheCutBack_UntilBatteryIsSeenAgain()
    {
        var world = OneHost();
        Low(world, 65);
        Assert.False(world.Hosts[1].Answers(world.Now));
        world.Upses[1].Status = "OL";
        world.Run(9);
        Assert.Empty(Orders(world)); // D1: from the first reading, though mains is not back yet
        Assert.True(world.State.Run is not null, "the host is down, the cut waits");
        world.Upses[1].Status = "OB LB";
        world.Run(60);
        Assert.Single(Orders(world));
    }
}

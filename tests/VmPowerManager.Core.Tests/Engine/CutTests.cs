using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>UPS outputs are cut as the last act, or not at all (C9, D2, I13).</summary>
public sealed class CutTests
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

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void ManualRun_CutsOnlyWhereItWasAllowed(bool allowed, int cuts)
    {
        var world = OneHost();
        world.Model = world.Model with { Armed = false };
        world.Upses[1].Status = "OB";
        world.Run(5).Tell(new RunRequested(RunKind.Shutdown, "anna") { AllowCut = allowed }).Run(180);
        Assert.Equal(cuts, Orders(world).Count); // F5
        Assert.Equal(allowed ? StepStatus.Done : StepStatus.Skipped, CutStep(world).Status);
    }

    [Fact]
    public void ManualRunOnMains_IsNotCut_ForItWouldStartWhatIsOff()
    {
        var world = OneHost();
        world.Tell(new RunRequested(RunKind.Shutdown, "anna") { AllowCut = true }).Run(180);
        Assert.Empty(Orders(world));
        Assert.Equal(StepStatus.Skipped, CutStep(world).Status);
        Assert.Contains("It is on mains", (string?)CutStep(world).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void DeviceWithoutCut_FailsInItsWords()
    {
        var world = OneHost();
        world.Upses[1].LongestCutDelay = null;
        Low(world, 240);
        Assert.Empty(Orders(world));
        Assert.Contains("no cut that returns", (string?)CutStep(world).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void RefusedOrder_IsGivenAgain()
    {
        var world = OneHost();
        world.Upses[1].CutRefusals = 1;
        Low(world, 150);
        Assert.Equal(2, Orders(world).Count);
        Assert.Equal(StepStatus.Done, CutStep(world).Status);
    }

    [Theory]
    [InlineData(new int[0], new[] { 1 }, 0)] // one of two, and nothing wakes the host: none (C9)
    [InlineData(new int[0], new[] { 1, 2 }, 2)]
    [InlineData(new[] { 1 }, new[] { 1 }, 1)] // it can be woken
    public void DualFedHost_AllItsUpsesOrNone(int[] wake, int[] cuts, int orders)
    {
        var world = OneHost(Phase(cuts), upses: 2);
        world.Model = world.Model with
        {
            Hosts = world.Model.Hosts.SetItem(
                1,
                world.Model.Hosts[1] with
                {
                    WakeMethods = [.. wake.Select(_ => "wol")],
                }
            ),
        };
        Low(world, 240);
        Assert.Equal(orders, Orders(world).Count);
    }

    [Fact]
    public void DualFedHost_OneUpsCannot_NeitherIsCut()
    {
        var world = OneHost(Phase(1, 2), upses: 2);
        world.Upses[2].LongestCutDelay = null;
        Low(world, 300);
        Assert.Empty(Orders(world));
    }

    [Fact]
    public void KilledAtTheOrder_EndsAsItWouldHave()
    {
        foreach (var point in new[] { 0.02, 0.06, 0.3 })
        {
            var world = OneHost();
            Low(world, 30);
            while (Orders(world).Count == 0)
                world.Run(0.1);
            world.Run(point).Restart().Run(40);
            Assert.Equal(StepStatus.Done, CutStep(world).Status); // I3
            Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
        }
    }

    [Fact]
    public void MainsBackWhileTheDelayRuns_HostsThatCanBeWoken_TheOrderIsTakenBack()
    {
        var world = OneHost(Cut with { Steps = [Cut.Steps[0] with { CutDelaySeconds = 120 }] });
        world.Model = world.Model with
        {
            Hosts = world.Model.Hosts.SetItem(1, world.Model.Hosts[1] with { WakeMethods = ["wol"] }),
        };
        Low(world);
        Assert.NotNull(world.Upses[1].CutsAt);
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL", 80, 1800);
        world.Run(15);
        Assert.Null(world.Upses[1].CutsAt);
        Assert.Contains(world.Effects, e => e.Effect.Kind == EffectKind.UpsAbortCut);
        world.Hosts[1].PowerOn();
        world.Run(140);
        Assert.Equal(0, world.Upses[1].TimesCut);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start).Order());
    }

    [Fact]
    public void MainsBackWhileTheDelayRuns_ButAHostRunsAgain_TheOrderIsTakenBackBeforeAnythingStarts()
    {
        var world = OneHost(Cut with { Steps = [Cut.Steps[0] with { CutDelaySeconds = 120 }] });
        Low(world);
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL", 80, 1800);
        world.Hosts[1].PowerOn(); // somebody is quick
        world.Run(60).Run(200);
        var aborted = world.Effects.Single(e => e.Effect.Kind == EffectKind.UpsAbortCut).At;
        Assert.True(world.Effects.Where(e => e.Effect.Action == StepAction.Start).All(e => e.At > aborted));
        Assert.Equal(0, world.Upses[1].TimesCut);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start).Order());
    }

    [Fact]
    public void OutputThatDoesNotReturn_IsTold()
    {
        var world = Low(OneHost());
        (world.Upses[1].Status, world.Upses[1].Charge) = ("OL OFF", 80);
        world.Run(150);
        Assert.Single(world.Notices, n => n.Type == "ups.notReturned");
    }

    [Fact]
    public void MainsBackWhileTheDelayRuns_NobodyWakesThem_ItIsSaidThatItRunsOn()
    {
        var world = OneHost(Cut with { Steps = [Cut.Steps[0] with { CutDelaySeconds = 120 }] });
        Low(world);
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL", 80, 1800);
        world.Run(140);
        Assert.Equal(1, world.Upses[1].TimesCut); // D2: it runs to its end
        Assert.Contains(world.Notices, n => n.Type == "ups.cutRuns");
        world.Hosts[1].PowerOn(); // its firmware, as power returned
        world.Run(120);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start).Order());
    }
}

using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>The host that runs this program: last, after the order to cut what feeds it (C6, C9, D2, I8, F7).</summary>
public sealed class OwnHostTests
{
    private static World Own(
        int? cutDelay = null,
        SimHost? host = null,
        Func<PlanDefinition, PlanDefinition>? change = null
    ) =>
        Worlds.OneHost(
            change: p =>
            {
                var cut = new PhaseDefinition
                {
                    Id = "cut",
                    Name = "UPS",
                    Trigger = new() { LowBattery = true },
                    Steps =
                    [
                        new()
                        {
                            Target = new() { UpsId = 1 },
                            Action = StepAction.CutOutput,
                            CutDelaySeconds = cutDelay,
                        },
                    ],
                };
                var plan = p with { Phases = p.Phases.Add(cut) };
                return change?.Invoke(plan) ?? plan;
            },
            rank: HostRank.Manager,
            host: host
        );

    private static World Low(World world, double seconds)
    {
        (world.Upses[1].Status, world.Upses[1].Runtime, world.Upses[1].Charge) = ("OB LB", 60, 10);
        return world.Run(seconds);
    }

    private static Issued? First(World world, EffectKind kind) =>
        world.Effects.FirstOrDefault(e => e.Effect.Kind == kind);

    private static World UntilOrdered(World world)
    {
        Low(world, 1);
        for (var i = 0; i < 1000 && First(world, EffectKind.UpsCut) is null; i++)
            world.Run(0.1);
        Assert.NotNull(First(world, EffectKind.UpsCut));
        return world;
    }

    private static void UntilTaken(World world)
    {
        UntilOrdered(world);
        while (world.Upses[1].CutsAt is null)
            world.Run(0.1);
    }

    [Theory]
    [InlineData(null, null, 180)] // its time-out, 120 s, and a minute
    [InlineData(40.0, null, 100)] // learned
    [InlineData(40.0, 300, 300)] // longer by the plan
    public void TheOrderIsGivenBeforeOurHostIsTold_WithTimeForItsShutdown(double? learned, int? wanted, int delay)
    {
        var world = Own(wanted);
        if (learned is { } p95)
        {
            var key = LearnedDuration.KeyOf("host:1", StepAction.Shutdown);
            world.Model = world.Model with
            {
                Durations = world.Model.Durations.SetItem(key, new LearnedDuration(p95 / 2, p95, 5)),
            };
        }
        Low(world, 40);
        var (order, told) = (First(world, EffectKind.UpsCut), First(world, EffectKind.HostShutdown));
        Assert.Equal(TimeSpan.FromSeconds(delay), order?.Effect.Delay); // C9
        Assert.True(order?.At < told?.At, "I8: our own host last");
        Assert.True(told?.At - order?.At < TimeSpan.FromSeconds(10), "just before");
        Assert.True(world.Guests.Values.All(g => g.Power(world.Now) == PowerState.Off), "I2");
    }

    [Fact]
    public void DeviceCannotWaitThatLong_NoCut_OurHostGoesAllTheSame()
    {
        var world = Own();
        world.Upses[1].LongestCutDelay = 120;
        Low(world, 120);
        Assert.Null(First(world, EffectKind.UpsCut));
        Assert.NotNull(First(world, EffectKind.HostShutdown));
        var runs = world.Ended.Append(world.State.Run).OfType<RunState>();
        var step = runs.SelectMany(r => r.Steps).First(s => s.Target.Key == "ups:1");
        Assert.Equal(StepStatus.Failed, step.Status);
        Assert.Contains("waits at most 120 s", (string?)step.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void OurHostIsNotInThePlan_ItsUpsIsNeverCut()
    {
        var world = Own(change: p => p with { Phases = p.Phases.RemoveAt(1) });
        Low(world, 120);
        Assert.Null(First(world, EffectKind.UpsCut));
        Assert.Contains("runs this program", (string?)world.Step("ups1").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void UncoveredGuestOfOurHost_IsStoppedBeforeTheOrder()
    {
        var world = Worlds.OneHost(
            [Worlds.Guest(1, "web"), Worlds.Guest(2, "late", 30)],
            covered: g => g.Name == "web",
            change: p => p with { Phases = p.Phases.Add(Own().Model.Definition.Phases[2]) },
            rank: HostRank.Manager
        );
        UntilOrdered(world);
        Assert.True(world.Guests.Values.All(g => g.Power(world.Now) == PowerState.Off));
    }

    [Fact]
    public void MainsReadAgainBeforeOurHostIsTold_Back_TheOrderIsTakenBack_OurHostStaysUp()
    {
        var world = Own();
        world.Latency = () => TimeSpan.FromSeconds(3);
        UntilTaken(world);
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL", 80, 1800);
        world.Run(120);
        Assert.Null(First(world, EffectKind.HostShutdown)); // D2
        Assert.NotNull(First(world, EffectKind.UpsAbortCut));
        Assert.Null(world.Upses[1].CutsAt);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start).Order());
        world.Run(200);
        Assert.Equal(0, world.Upses[1].TimesCut);
    }

    [Theory]
    [InlineData(HostRank.Manager, 1)]
    [InlineData(HostRank.Ordinary, 0)]
    public void OurHostsStepBegins_WhatFeedsItIsReadAtOnce_AndOnlyOnce(HostRank rank, int times)
    {
        var world = Worlds.OneHost(rank: rank);
        var asked = new List<int>();
        world.Checked += (_, _, decision) => asked.AddRange(decision.ReadNow);
        Low(world, 60);
        Assert.NotNull(First(world, EffectKind.HostShutdown));
        Assert.Equal(Enumerable.Repeat(1, times), asked); // D2
    }

    [Fact]
    public void MainsBack_TheOrderCannotBeTakenBack_OurHostGoesDownBeforeIt()
    {
        var world = Own();
        world.Latency = () => TimeSpan.FromSeconds(3);
        world.Upses[1].CanAbortCut = false;
        UntilTaken(world);
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL", 80, 1800);
        world.Run(60);
        Assert.NotNull(First(world, EffectKind.HostShutdown)); // D2: our own return command runs to its end
        Assert.Contains(world.Notices, n => n is { Type: "ups.cutRuns", Level: NoticeLevel.Critical });
        Assert.DoesNotContain(world.Effects, e => e.Effect.Action == StepAction.Start);
    }

    [Fact]
    public void OurHostDoesNotGo_TheOrderIsTakenBack()
    {
        var world = Own(host: new SimHost { Refuses = true });
        Low(world, 300);
        Assert.NotNull(First(world, EffectKind.UpsAbortCut));
        Assert.Equal(0, world.Upses[1].TimesCut);
    }

    [Fact]
    public void NewBootAfterTheCut_TheJournalLeadsToTheStartupOfWhatRan()
    {
        var world = Own();
        Low(world, 60);
        Assert.NotNull(First(world, EffectKind.HostShutdown));
        world.Hosts[1].PowerOn();
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL", 80, 1800);
        world.Restart(newBoot: true, awaySeconds: 600);
        Assert.Contains(
            world.Notices,
            n => n.Type == "run.ended" && n.Message.Contains("started anew", StringComparison.Ordinal)
        ); // F7: the run is closed, and that is told
        world.Run(120);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start).Order()); // E: what ran
        Assert.Null(world.State.Cycle);
        Assert.Equal(RunStatus.Succeeded, world.Ended[^1].Status);
    }

    [Fact]
    public void NewBoot_WaitsForAGoodReading_AndForTheGates()
    {
        var world = Own();
        Low(world, 60);
        world.Hosts[1].PowerOn();
        world.Upses[1].Reachable = false;
        world.Restart(newBoot: true, awaySeconds: 600).Run(100);
        Assert.DoesNotContain(world.Effects, e => e.Effect.Action == StepAction.Start); // F7
        (world.Upses[1].Status, world.Upses[1].Charge, world.Upses[1].Runtime) = ("OL", 10, 1800);
        world.Upses[1].Reachable = true;
        world.Run(100);
        Assert.DoesNotContain(world.Effects, e => e.Effect.Action == StepAction.Start); // E3
        world.Upses[1].Charge = 50;
        world.Run(60);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start).Order());
    }

    [Fact]
    public void OurOwnGuest_IsStoppedByNobody_AndCountsForNothing()
    {
        var world = Worlds.OneHost([Worlds.Guest(1, "web"), Worlds.Guest(2, "manager", null)], rank: HostRank.Manager);
        var key = world.Model.Guests.Values.First(g => g.Name == "manager").Key;
        world.Model = world.Model with
        {
            Hosts = world.Model.Hosts.SetItem(1, world.Model.Hosts[1] with { ManagerGuestKey = key }),
        };
        world.Carried = null; // It runs when its host is told: that is meant.
        Low(world, 60);
        Assert.Equal(["web", "kvm1"], world.Asked(StepAction.Shutdown)); // I2 does not count it
        Assert.Empty(world.Asked(StepAction.ForceOff));
        Assert.DoesNotContain(world.Notices, n => n.Type == "step.uncovered");
    }
}

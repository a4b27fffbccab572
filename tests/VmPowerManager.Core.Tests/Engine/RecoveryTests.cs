using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>What people did, restarts, late comers, and bringing back (E, F5, F7, I3, I12).</summary>
public sealed class RecoveryTests
{
    private static World Down(World world)
    {
        (world.Upses[1].Status, world.Upses[1].Runtime) = ("OB LB", 60);
        return world.Run(120);
    }

    [Theory]
    [InlineData(0.4, 1)] // the ask is lost: asked again
    [InlineData(1.4, 1)] // the result is lost: silence says that it got through
    public void KilledWhileTheHostIsTold_EndsAsItWouldHave(double after, double stopSeconds)
    {
        var world = Worlds.OneHost(host: new SimHost { StopSeconds = stopSeconds });
        world.Latency = () => TimeSpan.FromSeconds(2);
        (world.Upses[1].Status, world.Upses[1].Runtime) = ("OB LB", 60);
        while (world.Asked(StepAction.Shutdown).Count < 3)
            world.Run(0.1);
        world.Run(after).Restart().Run(150);
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status); // I3
        var told = world.Effects.Count(e => e.Effect.Kind == EffectKind.HostShutdown);
        Assert.Equal(after < 1 ? 2 : 1, told);
    }

    [Fact]
    public void KilledBeforeTheAskOfAGuestLeft_ItIsAskedAtOnce_AndHasItsWholeTime()
    {
        var alive = true;
        var world = Worlds.OneHost(
            [Worlds.Guest(1, "web", 2)],
            change: p =>
                p with
                {
                    Phases =
                    [
                        p.Phases[0] with
                        {
                            Steps = [p.Phases[0].Steps[0] with { TimeoutSeconds = 5, OnTimeout = OnTimeout.GiveUp }],
                        },
                    ],
                }
        );
        world.Kill = decision =>
            decision.Effects.IsEmpty || !alive ? KillPoint.None : (alive = false, KillPoint.BeforeEffects).Item2;
        world.Upses[1].Status = "OB";
        world.Run(60);
        Assert.Equal(["web"], world.Asked(StepAction.Shutdown)); // I3: none of the lost one, and one of the next life
        Assert.Equal(StepStatus.Done, Assert.Single(Assert.Single(world.Ended).Steps).Status);
    }

    [Fact]
    public void Restart_GuestWentOffMeanwhile_IsNotAskedAgain()
    {
        var world = Worlds.OneHost();
        world.Upses[1].Status = "OB";
        world.Run(10.6);
        var asked = world.Effects.Count;
        world.Restart(awaySeconds: 10).Run(20);
        Assert.Equal(asked, world.Effects.Count); // I3: looked at first
        Assert.Equal(StepStatus.Done, world.Step("web").Status);
    }

    [Fact]
    public void RestartLongAfter_MainsBackMeanwhile_ActsOnNoMemory()
    {
        var world = Worlds.OneHost(labTrigger: new() { OnBatteryForSeconds = 60 });
        world.Upses[1].Status = "OB";
        world.Run(10);
        world.Upses[1].Status = "OL";
        world.Restart(awaySeconds: 300).Run(60);
        Assert.Empty(world.Effects); // F7: no reading, no conclusion
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void NewBoot_HeldInAnOutage_TheHoldOutlivesIgnorance()
    {
        var world = Worlds.OneHost();
        world.Upses[1].Status = "OB";
        world.Run(5).Tell(new HoldRequested("anna") { EvenIfCritical = true }).Run(1);
        world.Upses[1].Reachable = false;
        world.Restart(newBoot: true).Run(30);
        Assert.NotNull(world.State.Hold); // F4: the outage was not seen to end
        (world.Upses[1].Reachable, world.Upses[1].Status) = (true, "OL");
        world.Run(15);
        Assert.Null(world.State.Hold);
    }

    [Fact]
    public void ManualShutdown_ThenAnOutageAndMains_StaysOffUntilAPersonStartsIt()
    {
        var world = Worlds.OneHost(change: p => p with { Phases = [p.Phases[0]] });
        world.Tell(new RunRequested(RunKind.Shutdown, "anna")).Run(20);
        var asked = world.Effects.Count;
        world.Upses[1].Status = "OB LB";
        world.Run(40);
        world.Upses[1].Status = "OL";
        world.Run(200);
        Assert.Equal(asked, world.Effects.Count); // F5
        Assert.NotNull(world.State.Cycle);
        world.Tell(new RunRequested(RunKind.Startup, "anna")).Run(20);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start).Order());
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void ManualShutdown_StartedByHandSince_TheNextOutageStopsIt()
    {
        var world = Worlds.OneHost(change: p => p with { Phases = [p.Phases[0]] });
        world.Tell(new RunRequested(RunKind.Shutdown, "anna")).Run(20);
        world.Guests["web"].Set(PowerState.Running); // with virsh, not through us
        world.Run(70);
        world.Effects.Clear();
        world.Upses[1].Status = "OB";
        world.Run(30);
        Assert.Equal(["web"], world.Asked(StepAction.Shutdown)); // I12
        world.Upses[1].Status = "OL";
        world.Run(100);
        Assert.Equal(["web"], world.Asked(StepAction.Start)); // db stays a person's
    }

    [Fact]
    public void OutageTakesOverAManualRun_WhatThePersonStoppedStaysOff()
    {
        var world = Worlds.OneHost(
            [Worlds.Guest(1, "web"), Worlds.Guest(2, "db", 8)],
            change: p => p with { Phases = [p.Phases[0] with { Parallel = false }, p.Phases[1]] }
        );
        world.Tell(new RunRequested(RunKind.Shutdown, "anna")).Run(1);
        (world.Upses[1].Status, world.Upses[1].Runtime) = ("OB LB", 60);
        world.Run(9);
        Assert.Equal(RunCause.Outage, world.State.Run?.Cause);
        world.Upses[1].Status = "OL";
        world.Run(150);
        Assert.DoesNotContain("web", world.Asked(StepAction.Start)); // F5
    }

    [Fact]
    public void PersonStopsAGuestDuringTheOutage_ItStaysOff()
    {
        var world = Worlds.OneHost();
        world.Upses[1].Status = "OB";
        world.Run(5);
        world.Guests["web"].Set(PowerState.Off);
        world.Tell(new PersonActed(GuestModel.KeyOf("realm", "uuid-1"), Stopped: true)).Run(20);
        world.Upses[1].Status = "OL";
        world.Run(120);
        Assert.Equal(["db"], world.Asked(StepAction.Start)); // E2
    }

    [Fact]
    public void StartWhenStable_AskedForDuringTheOutage_StartsOnceMainsIsStable()
    {
        var world = Worlds.OneHost(labTrigger: new() { OnBatteryForSeconds = 3600 });
        world.Upses[1].Status = "OB";
        world.Run(10).Tell(new RunRequested(RunKind.Shutdown, "anna") { StartWhenStable = true }).Run(110);
        world.Upses[1].Status = "OL";
        world.Run(45);
        world.Hosts[1].PowerOn();
        world.Run(20);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start).Order()); // F5
    }

    [Fact]
    public void GuestObeysLongAfterMainsIsBack_IsStartedAgain()
    {
        var world = Worlds.OneHost([Worlds.Guest(1, "slow", stopSeconds: 60)]);
        world.Upses[1].Status = "OB";
        world.Run(15);
        world.Upses[1].Status = "OL";
        world.Run(200);
        Assert.Equal(PowerState.Running, world.Guests["slow"].Power(world.Now)); // D2, E2
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void HostComesUpVeryLate_IsAdoptedAndItsGuestsStart()
    {
        var world = Down(Worlds.OneHost());
        world.Upses[1].Status = "OL";
        world.Run(700);
        Assert.Equal(RunStatus.Failed, world.Ended[^1].Status);
        Assert.Contains(world.Notices, n => n.Level == NoticeLevel.Critical && n.Message.Contains("kvm1")); // I11
        world.Hosts[1].PowerOn();
        world.Run(120);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start).Order()); // E4
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void SecondOutage_BeforeTheUncoveredGuestWasStarted_ItIsNotForgotten()
    {
        var world = Down(Worlds.OneHost([Worlds.Guest(1, "web"), Worlds.Guest(9, "stray")], covered: g => g.Id == 1));
        world.Upses[1].Status = "OL";
        world.Run(45); // startup waits for the host
        Down(world);
        Assert.Empty(world.Asked(StepAction.Start));
        world.Upses[1].Status = "OL";
        world.Run(45);
        world.Hosts[1].PowerOn();
        world.Run(30);
        Assert.Equal(["stray", "web"], world.Asked(StepAction.Start).Order());
        Assert.Single(world.Effects, e => e.Effect.Kind == EffectKind.HostShutdown); // I3: it was off already
    }

    [Fact]
    public void Gates_NotPassed_AreToldOnceAndAgainInTheNextCycle()
    {
        var world = Worlds.OneHost(change: p => p with { Startup = p.Startup with { MaxWaitSeconds = 60 } });
        for (var round = 1; round <= 2; round++)
        {
            Down(world);
            (world.Upses[1].Status, world.Upses[1].Charge) = ("OL", 10);
            world.Hosts[1].PowerOn();
            world.Run(120);
            Assert.Equal(round, world.Notices.Count(n => n.Type == "plan.startupWaits")); // E3
            (world.Upses[1].Charge, world.Upses[1].Runtime) = (90, 1800);
            world.Run(60);
            Assert.Null(world.State.Cycle);
        }
    }

    [Fact]
    public void Contradiction_IsToldEachTimeItBegins()
    {
        var world = Worlds.OneHost();
        for (var round = 1; round <= 2; round++)
        {
            world.Upses[1].Status = "OFF";
            world.Run(40);
            Assert.Equal(round, world.Notices.Count(n => n.Type == "plan.contradiction")); // A7
            world.Upses[1].Status = "OL";
            world.Run(20);
        }
        Assert.Empty(world.Effects);
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void CancelStartup_FinishPhase_FinishesItsPhaseAndNoMore()
    {
        var world = Worlds.OneHost(change: p =>
            p with
            {
                Phases =
                [
                    p.Phases[0] with
                    {
                        Steps = [p.Phases[0].Steps[0]],
                    },
                    p.Phases[0] with
                    {
                        Id = "two",
                        Steps = [p.Phases[0].Steps[1]],
                    },
                    p.Phases[1],
                ],
            }
        );
        Down(world);
        world.Upses[1].Status = "OL";
        world.Run(40);
        world.Hosts[1].PowerOn();
        while (world.Asked(StepAction.Start).Count == 0)
            world.Run(0.1);
        world.Tell(new CancelRequested(CancelMode.FinishPhase, "anna")).Run(60);
        Assert.Equal(["db"], world.Asked(StepAction.Start)); // F4
        Assert.Equal(RunStatus.Held, world.Ended[^1].Status);
    }
}

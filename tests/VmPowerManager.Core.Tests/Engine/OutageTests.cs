using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Whole outages, down and up, through the real engine.</summary>
public sealed class OutageTests
{
    [Fact]
    public void Outage_LowBattery_GuestsGoDownInOrderAndHostLast()
    {
        var world = Worlds.OneHost();
        world.Upses[1].Status = "OB DISCHRG";
        world.Run(9);
        Assert.Empty(world.Effects); // C1: not before its trigger
        world.Run(6);
        Assert.Equal(["web", "db"], world.Asked(StepAction.Shutdown));
        world.Upses[1].Status = "OB DISCHRG LB";
        (world.Upses[1].Charge, world.Upses[1].Runtime) = (15, 100);
        world.Run(60 + 30);
        Assert.Equal(["web", "db", "kvm1"], world.Asked(StepAction.Shutdown));
        var run = Assert.Single(world.Ended);
        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.All(run.Steps, s => Assert.Equal(StepStatus.Done, s.Status));
        Assert.NotNull(run.Steps[^1].Evidence); // C4: positive evidence
    }

    [Fact]
    public void MainsReturns_AfterAllIsDown_WhatRanStartsAndNothingElse()
    {
        var idle = Worlds.Guest(3, "idle").Set(PowerState.Off);
        var world = Worlds.OneHost([Worlds.Guest(1, "web"), Worlds.Guest(2, "db"), idle]);
        world.Upses[1].Status = "OB LB";
        world.Upses[1].Runtime = 100;
        world.Run(120);
        Assert.Single(world.Ended);
        world.Upses[1].Status = "OL CHRG";
        world.Run(20);
        Assert.DoesNotContain(world.Effects, e => e.Effect.Action == StepAction.Start); // E3: not yet stable
        world.Run(20);
        world.Hosts[1].PowerOn(); // somebody, or the firmware, wakes it: adopted (E4)
        world.Run(20);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start)); // I5: idle stays off
        Assert.Equal(RunKind.Startup, world.Ended[^1].Kind);
        Assert.Equal(RunStatus.Succeeded, world.Ended[^1].Status);
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void GuestIgnoresShutdown_ForcedOffAfterItsTime()
    {
        var world = Worlds.OneHost([Worlds.Guest(1, "web"), Worlds.Guest(2, "hung", stopSeconds: null)]);
        world.Upses[1].Status = "OB";
        world.Run(12);
        var asked = world.Effects.First(e => e.Effect.TargetName == "hung").At;
        world.Run(30);
        var forced = world.Effects.First(e => e.Effect.Action == StepAction.ForceOff);
        Assert.Equal("hung", forced.Effect.TargetName);
        Assert.InRange((forced.At - asked).TotalSeconds, 19.5, 21);
        Assert.Equal(StepStatus.Done, world.Step("hung").Status);
    }

    [Fact]
    public void UncoveredGuest_RunningOnTheHost_IsResolvedBeforeTheHostIsTold()
    {
        var world = Worlds.OneHost(
            [Worlds.Guest(1, "web"), Worlds.Guest(9, "stray", 5)],
            covered: g => g.Name == "web"
        );
        world.Upses[1].Status = "OB LB";
        world.Upses[1].Runtime = 60;
        world.Run(120);
        Assert.Equal(["web", "stray", "kvm1"], world.Asked(StepAction.Shutdown)); // C5; World checks I2 at each host effect
        world.Upses[1].Status = "OL";
        world.Hosts[1].PowerOn();
        world.Run(80);
        Assert.Equal(["stray", "web"], world.Asked(StepAction.Start).Order());
    }

    [Fact]
    public void MainsReturns_BeforePhaseTwo_ItDoesNotBeginAndPhaseOneComesBack()
    {
        var world = Worlds.OneHost();
        world.Upses[1].Status = "OB";
        world.Run(20);
        Assert.Equal(PowerState.Off, world.Guests["web"].Power(world.Now));
        world.Upses[1].Status = "OL";
        world.Run(12);
        Assert.Equal(RunStatus.Cancelled, Assert.Single(world.Ended).Status); // D1
        world.Run(60);
        Assert.DoesNotContain(world.Effects, e => e.Effect.Kind == EffectKind.HostShutdown); // I4
        Assert.Equal(2, world.Asked(StepAction.Start).Count);
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void MainsReturns_WhileAGuestStillStops_ItIsNotForcedOff()
    {
        var world = Worlds.OneHost([Worlds.Guest(1, "hung", stopSeconds: null)]);
        world.Upses[1].Status = "OB";
        world.Run(15);
        world.Upses[1].Status = "OL";
        world.Run(180);
        Assert.DoesNotContain(world.Effects, e => e.Effect.Action == StepAction.ForceOff); // D2
        Assert.Equal(PowerState.Running, world.Guests["hung"].Power(world.Now));
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void FlipShorterThanConfirm_NothingHappens()
    {
        var world = Worlds.OneHost(labTrigger: new() { OnBatteryForSeconds = 0 });
        world.Upses[1].Status = "OB";
        world.Run(2);
        world.Upses[1].Status = "OL";
        world.Run(60);
        Assert.Empty(world.Effects); // A4, I1
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void Calibration_WithInputVoltage_NothingHappens()
    {
        var world = Worlds.OneHost(labTrigger: new() { OnBatteryForSeconds = 0 });
        (world.Upses[1].Status, world.Upses[1].InputVoltage) = ("OB CAL LB", 231);
        world.Run(600);
        Assert.Empty(world.Effects); // A5, I9
    }

    [Fact]
    public void CommLost_OnLine_NothingHappens_OnBattery_ActsAfterDeadSeconds()
    {
        var quiet = Worlds.OneHost();
        quiet.Upses[1].Reachable = false;
        quiet.Run(300);
        Assert.Empty(quiet.Effects); // I7

        var world = Worlds.OneHost(labTrigger: new() { OnBatteryForSeconds = 3600 });
        world.Upses[1].Status = "OB";
        world.Run(5);
        world.Upses[1].Reachable = false;
        var lost = world.Now;
        world.Run(14);
        Assert.Empty(world.Effects);
        world.Run(4);
        Assert.InRange((world.Effects[0].At - lost).TotalSeconds, 14, 16.5);
    }

    [Fact]
    public void TwoSupplies_OneFails_NothingStops_BothFail_AllStops()
    {
        var world = Worlds.OneHost(upses: 2);
        world.Upses[1].Status = "OB LB";
        world.Upses[1].Runtime = 30;
        world.Run(300);
        Assert.Empty(world.Effects); // B5
        Assert.Contains(world.Notices, n => n.Type == "plan.noRedundancy");
        world.Upses[2].Status = "OB LB";
        world.Upses[2].Runtime = 30;
        world.Run(100);
        Assert.Equal(["web", "db", "kvm1"], world.Asked(StepAction.Shutdown));
    }

    [Fact]
    public void TwoSupplies_OneSilentAndTheOtherOnBattery_CountsAsZeroAfterDeadSeconds()
    {
        var world = Worlds.OneHost(upses: 2);
        world.Upses[2].Reachable = false;
        world.Run(120);
        Assert.Empty(world.Effects);
        world.Upses[1].Status = "OB";
        world.Run(20);
        Assert.Equal(["web", "db"], world.Asked(StepAction.Shutdown)); // B4
    }

    [Fact]
    public void SecondOutage_InTheSameProcess_IsHandledLikeTheFirst()
    {
        var world = Worlds.OneHost();
        for (var round = 0; round < 2; round++)
        {
            world.Effects.Clear();
            world.Upses[1].Status = "OB";
            world.Run(20);
            Assert.Equal(["web", "db"], world.Asked(StepAction.Shutdown)); // I12
            world.Upses[1].Status = "OL";
            world.Run(120);
            Assert.Equal(["db", "web"], world.Asked(StepAction.Start));
            Assert.Null(world.State.Cycle);
        }
    }

    [Fact]
    public void SecondOutage_DuringStartup_TurnsRoundOnItsTrigger()
    {
        var world = Worlds.OneHost();
        world.Upses[1].Status = "OB";
        world.Run(20);
        world.Upses[1].Status = "OL";
        world.Run(41);
        Assert.Contains(world.Effects, e => e.Effect.Action == StepAction.Start);
        world.Upses[1].Status = "OB";
        world.Run(30);
        Assert.Equal(PowerState.Off, world.Guests["web"].Power(world.Now)); // E5
        world.Upses[1].Status = "OL";
        world.Run(180);
        Assert.Equal(PowerState.Running, world.Guests["web"].Power(world.Now));
        Assert.Equal(PowerState.Running, world.Guests["db"].Power(world.Now));
    }

    [Fact]
    public void PlanNotArmed_NothingStops_AndSomebodyIsTold()
    {
        var world = Worlds.OneHost(armed: false);
        world.Upses[1].Status = "OB LB";
        world.Run(120);
        Assert.Empty(world.Effects); // F1
        Assert.Contains(world.Notices, n => n is { Type: "plan.disarmed", Level: NoticeLevel.Critical });
    }

    [Fact]
    public void GuestComesBack_WhileTheRunLasts_StoppedAgainTwiceThenFailed()
    {
        var world = Worlds.OneHost(
            [Worlds.Guest(1, "web"), Worlds.Guest(2, "slow", stopSeconds: null)],
            onTimeout: OnTimeout.GiveUp
        );
        world.Upses[1].Status = "OB";
        world.Run(11);
        for (var i = 0; i < 40; i++)
        {
            world.Run(1);
            if (world.Guests["web"].Power(world.Now) == PowerState.Off && world.Step("web").Status == StepStatus.Done)
                world.Guests["web"].Set(PowerState.Running);
        }
        Assert.True(
            world.Effects.Count(e => e.Effect is { TargetName: "web", Action: StepAction.Shutdown }) is >= 2 and <= 3
        ); // C5
    }
}

using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Cancel, hold, manual runs and restarts (POLICY F).</summary>
public sealed class PeopleTests
{
    private static World InPhaseOne(double? stopSeconds = 8)
    {
        var world = Worlds.OneHost(
            [Worlds.Guest(1, "web", stopSeconds), Worlds.Guest(2, "db", stopSeconds)],
            change: p => p with { Phases = [p.Phases[0] with { Parallel = false }, p.Phases[1]] }
        );
        world.Upses[1].Status = "OB";
        return world.Run(13);
    }

    [Fact]
    public void CancelHold_NothingNewBegins_UntilCritical()
    {
        var world = InPhaseOne();
        Assert.Equal(["web"], world.Asked(StepAction.Shutdown));
        world.Tell(new CancelRequested(CancelMode.Hold, "anna")).Run(60);
        Assert.Equal(["web"], world.Asked(StepAction.Shutdown)); // F4
        Assert.Equal(RunStatus.Held, Assert.Single(world.Ended).Status);
        Assert.NotNull(world.State.Hold);
        (world.Upses[1].Status, world.Upses[1].Runtime) = ("OB LB", 60);
        world.Run(60);
        Assert.Contains("db", world.Asked(StepAction.Shutdown));
        Assert.Contains("kvm1", world.Asked(StepAction.Shutdown));
    }

    [Fact]
    public void CancelHold_EvenIfCritical_NothingBeginsUntilTheOutageEnds()
    {
        var world = InPhaseOne();
        world.Tell(new CancelRequested(CancelMode.Hold, "anna") { EvenIfCritical = true });
        (world.Upses[1].Status, world.Upses[1].Runtime) = ("OB LB", 60);
        world.Run(120);
        Assert.Equal(["web"], world.Asked(StepAction.Shutdown));
        world.Upses[1].Status = "OL";
        world.Run(120);
        Assert.Null(world.State.Hold);
        Assert.Equal(["web"], world.Asked(StepAction.Start));
    }

    [Fact]
    public void CancelUndo_WhatWasStoppedStartsByTheGates()
    {
        var world = InPhaseOne();
        world.Tell(new CancelRequested(CancelMode.Undo, "anna")).Run(30);
        Assert.Equal(RunStatus.Cancelled, Assert.Single(world.Ended).Status);
        Assert.Empty(world.Asked(StepAction.Start));
        world.Upses[1].Status = "OL";
        world.Run(60);
        Assert.Equal(["web"], world.Asked(StepAction.Start));
    }

    [Fact]
    public void CancelFinishPhase_ThePhaseIsFinishedAndNoMore()
    {
        var world = InPhaseOne();
        world.Tell(new CancelRequested(CancelMode.FinishPhase, "anna") { EvenIfCritical = true });
        (world.Upses[1].Status, world.Upses[1].Runtime) = ("OB LB", 60);
        world.Run(120);
        Assert.Equal(["web", "db"], world.Asked(StepAction.Shutdown));
        Assert.Equal(RunStatus.Held, Assert.Single(world.Ended).Status);
    }

    [Fact]
    public void ManualShutdown_OnMains_RunsToItsEndAndNothingStartsByItself()
    {
        var world = Worlds.OneHost();
        world.Tell(new RunRequested(RunKind.Shutdown, "anna")).Run(120);
        Assert.Equal(["web", "db", "kvm1"], world.Asked(StepAction.Shutdown)); // F5
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
        world.Hosts[1].PowerOn();
        world.Run(300);
        Assert.Empty(world.Asked(StepAction.Start));
        world.Tell(new RunRequested(RunKind.Startup, "anna")).Run(30);
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start));
        Assert.Null(world.State.Cycle);
    }

    [Fact]
    public void Rehearsal_ChecksEverythingAndChangesNothing()
    {
        var world = Worlds.OneHost();
        world.Tell(new RunRequested(RunKind.Rehearsal, "anna")).Run(5);
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
        Assert.All(world.Effects, e => Assert.Equal(EffectKind.Probe, e.Effect.Kind));
        Assert.Null(world.State.Cycle);
    }

    [Theory]
    [InlineData(10.2)]
    [InlineData(10.6)]
    [InlineData(11.5)]
    [InlineData(13)]
    [InlineData(20)]
    [InlineData(31)]
    [InlineData(45)]
    public void KilledAtAnyPoint_TheRunEndsAsItWouldHave(double seconds)
    {
        var world = Worlds.OneHost(
            [Worlds.Guest(1, "web"), Worlds.Guest(2, "hung", stopSeconds: null)],
            hostTrigger: new() { OnBatteryForSeconds = 30 }
        );
        world.Upses[1].Status = "OB";
        world.Run(seconds).Restart().Run(150);
        Assert.Equal(PowerState.Off, world.Guests["web"].Power(world.Now)); // I3
        Assert.Equal(PowerState.Off, world.Guests["hung"].Power(world.Now));
        Assert.NotNull(world.Hosts[1].ToldAt);
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
        Assert.True(world.Effects.Count(e => e.Effect.TargetName == "web") <= 2);
    }

    [Fact]
    public void RestartAfterAbsence_OnBattery_IsNotTakenForSilenceOfTheUps()
    {
        var world = Worlds.OneHost(labTrigger: new() { OnBatteryForSeconds = 600 });
        world.Upses[1].Status = "OB";
        world.Run(5).Restart(awaySeconds: 60).Run(30);
        Assert.Empty(world.Effects); // F7
        Assert.NotNull(world.State.Cycle);
    }

    [Fact]
    public void NewBoot_WithAnOpenRun_ItIsClosedAndStartupIsEvaluated()
    {
        var world = Worlds.OneHost();
        world.Upses[1].Status = "OB";
        world.Run(20);
        world.Upses[1].Status = "OL";
        world.Restart(newBoot: true, awaySeconds: 300).Run(60);
        Assert.Equal(RunKind.Shutdown, world.Ended[0].Kind); // F7
        Assert.Equal(["db", "web"], world.Asked(StepAction.Start));
    }
}

using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>POLICY F4 in detail: when a hold begins and ends, and what <c>now</c> does. F7: a UPS that was never heard of.</summary>
public sealed class HoldTests
{
    private static World OnBattery(World world)
    {
        world.Upses[1].Status = "OB";
        return world;
    }

    [Fact]
    public void HoldUntil_EndsAtItsTime_AndTheOutageIsActedOn()
    {
        var world = Worlds.OneHost();
        world.Tell(new HoldRequested("anna") { HoldUntil = world.Moment.Wall + TimeSpan.FromSeconds(60) });
        OnBattery(world).Run(50);
        Assert.Empty(world.Effects);
        world.Run(15);
        Assert.Equal(["web", "db"], world.Asked(StepAction.Shutdown));
        Assert.Contains(world.Notices, n => n.Type == "plan.released" && n.Message.Contains("its time is over"));
    }

    [Fact]
    public void Hold_SetOnMains_LastsThroughTheNextOutage_AndEndsWithIt()
    {
        var world = Worlds.OneHost();
        OnBattery(world.Tell(new HoldRequested("anna")).Run(60)).Run(60);
        Assert.Empty(world.Effects);
        Assert.NotNull(world.State.Hold);
        world.Upses[1].Status = "OL";
        world.Run(20);
        Assert.Null(world.State.Hold);
        OnBattery(world).Run(30);
        Assert.NotEmpty(world.Effects); // the next one is acted on
    }

    [Fact]
    public void Hold_SurvivesARestart_AndFlickerDoesNotEndIt()
    {
        var world = OnBattery(Worlds.OneHost(labTrigger: new() { OnBatteryForSeconds = 60 })).Run(20);
        world.Tell(new HoldRequested("anna")).Restart();
        world.Upses[1].Status = "OL";
        world.Run(3);
        OnBattery(world).Run(120);
        Assert.NotNull(world.State.Hold);
        Assert.Empty(world.Effects);
    }

    [Fact]
    public void Release_InAnOutage_ActsOnTheNextTick()
    {
        var world = OnBattery(Worlds.OneHost().Tell(new HoldRequested("anna"))).Run(60);
        Assert.Empty(world.Effects);
        world.Tell(new ReleaseRequested("anna")).Run(1);
        Assert.NotEmpty(world.Effects);
    }

    [Fact]
    public void Hold_EvenIfCritical_IsNotEndedByCriticalPower()
    {
        var world = Worlds.OneHost().Tell(new HoldRequested("anna") { EvenIfCritical = true });
        (world.Upses[1].Status, world.Upses[1].Runtime) = ("OB LB", 30);
        world.Run(120);
        Assert.Empty(world.Effects);
        Assert.Equal("held", Explanation.Of(world.Model, world.State, world.Moment).Stage);
    }

    [Fact]
    public void Now_SkipsTheWaitsBetweenSteps()
    {
        static World Slow() =>
            Worlds.OneHost(change: p =>
                p with
                {
                    Phases = [p.Phases[0] with { Parallel = false, DelayBetweenStepsSeconds = 60 }],
                }
            );

        var now = Slow().Tell(new RunRequested(RunKind.Shutdown, "anna") { Now = true }).Run(10);
        Assert.Equal(["web", "db"], now.Asked(StepAction.Shutdown));
        var calm = Slow().Tell(new RunRequested(RunKind.Shutdown, "anna")).Run(10);
        Assert.Equal(["web"], calm.Asked(StepAction.Shutdown));
    }

    [Fact] // D1: the time of flapping mains is not over because ten minutes have passed
    public void StableMains_StaysDoubled_UntilMainsWasStableForIt()
    {
        var world = Worlds.OneHost(change: p =>
            p with
            {
                Phases = [p.Phases[0] with { Trigger = new() { OnBatteryForSeconds = 5 } }],
                Startup = p.Startup with { StableMainsSeconds = 300 },
            }
        );
        for (var outage = 0; outage < 3; outage++)
        {
            OnBattery(world).Run(20);
            world.Upses[1].Status = "OL";
            world.Run(outage == 2 ? 590 : 240);
        }
        Assert.Empty(world.Asked(StepAction.Start)); // 600 s are asked for
        world.Run(30);
        Assert.NotEmpty(world.Asked(StepAction.Start));
    }

    [Theory] // F7: no reading for 300 s: told, and up
    [InlineData(290, 0)]
    [InlineData(310, 1)]
    public void UpsNeverHeardOf_IsToldAfterFiveMinutes_AndNothingStops(double seconds, int told)
    {
        var world = Worlds.OneHost();
        world.Upses[1].Reachable = false;
        world.Restart(newBoot: true).Run(seconds);
        Assert.Equal(told, world.Notices.Count(n => n.Type == "plan.noReading"));
        Assert.Empty(world.Effects);
    }

    [Fact] // F7: after a boot comm loss acts only after the first good reading
    public void NewBoot_UpsOnBatteryBefore_AndSilentSince_DoesNotAct()
    {
        var world = OnBattery(Worlds.OneHost(labTrigger: new() { OnBatteryForSeconds = 600 })).Run(20);
        world.Upses[1].Reachable = false;
        world.Restart(newBoot: true).Run(120);
        Assert.Empty(world.Effects);
    }
}

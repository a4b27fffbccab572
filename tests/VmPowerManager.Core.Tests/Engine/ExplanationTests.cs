using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>POLICY F9: one sentence at any time, with rule and values.</summary>
public sealed class ExplanationTests
{
    private static World Until(string stage)
    {
        var world = Worlds.OneHost(
            labTrigger: new() { OnBatteryForSeconds = 30, RuntimeBelowSeconds = 300 },
            armed: stage != "disarmed"
        );
        if (stage == "normal")
            return world;
        if (stage == "rehearsing")
            return world.Tell(new RunRequested(RunKind.Rehearsal, "anna"));
        if (stage == "held")
            return world.Tell(new HoldRequested("anna"));
        if (stage is "unknown" or "output off")
        {
            (world.Upses[1].Reachable, world.Upses[1].Status) = (stage != "unknown", "OFF");
            return world.Run(40);
        }
        world.Upses[1].Status = "OB";
        world.Run(stage == "seen" ? 1 : 10);
        if (stage is "seen" or "onBattery" or "disarmed")
            return world;
        if (stage == "held on battery")
            return world.Tell(new HoldRequested("anna"));
        (world.Upses[1].Status, world.Upses[1].Runtime) = ("OB LB", 60);
        world.Run(stage == "shuttingDown" ? 1.5 : 110);
        if (stage is "shuttingDown" or "down")
            return world;
        world.Upses[1].Status = "OL";
        return world.Run(stage == "waiting" ? 15 : 40);
    }

    [Fact]
    public void ShutdownByHand_WaitsForAPerson_NotForMains()
    {
        var world = Worlds.OneHost().Tell(new RunRequested(RunKind.Shutdown, "anna")).Run(200);

        var explanation = Explanation.Of(world.Model, world.State, world.Moment);

        Assert.Equal(
            ("stopped", "Stopped by hand: nothing starts by itself. 1 of 1 supplies needed are good."),
            (explanation.Stage, explanation.Sentence.ToString())
        );
    }

    [Fact]
    public void OneOfTwoSuppliesLost_IsSaid_AndLeadsToNothing()
    {
        var world = Worlds.OneHost(upses: 2);
        world.Upses[1].Status = "OB";
        world.Run(10);

        var explanation = Explanation.Of(world.Model, world.State, world.Moment);

        Assert.Equal(
            ("onBattery", "ups1 on battery; the other supplies are enough. 2 of 1 supplies needed are good."),
            (explanation.Stage, explanation.Sentence.ToString())
        );
        Assert.Null(explanation.Next);
    }

    [Theory]
    [InlineData("normal", "normal", "On mains. 1 of 1 supplies needed are good.")]
    [InlineData(
        "seen",
        "onBattery",
        "A battery was seen in use; not confirmed yet. First phase (Lab VMs) in 00:30 or below 5 min runtime; runtime is unknown. 1 of 1 supplies needed are good."
    )]
    [InlineData(
        "onBattery",
        "onBattery",
        "On battery 00:09. First phase (Lab VMs) in 00:20 or below 5 min runtime; now 30 min. 1 of 1 supplies needed are good."
    )]
    [InlineData(
        "disarmed",
        "onBattery",
        "On battery 00:09. First phase (Lab VMs) in 00:20 or below 5 min runtime; now 30 min. 1 of 1 supplies needed are good. The plan is not armed: it will not act."
    )]
    [InlineData("held", "held", "Held by anna: no automatic run begins. 1 of 1 supplies needed are good.")]
    [InlineData(
        "held on battery",
        "held",
        "On battery 00:09. Held by anna: nothing begins unless the power becomes critical. First phase (Lab VMs) in 00:20 or below 5 min runtime; now 30 min. 1 of 1 supplies needed are good."
    )]
    [InlineData(
        "shuttingDown",
        "shuttingDown",
        "Shutting down: 0 of 3 done. Because ups1: low battery. 0 of 1 supplies needed are good."
    )]
    [InlineData("down", "down", "Down, waiting for mains. 0 of 1 supplies needed are good.")]
    [InlineData("waiting", "waiting", "Mains is back; startup waits for 30 s of stable mains and 30 % charge.")]
    [InlineData("startingUp", "startingUp", "Starting up: 0 of 3 done.")]
    [InlineData("rehearsing", "rehearsing", "Rehearsing: 0 of 3 checked. Nothing is changed.")]
    [InlineData(
        "unknown",
        "unknown",
        "No UPS of this plan gives a reading that can be trusted; that alone shuts nothing down."
    )]
    [InlineData(
        "output off",
        "onBattery",
        "A UPS says that its output is off; that alone shuts nothing down. 0 of 1 supplies needed are good."
    )]
    public void Explanation_OfEachStage_IsOneSentenceWithItsValues(string until, string stage, string sentence)
    {
        var world = Until(until);

        var explanation = Explanation.Of(world.Model, world.State, world.Moment);

        Assert.Equal((stage, sentence), (explanation.Stage, explanation.Sentence.ToString()));
    }

    [Fact]
    public void Explanation_RuntimeLost_SaysThatItIsExtrapolated()
    {
        var world = Until("onBattery");
        Assert.Equal("measured", Explanation.Of(world.Model, world.State, world.Moment).RuntimeSource);
        world.Upses[1].Runtime = null;
        world.Run(5);
        var lost = Explanation.Of(world.Model, world.State, world.Moment);
        Assert.Equal("extrapolated", lost.RuntimeSource);
        Assert.InRange(lost.EffectiveRuntimeSeconds ?? 0, 1790, 1799);
    }
}

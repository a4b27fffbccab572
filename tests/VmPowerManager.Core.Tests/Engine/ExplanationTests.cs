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
    [InlineData("normal", "normal", "On mains. 1 of 1 supplies needed are good.", "A3 B1")]
    [InlineData(
        "seen",
        "onBattery",
        "ups1 was seen on battery; it counts in 00:02 if it stays so. First phase (Lab VMs) in 00:30 or below 5 min runtime; now 30 min. 1 of 1 supplies needed are good.",
        "A4 C1 B1"
    )]
    [InlineData(
        "onBattery",
        "onBattery",
        "On battery 00:09. First phase (Lab VMs) in 00:20 or below 5 min runtime; now 30 min. 1 of 1 supplies needed are good.",
        "A4 B2 C1 B1"
    )]
    [InlineData(
        "disarmed",
        "onBattery",
        "On battery 00:09. First phase (Lab VMs) in 00:20 or below 5 min runtime; now 30 min. 1 of 1 supplies needed are good. The plan is not armed: nothing will be shut down, and the battery is empty in about 30 min.",
        "A4 B2 C1 B1 F1"
    )]
    [InlineData(
        "held",
        "held",
        "Held by anna: no automatic run begins. It lasts until somebody releases it. Critical power ends it. 1 of 1 supplies needed are good.",
        "F4 B1"
    )]
    [InlineData(
        "held on battery",
        "held",
        "Held by anna: no automatic run begins. The hold ends with the outage. Critical power ends it. On battery 00:09. First phase (Lab VMs) in 00:20 or below 5 min runtime; now 30 min. 1 of 1 supplies needed are good.",
        "F4 A4 B2 C1 B1"
    )]
    [InlineData(
        "shuttingDown",
        "shuttingDown",
        "Shutting down: 0 of 3 done. Now: web (Shutdown, 00:01 of 00:20), db (Shutdown, 00:01 of 00:20). kvm1 waits for its 2 guests. Because ups1: low battery. Compressed: no waits between steps, as the power is critical. 0 of 1 supplies needed are good.",
        "C1 C3 C6 C7 B1"
    )]
    [InlineData("down", "down", "Down, waiting for mains. 0 of 1 supplies needed are good.", "D1 B1")]
    [InlineData(
        "waiting",
        "waiting",
        "Mains is back; the startup waits for mains to be stable for 30 s (now 15 s).",
        "E3 D1"
    )]
    [InlineData(
        "startingUp",
        "startingUp",
        "Starting up: 0 of 3 done. Now: kvm1 (Wake, 00:09 of 10:00). db waits for its host kvm1.",
        "E4 C3"
    )]
    [InlineData("rehearsing", "rehearsing", "Rehearsing: 0 of 3 checked. Nothing is changed.", "F1")]
    [InlineData(
        "unknown",
        "unknown",
        "No UPS of this plan gives a reading that can be trusted; that alone shuts nothing down.",
        "A2 I7"
    )]
    [InlineData(
        "output off",
        "onBattery",
        "A UPS says that its output is off; that alone shuts nothing down. 0 of 1 supplies needed are good.",
        "A7 B1"
    )]
    public void Explanation_OfEachStage_IsOneSentenceWithItsValuesAndRules(
        string until,
        string stage,
        string sentence,
        string rules
    )
    {
        var world = Until(until);

        var explanation = Explanation.Of(world.Model, world.State, world.Moment);

        Assert.Equal(sentence, explanation.Sentence.ToString());
        Assert.Equal((stage, rules), (explanation.Stage, string.Join(' ', explanation.Rules)));
    }

    [Theory]
    [InlineData("normal", null, null, null)]
    [InlineData("seen", "The outage of ups1 is confirmed", 2, null)]
    [InlineData("onBattery", "Phase \"Lab VMs\" begins", 20, "below 5 min runtime")]
    [InlineData("disarmed", null, null, null)]
    [InlineData("shuttingDown", "web: Force off, if it is not off", 18, null)]
    [InlineData("waiting", "The startup begins", 15, null)]
    [InlineData("startingUp", "kvm1 is given up, if it is not up", 590, null)]
    public void NextEvent_OfEachStage_HasItsCountdown_AndWhatBringsItEarlier(
        string until,
        string? what,
        int? seconds,
        string? because
    )
    {
        var world = Until(until);

        var next = Explanation.Of(world.Model, world.State, world.Moment).NextEvent;

        Assert.Equal(what, next?.What.ToString());
        Assert.Equal(because, next?.Because?.ToString());
        Assert.Equal(seconds, next?.InSeconds is { } s ? (int)s : null);
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

    [Fact]
    public void Figures_OnBattery_AreThoseThatDecide()
    {
        var world = Until("onBattery");

        var figures = Explanation.Of(world.Model, world.State, world.Moment).Figures;

        Assert.Equal(
            "chargePercent 100, onBatterySeconds 10, runtimeSeconds 1800, suppliesGood 1, suppliesNeeded 1, target kvm1",
            string.Join(", ", figures.Select(f => $"{f.Key} {f.Value}"))
        );
    }
}

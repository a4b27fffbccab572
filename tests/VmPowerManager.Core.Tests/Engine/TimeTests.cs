using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Forecasts;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>POLICY C1, C2, C7: the latest moment, and what is done when it has passed.</summary>
public sealed partial class TimeTests
{
    private static readonly TriggerDefinition Auto = new() { Auto = true };

    /// <summary>The battery empties as the clock goes.</summary>
    private static void Drain(World world, double seconds)
    {
        for (var s = 0.0; s < seconds; s += 0.5)
        {
            world.Run(0.5);
            world.Upses[1].Runtime -= 0.5;
        }
    }

    private static void DrainUntil(World world, Func<bool> done, double most = 900)
    {
        for (var s = 0.0; s < most && !done(); s += 0.5)
            Drain(world, 0.5);
        Assert.True(done(), "It never came.");
    }

    private static void DrainUntilEnded(World world, double most) =>
        DrainUntil(world, () => world.Ended.Count > 0, most);

    [Fact]
    public void Auto_BeginsSoLate_ThatAllIsOffWithTheMarginLeft()
    {
        var world = Worlds.OneHost(
            [Worlds.Guest(1, "web", 28), Worlds.Guest(2, "db", 38)],
            labTrigger: Auto,
            hostTrigger: Auto,
            host: new SimHost { StopSeconds = 50 },
            change: p => p with { SafetyMarginSeconds = 45 }
        );
        world.Model = world.Model with
        {
            Durations = Worlds.Learned(
                ("guest:realm/uuid-1", StepAction.Shutdown, 30),
                ("guest:realm/uuid-2", StepAction.Shutdown, 40),
                ("host:1", StepAction.Shutdown, 52)
            ),
        };
        // The rungs must be longer than what was learned.
        world.Model = world.Model with
        {
            Definition = world.Model.Definition with
            {
                Phases =
                [
                    world.Model.Definition.Phases[0] with
                    {
                        Steps =
                        [
                            .. world.Model.Definition.Phases[0].Steps.Select(s => s with { TimeoutSeconds = 120 }),
                        ],
                    },
                    world.Model.Definition.Phases[1],
                ],
            },
        };
        (world.Upses[1].Status, world.Upses[1].Runtime) = ("OB DISCHRG", 600);
        DrainUntil(world, () => !(world.Effects.Count == 0));
        Assert.InRange(world.Upses[1].Runtime ?? 0, 40 + 52 + 45 - 3, 40 + 52 + 45 + 1); // C1: the latest moment
        DrainUntil(world, () => !(world.Hosts[1].Answers(world.Now)));
        Assert.InRange(world.Upses[1].Runtime ?? 0, 42, 55); // it ended with the margin
        Assert.DoesNotContain(world.Notices, n => n.Type == "run.compressed");
    }

    [Fact]
    public void Auto_WithoutRuntime_ActsAfterTwoMinutes()
    {
        var world = Worlds.OneHost(labTrigger: Auto, hostTrigger: Auto);
        world.Upses[1].Runtime = null;
        world.Run(90); // long enough before the outage to be unknown (A8)
        world.Upses[1].Status = "OB";
        world.Run(118);
        Assert.Empty(world.Effects);
        world.Run(4);
        Assert.NotEmpty(world.Effects); // C2
    }

    [Fact]
    public void Auto_NothingLearned_LeavesTimeForEveryLimit()
    {
        var world = Worlds.OneHost(labTrigger: Auto, hostTrigger: Auto);
        (world.Upses[1].Status, world.Upses[1].Runtime) = ("OB", 400);
        DrainUntil(world, () => !(world.Effects.Count == 0));
        Assert.InRange(world.Upses[1].Runtime ?? 0, 226, 231); // 20 + 30 + 120 + 60
    }

    [Fact]
    public void Auto_OneSample_CountsNoLessThanHalfTheLimit()
    {
        var world = Worlds.OneHost(labTrigger: Auto, hostTrigger: Auto);
        world.Model = world.Model with
        {
            Durations = Worlds
                .Learned(("host:1", StepAction.Shutdown, 10))
                .SetItem(LearnedDuration.KeyOf("host:1", StepAction.Shutdown), new LearnedDuration(10, 10, 2)),
        };
        (world.Upses[1].Status, world.Upses[1].Runtime) = ("OB", 400);
        DrainUntil(world, () => !(world.Effects.Count == 0));
        Assert.InRange(world.Upses[1].Runtime ?? 0, 166, 171); // 50 + 120 / 2 + 60
    }

    [Fact]
    public void DepletionTrigger_FastLoss_Begins()
    {
        var world = Worlds.OneHost(labTrigger: new() { DepletionAbovePercentPerMinute = 5 });
        world.Upses[1].Status = "OB";
        for (var i = 0; i < 60; i++)
        {
            world.Upses[1].Charge -= 1 / 12.0; // 2.5 % a minute
            world.Run(5);
        }
        Assert.Empty(world.Effects);
        for (var i = 0; i < 60 && world.Effects.Count == 0; i++)
        {
            world.Upses[1].Charge -= 1;
            world.Run(5);
        }
        Assert.NotEmpty(world.Effects); // C1
        Assert.Contains("% a minute", world.State.Run?.Because?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void DepletionTrigger_ChargeUnknown_NeitherMeetsNorBlocks()
    {
        var world = Worlds.OneHost(labTrigger: new() { DepletionAbovePercentPerMinute = 5, OnBatteryForSeconds = 200 });
        (world.Upses[1].Status, world.Upses[1].Charge) = ("OB", null);
        world.Run(195);
        Assert.Empty(world.Effects); // A8
        world.Run(10);
        Assert.NotEmpty(world.Effects);
    }
}

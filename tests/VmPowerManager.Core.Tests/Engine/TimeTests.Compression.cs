using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Forecasts;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>What is done when the latest moment has passed (C7), and what is told before (C1).</summary>
public sealed partial class TimeTests
{
    /// <summary>Three guests that never obey, a host, three minutes of battery.</summary>
    private static World Hung(bool compression = true, bool neverForce = false, double stop = 30)
    {
        var world = Worlds.OneHost(
            [Worlds.Guest(1, "test", null), Worlds.Guest(2, "web", null), Worlds.Guest(3, "db", null)],
            onTimeout: OnTimeout.GiveUp,
            host: new SimHost { StopSeconds = stop },
            change: p =>
                p with
                {
                    Compression = compression,
                    Phases =
                    [
                        p.Phases[0] with
                        {
                            Steps =
                            [
                                .. p.Phases[0]
                                    .Steps.Select(s => s with { TimeoutSeconds = 300, NeverForce = neverForce }),
                            ],
                        },
                        p.Phases[1] with
                        {
                            Steps = [p.Phases[1].Steps[0] with { TimeoutSeconds = 240 }],
                        },
                    ],
                }
        );
        world.Model = world.Model with
        {
            Guests = world.Model.Guests.ToImmutableSortedDictionary(
                g => g.Key,
                g => g.Value with { Priority = g.Value.Id ?? 0 },
                StringComparer.Ordinal
            ),
            Durations = Worlds.Learned(("host:1", StepAction.Shutdown, stop + 2)),
        };
        (world.Upses[1].Status, world.Upses[1].Runtime, world.Upses[1].Charge) = ("OB LB", 180, 12);
        return world;
    }

    [Fact]
    public void Compression_HungGuestsAndThreeMinutes_AllIsDownInTime()
    {
        var world = Hung();
        DrainUntil(world, () => !(world.Hosts[1].Answers(world.Now)));
        Assert.True(world.Upses[1].Runtime > 0, $"{world.Upses[1].Runtime} s left"); // C7
        Assert.Equal(3, world.Asked(StepAction.Save).Count); // saved, not left to die with their host
        var told = world.Notices.First(n => n.Type == "run.compressed");
        Assert.Contains("neededSeconds", told.Data.Keys);
        Assert.Contains("leftSeconds", told.Data.Keys);
        DrainUntilEnded(world, 200);
        Assert.True(world.Ended[0].Compressed);
        Assert.NotNull(world.Ended[0].CompressedBecause);
    }

    [Fact]
    public void Compression_Off_LimitsStayAsWritten()
    {
        var world = Hung(compression: false);
        Drain(world, 180);
        Assert.Empty(world.Asked(StepAction.Save));
        Assert.Empty(world.Asked(StepAction.ForceOff));
        Assert.True(world.State.Run?.Compressed); // critical: no waits all the same (C1)
    }

    [Fact]
    public void Compression_LeastTime_IsKept()
    {
        var world = Hung(stop: 170); // hopeless from the first moment
        var asked = world.Now;
        DrainUntil(world, () => !(world.Asked(StepAction.Save).Count == 0));
        Assert.InRange((world.Now - asked).TotalSeconds, 20, 26); // C7: never below 20 s while any time is left
    }

    [Fact]
    public void Compression_LearnedTime_IsKept()
    {
        var world = Hung(stop: 170);
        world.Model = world.Model with
        {
            Durations = world.Model.Durations.SetItem(
                LearnedDuration.KeyOf("guest:realm/uuid-3", StepAction.Shutdown),
                new LearnedDuration(45, 60, 5)
            ),
        };
        var asked = world.Now;
        Drain(world, 40);
        Assert.Equal(["test", "web"], world.Asked(StepAction.Save));
        DrainUntil(world, () => !(world.Asked(StepAction.Save).Count < 3));
        Assert.InRange((world.Now - asked).TotalSeconds, 45, 52); // its learned P50
    }

    [Fact]
    public void Compression_LowestPriorityIsGivenUpFirst()
    {
        var world = Hung(stop: 170);
        DrainUntil(world, () => !(world.Notices.Count(n => n.Data.ContainsKey("priority")) < 3));
        Assert.Equal(
            ["1", "2", "3"],
            world.Notices.Where(n => n.Data.ContainsKey("priority")).Select(n => n.Data["priority"])
        );
    }

    [Fact]
    public void Compression_NeverForce_IsNotForced()
    {
        var world = Hung(neverForce: true, stop: 170);
        foreach (var guest in world.Guests.Values)
            guest.Refusals = 100;
        Drain(world, 178);
        Assert.NotEmpty(world.Asked(StepAction.Save));
        Assert.Empty(world.Asked(StepAction.ForceOff)); // C7
    }

    [Fact]
    public void Compression_PhasesNoLongerWait_ButTheHostStillDoes()
    {
        var world = Worlds.OneHost(
            [Worlds.Guest(1, "hung", null), Worlds.Guest(2, "db", 5)],
            change: p =>
                p with
                {
                    Phases =
                    [
                        p.Phases[0] with
                        {
                            Steps = [p.Phases[0].Steps[0] with { TimeoutSeconds = 300 }],
                        },
                        p.Phases[0] with
                        {
                            Id = "db",
                            Trigger = new() { LowBattery = true },
                            Steps = [p.Phases[0].Steps[1]],
                        },
                        p.Phases[1],
                    ],
                }
        );
        (world.Upses[1].Status, world.Upses[1].Runtime, world.Upses[1].Charge) = ("OB LB", 150, 12);
        Drain(world, 8);
        Assert.Equal(["hung", "db"], world.Asked(StepAction.Shutdown)); // C7: parallel ...
        DrainUntilEnded(world, 300);
        Assert.Equal("kvm1", world.Asked(StepAction.Shutdown)[^1]); // ... within C6; World checks I2 at the host's effect
    }

    [Fact]
    public void EnoughTime_NothingIsShortened()
    {
        var world = Hung();
        world.Upses[1].Runtime = 3000;
        Drain(world, 100);
        Assert.DoesNotContain(world.Notices, n => n.Type == "run.compressed");
        Assert.Empty(world.Asked(StepAction.Save));
    }

    [Fact]
    public void AgeingBattery_ArmedPlanNoLongerFits_IsToldOnceAndAgainWhenItFits()
    {
        var world = Worlds.OneHost();
        world.Run(120);
        Assert.DoesNotContain(world.Notices, n => n.Type == "plan.doesNotFit");
        for (var day = 0; day < 10; day++)
        {
            world.Upses[1].Runtime = 300 - (day * 15); // it needs 170 s and the margin of 60
            world.Run(60);
        }
        world.Run(120);
        var told = Assert.Single(world.Notices, n => n.Type == "plan.doesNotFit");
        Assert.Equal("170", told.Data["neededSeconds"]);
        world.Upses[1].Runtime = 240; // within the hysteresis
        world.Run(200);
        Assert.DoesNotContain(world.Notices, n => n.Type == "plan.fitsAgain");
        world.Upses[1].Runtime = 1800; // new batteries
        world.Run(120);
        Assert.Single(world.Notices, n => n.Type == "plan.fitsAgain");
        Assert.Single(world.Notices, n => n.Type == "plan.doesNotFit");
    }

    [Fact]
    public void ChargingBattery_IsNoAgeingOne()
    {
        var world = Worlds.OneHost();
        (world.Upses[1].Charge, world.Upses[1].Runtime) = (20, 100);
        world.Run(300);
        Assert.DoesNotContain(world.Notices, n => n.Type == "plan.doesNotFit");
    }

    [Fact]
    public void Disarmed_NothingIsToldOfFitting()
    {
        var world = Worlds.OneHost(armed: false);
        world.Upses[1].Runtime = 100;
        world.Run(300);
        Assert.DoesNotContain(world.Notices, n => n.Type == "plan.doesNotFit");
    }
}

using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Random worlds: one to three UPSes and hosts, up to eight guests of every temper, plans in any order.</summary>
internal static class ChaosWorlds
{
    public static ChaosScript Make(int seed)
    {
        var dice = new Random(seed);
        var upses = dice.Next(1, 4);
        var hosts = Enumerable
            .Range(1, dice.Next(1, 4))
            .Select(i => new HostSpec(Host(dice, i, upses), dice.Next(2, 15)))
            .ToList();
        var guests = Enumerable.Range(1, dice.Next(0, 9)).Select(i => Guest(dice, i, hosts.Count)).ToList();
        var script = new ChaosScript
        {
            Seed = seed,
            People = seed % 3 == 0,
            Upses = [.. Enumerable.Range(1, upses).Select(i => new UpsSpec(i))],
            Hosts = [.. hosts],
            Guests = [.. guests],
            Plan = Plan(dice, upses, [.. hosts.Select(h => h.Model)], [.. guests.Where(g => g.Covered)]),
        };
        return ChaosMore.Add(ChaosFeatures.Add(ChaosEvents.Add(dice, script)));
    }

    private static HostModel Host(Random dice, int id, int upses)
    {
        var feeds = Enumerable.Range(1, upses).Where(_ => dice.Next(2) == 0).ToList();
        var supplies = feeds.Count == 0 ? [dice.Next(1, upses + 1)] : feeds;
        return new HostModel
        {
            Id = id,
            Name = $"host{id}",
            HasGuests = true,
            HasWitness = dice.Next(5) > 0,
            OffSilenceSeconds = 10,
            Rank = id == 1 ? HostRank.Ordinary : (HostRank)dice.Next(0, id == 2 ? 4 : 3), // one manager
            MaxParallelGuests = dice.Next(1, 4),
            MinSupplies = dice.Next(1, supplies.Count + 1),
            Supplies = [.. supplies.Select(u => new Supply(u, 1))],
            DefaultLadder = [Rung(StepAction.Shutdown, 15), Rung(StepAction.ForceOff, 10)],
        };
    }

    private static GuestSpec Guest(Random dice, int id, int hosts) =>
        new()
        {
            Id = id,
            HostId = dice.Next(1, hosts + 1),
            StopSeconds = dice.Next(6) == 0 ? null : dice.Next(1, 25),
            Immortal = dice.Next(12) == 0,
            Refusals = dice.Next(6) == 0 ? dice.Next(1, 4) : 0,
            Power = dice.Next(4) == 0 ? PowerState.Off : PowerState.Running,
            Covered = dice.Next(5) > 0,
        };

    private static RungDefinition Rung(StepAction action, int seconds) =>
        new() { Action = action, TimeoutSeconds = seconds };

    private static StepDefinition[] Steps(Random dice, List<HostModel> hosts, List<GuestSpec> covered)
    {
        var steps = covered
            .Select(g => new StepDefinition
            {
                Target = new() { GuestId = g.Id },
                TimeoutSeconds = dice.Next(5, 20),
                OnTimeout = dice.Next(4) == 0 ? OnTimeout.GiveUp : OnTimeout.ForceOff,
            })
            .Concat(
                hosts
                    .Where(_ => dice.Next(6) > 0)
                    .Select(h => new StepDefinition
                    {
                        Target = new() { HostId = h.Id },
                        TimeoutSeconds = 40,
                    })
            )
            .ToArray();
        if (dice.Next(3) == 0)
            dice.Shuffle(steps); // Odd plans too: hosts before their guests, storage first.
        if (steps.Length == 0)
            steps =
            [
                new StepDefinition
                {
                    Target = new() { GuestsOf = 1 },
                    TimeoutSeconds = 15,
                    OnTimeout = OnTimeout.ForceOff,
                },
            ];
        return steps;
    }

    private static PlanDefinition Plan(Random dice, int upses, List<HostModel> hosts, List<GuestSpec> covered)
    {
        var steps = Steps(dice, hosts, covered);
        var phases = steps.Chunk(Math.Max(1, (steps.Length + 2) / dice.Next(1, 4))).ToList();
        return new PlanDefinition
        {
            Name = "Chaos",
            UpsIds = [.. Enumerable.Range(1, upses)],
            OnBatteryDelaySeconds = dice.Next(3) == 0 ? 8 : 0,
            ReturnConfirmSeconds = 5,
            Phases =
            [
                .. phases.Select(
                    (chunk, i) =>
                        new PhaseDefinition
                        {
                            Id = $"p{i}",
                            Name = $"Phase {i}",
                            Parallel = dice.Next(3) > 0,
                            DelayBetweenStepsSeconds = dice.Next(3) == 0 ? 3 : 0,
                            Trigger = Trigger(dice, i),
                            Steps = [.. chunk],
                        }
                ),
            ],
            Startup = new() { StableMainsSeconds = 20, MinChargePercent = 20 },
        };
    }

    private static TriggerDefinition Trigger(Random dice, int phase) =>
        dice.Next(3) switch
        {
            0 => new() { OnBatteryForSeconds = 5 + (phase * dice.Next(0, 30)) },
            1 => new() { LowBattery = true, OnBatteryForSeconds = 60 },
            _ => new() { RuntimeBelowSeconds = 600, OnBatteryForSeconds = 90 },
        };
}

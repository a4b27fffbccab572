using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Gives every fourth world some of what the others do not have: maintenance, fire drills, time that is short from
/// the first minute, long ladders and hosts that hang, UPSes that are read through a host, a startup that is written, a
/// point of no return.</summary>
internal static class ChaosMore
{
    public static ChaosScript Add(ChaosScript script)
    {
        if (script.Seed % 4 != 1)
            return script;
        var dice = new Random(script.Seed ^ 0x3e0e);
        foreach (
            var feature in (Func<Random, ChaosScript, ChaosScript>[])
                [Maintenance, Drills, Tight, Rungs, Served, Written, NoReturn]
        )
        {
            if (dice.Next(3) == 0)
                script = feature(dice, script);
        }
        return script;
    }

    private static ChaosScript With(ChaosScript script, Func<PlanDefinition, PlanDefinition> change) =>
        script with
        {
            Plan = change(script.Plan),
        };

    private static ChaosScript Also(ChaosScript script, IEnumerable<ChaosEvent> more) =>
        script with
        {
            People = true,
            Events = [.. script.Events.Concat(more).OrderBy(e => e.At)],
        };

    /// <summary>The plan or some hosts of it, at a random moment, for a while.</summary>
    private static ChaosScript Maintenance(Random dice, ChaosScript script)
    {
        var at = dice.Next(0, 200);
        var until = VirtualWorld.Start + TimeSpan.FromHours(1) + TimeSpan.FromSeconds(at + dice.Next(20, 400));
        var hosts = script.Hosts.Where(_ => dice.Next(2) == 0).Select(h => new TargetDefinition { HostId = h.Id });
        ImmutableArray<TargetDefinition> targets = dice.Next(2) == 0 ? [] : [.. hosts.ToList()];
        return Also(script, [new(at, new Asks(new MaintenanceRequested("anna", until) { Targets = targets }))]);
    }

    private static ChaosScript Drills(Random dice, ChaosScript script)
    {
        if (script.Guests.Length == 0)
            return script;
        var drills = Enumerable
            .Range(0, dice.Next(1, 4))
            .Select(_ => new RunRequested(RunKind.Shutdown, "anna")
            {
                Drill = script.Guests[dice.Next(script.Guests.Length)].Model().Key,
            })
            .Select(drill => new ChaosEvent(dice.Next(1, 250), new Asks(drill)));
        return Also(script, [.. drills]);
    }

    /// <summary>Batteries that are nearly empty, or say so by turns (C7).</summary>
    private static ChaosScript Tight(Random dice, ChaosScript script) =>
        script with
        {
            Events =
            [
                .. script.Events.Select(e =>
                    e.Act is UpsSays says && says.Status.StartsWith("OB", StringComparison.Ordinal)
                        ? e with
                        {
                            Act = says with { Runtime = dice.Next(20, 300) },
                        }
                        : e
                ),
            ],
        };

    private static ChaosScript Rungs(Random dice, ChaosScript script)
    {
        // Dice of their own: worlds that once failed stay what they were.
        var more = new Random(script.Seed + 1);
        var hosts = script.Hosts.Select(h =>
            h with
            {
                StopSeconds = dice.Next(4) == 0 ? null : h.StopSeconds,
                BmcRefuses = dice.Next(2) == 0 ? "no BMC" : null,
                BmcTells = more.Next(2) == 0,
                BmcFlickers = more.Next(2) == 0,
                Hangs = more.Next(3) == 0,
            }
        );
        ImmutableArray<HostSpec> all = [.. hosts.ToList()];
        return With(
            script with
            {
                Hosts = all,
            },
            p =>
                p with
                {
                    Phases = [.. p.Phases.Select(f => f with { Steps = [.. f.Steps.Select(s => Laddered(dice, s))] })],
                }
        );
    }

    private static StepDefinition Laddered(Random dice, StepDefinition step) =>
        step.Target.GuestId is not null
            ? step with
            {
                NeverForce = dice.Next(4) == 0,
                Ladder =
                [
                    Rung(StepAction.Shutdown, dice.Next(3, 10)),
                    Rung(StepAction.Save, dice.Next(3, 10)),
                    .. dice.Next(2) == 0 ? (RungDefinition[])[Rung(StepAction.ForceOff, dice.Next(5, 15))] : [],
                ],
            }
        : step.Target.HostId is not null
            ? step with
            {
                Ladder = [Rung(StepAction.Shutdown, dice.Next(10, 40)), Rung(StepAction.BmcOff, dice.Next(5, 20))],
            }
        : step;

    private static RungDefinition Rung(StepAction action, int seconds) =>
        new() { Action = action, TimeoutSeconds = seconds };

    /// <summary>The host that runs the UPS server takes the readings with it (A10).</summary>
    private static ChaosScript Served(Random dice, ChaosScript script) =>
        script with
        {
            Upses =
            [
                .. script.Upses.Select(u =>
                    dice.Next(2) == 0 ? u with { ServedBy = script.Hosts[dice.Next(script.Hosts.Length)].Id } : u
                ),
            ],
        };

    /// <summary>Its own order, which leaves some out.</summary>
    private static ChaosScript Written(Random dice, ChaosScript script)
    {
        var steps = script
            .Hosts.Where(_ => dice.Next(3) > 0)
            .Select(h => new StepDefinition
            {
                Target = new() { HostId = h.Id },
                Action = StepAction.Wake,
            })
            .Concat(
                script
                    .Guests.Where(g => g.Covered && dice.Next(3) > 0)
                    .Select(g => new StepDefinition
                    {
                        Target = new() { GuestId = g.Id },
                        Action = StepAction.Start,
                    })
            )
            .ToArray();
        if (steps.Length == 0)
            return script;
        dice.Shuffle(steps);
        var phases = steps
            .Chunk(Math.Max(1, steps.Length / 2))
            .Select(
                (chunk, i) =>
                    new PhaseDefinition
                    {
                        Id = $"up{i}",
                        Name = $"Up {i}",
                        Parallel = dice.Next(2) == 0,
                        Steps = [.. chunk],
                    }
            );
        ImmutableArray<PhaseDefinition> all = [.. phases.ToList()];
        return With(script, p => p with { Startup = p.Startup with { Mirror = false, Phases = all } });
    }

    private static ChaosScript NoReturn(Random dice, ChaosScript script) =>
        With(script, p => p with { PointOfNoReturnPhase = p.Phases[dice.Next(p.Phases.Length)].Id });
}

using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Gives every other world some of what plans can say: dependencies, shedding, cuts, debts, canaries, wake
/// methods, readiness, paused guests, automatic triggers, a planned run.</summary>
internal static class ChaosFeatures
{
    private const int Canary = 1;

    public static ChaosScript Add(ChaosScript script)
    {
        if (script.Seed % 2 != 0)
            return script;
        // Dice of its own: a feature more does not change the rest of the world.
        var dice = new Random(script.Seed ^ 0x5eed);
        foreach (
            var feature in (Func<Random, ChaosScript, ChaosScript>[])
                [Dependencies, Shed, Auto, Ready, Wakes, Paused, Debts, Canaries, Planned, Cut]
        )
        {
            if (dice.Next(4) == 0)
                script = feature(dice, script);
        }
        return script;
    }

    private static ChaosScript With(ChaosScript script, Func<PlanDefinition, PlanDefinition> change) =>
        script with
        {
            Plan = change(script.Plan),
        };

    private static PlanDefinition Steps(PlanDefinition plan, Func<StepDefinition, StepDefinition> change) =>
        plan with
        {
            Phases = [.. plan.Phases.Select(p => p with { Steps = [.. p.Steps.Select(change)] })],
        };

    /// <summary>Guests need guests of a lower number, wherever those run: never a cycle.</summary>
    private static ChaosScript Dependencies(Random dice, ChaosScript script)
    {
        var covered = script.Guests.Where(g => g.Covered).Select(g => g.Id).ToList();
        var edges =
            from user in covered
            from needed in covered
            where needed < user && dice.Next(4) == 0
            select new DependencyDefinition
            {
                From = new() { GuestId = user },
                To = new() { GuestId = needed },
            };
        ImmutableArray<DependencyDefinition> all = [.. edges.ToList()];
        return With(script, p => p with { Dependencies = all });
    }

    private static ChaosScript Shed(Random dice, ChaosScript script)
    {
        var first = script.Plan.Phases[0];
        if (script.Plan.Phases.Length < 2 || first.Steps.Any(s => s.Target.GuestId is null))
            return script;
        var shed = first with
        {
            Kind = PhaseKind.Shed,
            Trigger = new() { OnBatteryForSeconds = dice.Next(0, 20) },
        };
        return With(script, p => p with { Phases = p.Phases.SetItem(0, shed) });
    }

    private static ChaosScript Auto(Random dice, ChaosScript script) =>
        With(
            script,
            p => p with { Phases = [.. p.Phases.Select(f => f with { Trigger = f.Trigger with { Auto = true } })] }
        );

    private static ChaosScript Ready(Random dice, ChaosScript script)
    {
        var guests = script.Guests.Select(g => g with { ReadySeconds = dice.Next(0, 20) });
        return With(script with { Guests = [.. guests] }, p => Steps(p, Probed));
    }

    private static StepDefinition Probed(StepDefinition step) =>
        step.Target.GuestId is null
            ? step
            : step with
            {
                Ready = new()
                {
                    Kind = ReadyKind.Port,
                    Port = 22,
                    TimeoutSeconds = 40,
                },
            };

    private static ChaosScript Wakes(Random dice, ChaosScript script) =>
        script with
        {
            Hosts = [.. script.Hosts.Select(h => h with { Model = h.Model with { WakeMethods = ["wol", "ipmi"] } })],
        };

    private static ChaosScript Paused(Random dice, ChaosScript script) =>
        script with
        {
            Guests =
            [
                .. script.Guests.Select(g =>
                    g.Power == PowerState.Off && dice.Next(2) == 0 ? g with { Power = PowerState.Paused } : g
                ),
            ],
        };

    /// <summary>A command on each host whose undoing is owed, or something that its platform does and undoes.</summary>
    private static ChaosScript Debts(Random dice, ChaosScript script)
    {
        var commands = script.Hosts.Select(h => new StepDefinition
        {
            Target = new() { HostId = h.Id },
            Action = StepAction.Command,
            Command = "maintenance on",
            Undo = $"maintenance off {h.Id}",
            TimeoutSeconds = 10,
        });
        if (script.Hosts.Length % 2 == 0)
            commands = commands.Select(c => c with { Command = null, Undo = null, Prepare = "haDisarmed" });
        var phase = new PhaseDefinition
        {
            Id = "owes",
            Name = "Owes",
            Trigger = script.Plan.Phases[0].Trigger,
            Steps = [.. commands],
        };
        return With(script, p => p with { Phases = p.Phases.Insert(0, phase) });
    }

    /// <summary>Falls silent with the mains, mostly, and answers again with it.</summary>
    private static ChaosScript Canaries(Random dice, ChaosScript script)
    {
        var events = new List<ChaosEvent> { new(1, new CanarySays(Canary, true)) };
        foreach (var happens in script.Events)
        {
            events.Add(happens);
            if (happens.Act is UpsSays { Status: "OB DISCHRG" } && dice.Next(2) == 0)
                events.Add(new ChaosEvent(happens.At, new CanarySays(Canary, false)));
            else if (happens.Act is UpsSays { Status: "OL CHRG" })
                events.Add(new ChaosEvent(happens.At, new CanarySays(Canary, true)));
        }
        var loss = dice.Next(2) == 0;
        return With(script with { Events = [.. events] }, p => p with { Canaries = [Canary], LossIsOutage = loss });
    }

    private static ChaosScript Planned(Random dice, ChaosScript script)
    {
        var at = VirtualWorld.Start + TimeSpan.FromHours(1) + TimeSpan.FromSeconds(dice.Next(20, 200));
        var schedule = new ScheduleDefinition
        {
            PlannedAt = at,
            StartAt = dice.Next(2) == 0 ? at + TimeSpan.FromSeconds(200) : null,
        };
        return With(script with { People = true }, p => p with { Schedule = schedule });
    }

    /// <summary>The outputs of all UPSes, as the last act.</summary>
    private static ChaosScript Cut(Random dice, ChaosScript script)
    {
        var cuts = script.Upses.Select(u => new StepDefinition
        {
            Target = new() { UpsId = u.Id },
            Action = StepAction.CutOutput,
            TimeoutSeconds = 30,
        });
        var phase = new PhaseDefinition
        {
            Id = "cut",
            Name = "Cut",
            Trigger = new() { LowBattery = true, OnBatteryForSeconds = 100 },
            Steps = [.. cuts],
        };
        return With(script, p => p with { Phases = p.Phases.Add(phase) });
    }
}

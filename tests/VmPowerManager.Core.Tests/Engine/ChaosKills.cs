using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>I3: a world is lived once to count what is journaled, and then again with the process killed at each of these
/// places, before its effects and after them: what is down at the end of the outage, and what is up at the very end, is the
/// same.</summary>
internal static class ChaosKills
{
    /// <summary>One long outage without mishaps and without guests that obey at the very end of their time, where a second
    /// would decide: the same end is due whenever it is reached. A person comes only to start what was shut down as planned.</summary>
    public static ChaosScript Calm(int seed)
    {
        var script = ChaosWorlds.Make(seed);
        return script with
        {
            People = script.Plan.Schedule?.PlannedAt is not null,
            MostLatency = 1000,
            Guests = [.. script.Guests.Select(g => g with { Refusals = 0, StopSeconds = Clear(g, script.Plan) })],
            Events =
            [
                .. script.Upses.Select(u => new ChaosEvent(
                    5,
                    new UpsSays(u.Id, "OB DISCHRG LB") { Charge = 15, Runtime = 100 }
                )),
            ],
        };
    }

    /// <summary>A guest that is given up, and would obey only about then, never obeys.</summary>
    private static double? Clear(GuestSpec guest, PlanDefinition plan) =>
        plan
            .Phases.SelectMany(p => p.Steps)
            .Any(s =>
                s.Target.GuestId == guest.Id
                && StepList.LadderOf(s)[^1] is { Action: StepAction.Shutdown } last
                && guest.StopSeconds >= last.TimeoutSeconds - 2
            )
            ? null
            : guest.StopSeconds;

    /// <summary>What went wrong, one line each; empty: nothing.</summary>
    /// <param name="most">Kills at no more places than this, evenly spread; null: at all.</param>
    public static List<string> Faults(int seed, int? most, out int lives)
    {
        var script = Calm(seed);
        var (first, boundaries) = Live(script, 0, KillPoint.None);
        lives = 1;
        if (first.Fault is not null)
            return [$"seed {seed}: {first.Fault}"];
        var faults = new List<string>();
        var stride = Math.Max(1, boundaries / (most ?? boundaries));
        for (var at = 1 + (seed % stride); at <= boundaries; at += stride)
        {
            foreach (var point in (KillPoint[])[KillPoint.BeforeEffects, KillPoint.AfterEffects])
            {
                var (end, _) = Live(script, at, point);
                lives++;
                if (!first.IsSame(end))
                    faults.Add($"seed {seed}, killed {point} at {at} of {boundaries}: {end} instead of {first}");
            }
        }
        return faults;
    }

    /// <summary>The trace of one such life, for people.</summary>
    public static string Trace(int seed, int at, KillPoint point)
    {
        List<string> trace = [];
        Live(Calm(seed), at, point, trace);
        return string.Join('\n', trace);
    }

    /// <param name="Left">What still ran when the outage's shutdown was over.</param>
    /// <param name="Sacrificed">Guests whose ladder was shortened for want of time: whether that is so when their time is
    /// over depends on the second, and what is not saved then is given up, as the plan says.</param>
    /// <param name="Up">What runs long after mains came back.</param>
    private sealed record End(List<string> Left, List<string> Sacrificed, List<string> Up, string? Fault)
    {
        public bool IsSame(End other)
        {
            var either = Sacrificed.Union(other.Sacrificed).ToList();
            return Left.Except(either).SequenceEqual(other.Left.Except(either))
                && Up.SequenceEqual(other.Up)
                && Fault == other.Fault;
        }

        public override string ToString() => $"left {string.Join(' ', Left)}; up {string.Join(' ', Up)}; {Fault}";
    }

    private static (End End, int Boundaries) Live(
        ChaosScript script,
        int at,
        KillPoint point,
        List<string>? trace = null
    )
    {
        var chaos = new Chaos(script, traced: trace is not null);
        var boundaries = 0;
        chaos.World.Kill = decision =>
        {
            if (++boundaries != at)
                return KillPoint.None;
            chaos.Rules.Note($"* killed {point} of {decision.Effects.Length} effects");
            return point;
        };
        List<string> left = [];
        List<string> sacrificed = [];
        string? fault = null;
        try
        {
            chaos.Begin();
            chaos.Outage(Longest);
            left = Running(chaos.World);
            // The run goes on as long as the machine of the manager is off.
            var steps = chaos.World.Ended.SelectMany(r => r.Steps).Concat(chaos.World.State.Run?.Steps ?? []);
            sacrificed = [.. steps.Where(s => s.Sacrificed).Select(s => s.Target.Name)];
            chaos.End(rest: 1);
        }
        catch (Exception e)
        {
            fault = e.Message;
        }
        trace?.AddRange(chaos.Rules.Trace);
        return (new End(left, sacrificed, Running(chaos.World), fault), boundaries);
    }

    /// <summary>Seconds: long enough for every rung of every target, one after the other.</summary>
    private const int Longest = 600;

    private static List<string> Running(World world) =>
        [
            .. world.Guests.Values.Where(g => g.Power(world.Now) == PowerState.Running).Select(g => g.Name),
            .. world.Hosts.Where(h => h.Value.Answers(world.Now)).Select(h => $"host{h.Key}"),
        ];
}

using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>I3: a world is lived once to count what is journaled, and then again with the process killed at each of these
/// places, before its effects and after them: what is down at the end of the outage, and what is up at the very end, is the
/// same.</summary>
internal static class ChaosKills
{
    /// <summary>One long outage without people and mishaps, so that the same end is due whenever it is reached.</summary>
    public static ChaosScript Calm(int seed)
    {
        var script = ChaosWorlds.Make(seed);
        return script with
        {
            People = false,
            Guests = [.. script.Guests.Select(g => g with { Refusals = 0 })],
            Events =
            [
                .. script.Upses.Select(u => new ChaosEvent(
                    5,
                    new UpsSays(u.Id, "OB DISCHRG LB") { Charge = 15, Runtime = 100 }
                )),
            ],
        };
    }

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
                if (end != first)
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

    private sealed record End(string Down, string Up, string? Fault);

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
        string down = "";
        string? fault = null;
        try
        {
            chaos.Begin();
            chaos.Outage(Longest);
            down = Running(chaos.World);
            chaos.End(rest: 1);
        }
        catch (Exception e)
        {
            fault = e.Message;
        }
        trace?.AddRange(chaos.Rules.Trace);
        return (new End(down, Running(chaos.World), fault), boundaries);
    }

    /// <summary>Seconds: long enough for every rung of every target, one after the other.</summary>
    private const int Longest = 600;

    private static string Running(World world) =>
        string.Join(
            ' ',
            world
                .Guests.Values.Where(g => g.Power(world.Now) == PowerState.Running)
                .Select(g => g.Name)
                .Concat(world.Hosts.Where(h => h.Value.Answers(world.Now)).Select(h => $"host{h.Key}"))
        );
}

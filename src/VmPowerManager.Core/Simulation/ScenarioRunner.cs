using System.Collections.Immutable;

namespace VmPowerManager.Core.Simulation;

/// <summary>Lives a scenario through the same engine as a real outage, in virtual time.</summary>
public static class ScenarioRunner
{
    /// <summary>Virtual time is bounded, and so is the time of the processor.</summary>
    public const double MostSeconds = 12 * 3600;

    /// <summary>Another plan may need longer than the one that a scenario was written for, until all is back.</summary>
    private const double MostSettling = 2 * 3600;

    /// <summary>The scenario with its own plan.</summary>
    /// <exception cref="InvalidInputException">The scenario cannot be played.</exception>
    public static ScenarioReport Run(Scenario scenario, CancellationToken ct)
    {
        ScenarioFile.Validate(scenario);
        return Play(scenario, [], foreign: false, null, ct);
    }

    /// <summary>The scenario with its own plan; <paramref name="seen"/> is told each step of the engine.</summary>
    /// <exception cref="InvalidInputException">The scenario cannot be played.</exception>
    public static ScenarioReport Run(Scenario scenario, Action<EngineStep> seen, CancellationToken ct)
    {
        ScenarioFile.Validate(scenario);
        return Play(scenario, [], foreign: false, seen, ct);
    }

    /// <summary>The scenario with another plan: its targets take the parts of those of the same name, else the parts that
    /// are left.</summary>
    /// <exception cref="InvalidInputException">The scenario cannot be played.</exception>
    public static ScenarioReport Run(Scenario scenario, ScenarioTroupe troupe, CancellationToken ct)
    {
        ScenarioFile.Validate(scenario);
        var (cast, remarks) = new ScenarioCast(scenario, troupe).Give();
        return Play(cast, remarks, foreign: true, null, ct);
    }

    private static ScenarioReport Play(
        Scenario scenario,
        ImmutableArray<Sentence> remarks,
        bool foreign,
        Action<EngineStep>? seen,
        CancellationToken ct
    )
    {
        var world = ScenarioStage.Build(scenario);
        var life = new VirtualLife(world) { SwitchedOnAfterSeconds = scenario.World.SwitchedOnAfterSeconds };
        world.Run(ScenarioStage.WarmUp.TotalSeconds);
        var watch = new ScenarioWatch(world, life) { Seen = seen };
        var play = new Parts(world, watch, new ScenarioScript(scenario, world, watch));
        var end = Math.Min(scenario.EndsAt, MostSeconds);
        play.Until(end, () => false, ct);
        if (foreign)
            play.Settle(Math.Min(end + MostSettling, MostSeconds), ct);
        watch.Look();
        return new ScenarioJudge(scenario, world, watch, play.Script).Report(remarks, !foreign);
    }

    private sealed record Parts(VirtualWorld World, ScenarioWatch Watch, ScenarioScript Script)
    {
        public void Until(double end, Func<bool> enough, CancellationToken ct)
        {
            while (Watch.Now < end && !enough())
            {
                ct.ThrowIfCancellationRequested();
                Script.Pass();
                var next = Math.Min(Watch.Now + 1, Script.NextAt is { } at && at > Watch.Now ? at : end);
                World.Run(Math.Min(next, end) - Watch.Now);
            }
            Script.Pass();
        }

        /// <summary>The power stays as the scenario left it, batteries fill, and the plan has the time that it needs.</summary>
        public void Settle(double end, CancellationToken ct)
        {
            foreach (var ups in World.Upses.Values.Where(u => u.BatterySeconds is null && u.IsOnLine))
                ups.BatterySeconds = Math.Max(
                    60,
                    ups is { Runtime: { } r, Charge: { } c and > 0 } ? r * 100 / c : 1800
                );
            Until(end, () => World.State is { Run: null, Cycle: null }, ct);
        }
    }
}

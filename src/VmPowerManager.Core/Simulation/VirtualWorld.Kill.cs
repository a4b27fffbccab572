using System.Text.Json;
using VmPowerManager.Core.Engine;

namespace VmPowerManager.Core.Simulation;

/// <summary>Where a process dies as it journals a step (I3).</summary>
public enum KillPoint
{
    /// <summary>It lives on.</summary>
    None,

    /// <summary>What it decided is journaled, and nothing of it was issued.</summary>
    BeforeEffects,

    /// <summary>What it decided was done, and nobody heard the results.</summary>
    AfterEffects,
}

/// <summary>The process that runs the engine: what it journals, and how it dies.</summary>
public partial class VirtualWorld
{
    private PlanState _stored = new();

    /// <summary>The boot in which it was stored: a later one is a new one, however often the process was restarted.</summary>
    private TimeSpan _storedIn;

    /// <summary>Called for each decision that is journaled: whether the process dies there. None: never.</summary>
    public Func<Decision, KillPoint>? Kill { get; set; }

    /// <summary>The process is killed and started again: only what was journaled survives, results in flight are
    /// lost.</summary>
    public void Restart(bool newBoot = false, double awaySeconds = 2)
    {
        _due.Clear();
        _nextHostPoll.Clear();
        Now += TimeSpan.FromSeconds(awaySeconds);
        if (newBoot)
            _boot = Now - TimeSpan.FromSeconds(20);
        var stored = JsonSerializer.Serialize(_stored, Json.Options);
        State = JsonSerializer.Deserialize<PlanState>(stored, Json.Options)!; // What was just written is not null.
        Tell(new Resumed(_storedIn != _boot));
    }

    /// <summary>As the app's loop does. True: the process died of it, and another took over.</summary>
    private bool Journaled(PlanState before, Decision decision)
    {
        if (!decision.IsMaterial(before))
            return false;
        (_stored, _storedIn) = (State, _boot);
        var kill = Kill?.Invoke(decision) ?? KillPoint.None;
        if (kill == KillPoint.None)
            return false;
        if (kill == KillPoint.AfterEffects)
        {
            foreach (var effect in decision.Effects)
            {
                Effects.Add(new Issued(Now, effect));
                Carried?.Invoke(effect);
                Do(effect);
            }
        }
        Restart();
        return true;
    }
}

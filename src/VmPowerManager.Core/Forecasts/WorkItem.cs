using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Forecasts;

/// <summary>What is left to do of one step of a shutdown.</summary>
public sealed record WorkItem
{
    public required string Key { get; init; }
    public required TargetRef Target { get; init; }
    public required StepAction Action { get; init; }
    public required string Phase { get; init; }
    public required int PhaseIndex { get; init; }

    /// <summary>As <see cref="StepList.RankOf"/>.</summary>
    public required int Rank { get; init; }

    /// <summary>Where it is now: the limit of guests in parallel counts there; 0: nowhere.</summary>
    public required int HostId { get; init; }

    /// <summary>The host whose supplies feed it (B1).</summary>
    public required int FedAs { get; init; }
    public required ExpectedDuration Takes { get; init; }

    /// <summary>Time that the graceful way needs at least, when everything else is given up (C7).</summary>
    public double LeastSeconds { get; init; }

    /// <summary>What is to follow when its present rung is given up: rungs of save and force off, at their shortest (C7).</summary>
    public double AfterwardsSeconds { get; init; }

    /// <summary>The best guess: what it usually takes; without samples half the time-out.</summary>
    public double GuessSeconds { get; init; }

    /// <summary>From off to the proof of it, on which others wait (C4).</summary>
    public double ProofSeconds { get; init; }

    /// <summary>It is under way: it takes the rest of its time, from now.</summary>
    public bool Running { get; init; }

    /// <summary>Keys of targets, or groups of guests, that its target needs: it ends before they begin (C6).</summary>
    public ImmutableArray<string> Needs { get; init; } = [];

    public bool IsGuest => Target.Kind == TargetKind.Guest;

    /// <summary>A host's shutdown, or a UPS: it waits for every lower rank.</summary>
    public bool IsMachine => !IsGuest && Action != StepAction.Command;
}

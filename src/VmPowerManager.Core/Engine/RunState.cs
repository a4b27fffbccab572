using System.Collections.Immutable;
using System.Text.Json.Serialization;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

public enum RunKind
{
    Shutdown,
    Startup,
    Rehearsal,
}

public enum RunCause
{
    Outage,
    Manual,
    Planned,
    Drill,
}

public enum RunStatus
{
    Running,
    Succeeded,
    Failed,
    Cancelled,
    Held,
}

public enum StepStatus
{
    Pending,
    Running,
    Done,
    Failed,
    Unknown,
    Skipped,
    Cancelled,
}

/// <summary>One execution of a plan.</summary>
public sealed record RunState
{
    /// <summary>The API's id; 0 until the plan loop has given one.</summary>
    public int Id { get; init; }
    public required RunKind Kind { get; init; }
    public required RunCause Cause { get; init; }
    public RunStatus Status { get; init; }

    /// <summary>The plan as it was when the run began (F3, I14).</summary>
    public required PlanModel Model { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public ImmutableArray<StepState> Steps { get; init; } = [];

    /// <summary>Why it began, in a few words; null: a person wanted it.</summary>
    public Sentence? Because { get; init; }

    /// <summary>The values that decided to begin (F9).</summary>
    public ImmutableSortedDictionary<string, string> DecidedBy { get; init; } = Values.None;

    /// <summary>No waits between steps (C7).</summary>
    public bool Compressed { get; init; }

    /// <summary>Why time limits are shortened and phases do not wait for each other, in a sentence (C7); null: they are not.</summary>
    public Sentence? CompressedBecause { get; init; }

    /// <summary>When a critical battery that never told its runtime is taken to be empty (B3).</summary>
    public TimeSpan? EmptyAt { get; init; }

    /// <summary>What its phases of load shedding brought.</summary>
    public ImmutableArray<ShedMeasure> Sheds { get; init; } = [];

    /// <summary>The point of no return is behind it (D2).</summary>
    public bool PastNoReturn { get; init; }

    /// <summary>A person stopped it: nothing new begins (F4).</summary>
    public CancelMode? Cancelled { get; init; }

    /// <summary>With <see cref="CancelMode.FinishPhase"/>: the last of the phases that may still be finished. Compressed, several
    /// are in progress: a host must not go down under a guest that another of them has let go (I2).</summary>
    public int? LastPhaseIndex { get; init; }
    public bool Force { get; init; }
    public string? Actor { get; init; }
    public string? Reason { get; init; }

    /// <summary>What became of it, in a sentence.</summary>
    public Sentence? Outcome { get; init; }

    /// <summary>UPS outputs may be cut although a person asked for the run (F5).</summary>
    public bool AllowCut { get; init; }

    /// <summary>Key of the one guest that a fire drill stops and starts.</summary>
    public string? Drill { get; init; }

    /// <summary>So far only load is shed: mains undoes it at once.</summary>
    public bool ShedOnly { get; init; }
}

/// <summary>One action on one target, and how far it is.</summary>
public sealed record StepState
{
    public required string Phase { get; init; }
    public required int PhaseIndex { get; init; }
    public required TargetRef Target { get; init; }
    public required StepAction Action { get; init; }
    public ImmutableArray<RungDefinition> Ladder { get; init; } = [];
    public string? Command { get; init; }

    /// <summary>Undoes the command (C10).</summary>
    public string? Undo { get; init; }

    /// <summary>In place of a command: what the platform does, and undoes (C10).</summary>
    public string? Prepare { get; init; }

    /// <summary>In place of a command: a request that we send.</summary>
    public HttpDefinition? Http { get; init; }
    public bool NeverForce { get; init; }
    public ReadyDefinition? Ready { get; init; }
    public int? StartTimeoutSeconds { get; init; }
    public int? CutDelaySeconds { get; init; }

    /// <summary>Keys of targets that its target needs: it goes down before them and comes up after them (C6, E4).</summary>
    public ImmutableArray<string> Needs { get; init; } = [];

    /// <summary>Not in the plan: a guest found running on a host that goes down (C5).</summary>
    public bool Uncovered { get; init; }

    /// <summary>Its trigger came true, or something that needs it did.</summary>
    public bool Selected { get; init; }
    public StepStatus Status { get; init; }
    public int Rung { get; init; }

    /// <summary>Asks made in all.</summary>
    public int Attempt { get; init; }

    /// <summary>Times that a UPS said no, to be looked at or to be cut.</summary>
    public int Refusals { get; init; }

    /// <summary>Times that the target came back against our will (C5).</summary>
    public int CameBack { get; init; }

    /// <summary>The effect in flight, or null.</summary>
    public long? Effect { get; init; }

    /// <summary>The result of the newest ask was lost with the process: looking decides (I3).</summary>
    public bool ResultLost { get; init; }

    /// <summary>The newest ask of this rung was accepted.</summary>
    public TimeSpan? AcceptedAt { get; init; }
    public TimeSpan? BeganAt { get; init; }
    public TimeSpan? RungAt { get; init; }
    public TimeSpan? AskedAt { get; init; }
    public TimeSpan? OverAt { get; init; }

    /// <summary>It runs, or answers, since then: whether it is ready is looked into (E4).</summary>
    public TimeSpan? UpAt { get; init; }

    /// <summary>For a host: when it fell silent, before that was proof (C4).</summary>
    public TimeSpan? GoneAt { get; init; }

    /// <summary>Its host is up, and takes no starts yet (E4): its time has not begun.</summary>
    public bool AwaitsHost { get; init; }

    /// <summary>Time runs out: it is saved, then forced off, whatever its ladder (C7).</summary>
    public bool Sacrificed { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What proves the outcome.</summary>
    public Sentence? Evidence { get; init; }

    /// <summary>The peer's newest words, or why it is as it is.</summary>
    public Sentence? Detail { get; init; }

    public bool Terminal => Status is not (StepStatus.Pending or StepStatus.Running);

    /// <summary>It changes its target's power; a command or a wait is only about it.</summary>
    [JsonIgnore]
    public bool MovesTarget => PlanSteps.MovesTarget(Action);
}

using System.Collections.Immutable;
using System.Text.Json.Serialization;
using VmPowerManager.Core.Engine;

namespace VmPowerManager.Core.Simulation;

/// <summary>What must have come of a scenario. Beside what stands here, always: no host is told while a guest runs on it
/// that was not given up, nothing that ran is cut off, what ran runs again and nothing else does, no run hangs, and the
/// outage is over.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ScenarioExpectations
{
    /// <summary>How targets end that do not end as they began, by name.</summary>
    public ImmutableSortedDictionary<string, PowerState> Ends { get; init; } =
        ImmutableSortedDictionary.Create<string, PowerState>(StringComparer.Ordinal);

    /// <summary>Guests that are cut off with their host, whatever a plan does.</summary>
    public ImmutableArray<string> Lost { get; init; } = [];

    /// <summary>All runs, in order; null: any.</summary>
    public ImmutableArray<ExpectedRun>? Runs { get; init; }

    /// <summary>How the newest step on a target ended, by name.</summary>
    public ImmutableSortedDictionary<string, StepStatus> Steps { get; init; } =
        ImmutableSortedDictionary.Create<string, StepStatus>(StringComparer.Ordinal);

    /// <summary>Targets that nobody asks to stop; "*": none at all.</summary>
    public ImmutableArray<string> NeverStopped { get; init; } = [];

    /// <summary>Targets that nobody asks to start or wakes; "*": none at all.</summary>
    public ImmutableArray<string> NeverStarted { get; init; } = [];

    /// <summary>Targets that are asked to stop.</summary>
    public ImmutableArray<string> Stopped { get; init; } = [];

    /// <summary>Each list: one is off, or given up, before the next is asked to stop.</summary>
    public ImmutableArray<ImmutableArray<string>> StopOrder { get; init; } = [];

    /// <summary>Each list: one runs before the next is asked to start.</summary>
    public ImmutableArray<ImmutableArray<string>> StartOrder { get; init; } = [];

    /// <summary>What must be so by a second, or must not be so before one.</summary>
    public ImmutableArray<ExpectedMoment> Moments { get; init; } = [];

    /// <summary>Types of events that are told, and of events that are not.</summary>
    public ImmutableArray<string> Notified { get; init; } = [];
    public ImmutableArray<string> NotNotified { get; init; } = [];

    /// <summary>Words that stand in some sentence of the engine: an event, a reason, or what became of a step.</summary>
    public ImmutableArray<string> Said { get; init; } = [];

    /// <summary>The cycle stays open, for a person to close.</summary>
    public bool StaysOpen { get; init; }

    /// <summary>The plan is held when it ends.</summary>
    public bool Held { get; init; }
}

public sealed record ExpectedRun
{
    public required RunKind Kind { get; init; }
    public RunStatus? Status { get; init; }
    public RunCause? Cause { get; init; }

    /// <summary>Words that stand in the reason for which it began.</summary>
    public string? Because { get; init; }
}

/// <summary>A mark that is reached by, or not before, a second of the scenario, or of another mark.</summary>
public sealed record ExpectedMoment
{
    public required ScenarioMark Mark { get; init; }
    public double? By { get; init; }
    public double? NotBefore { get; init; }

    /// <summary>Seconds count from here; null: from the begin.</summary>
    public ScenarioMark? After { get; init; }
}

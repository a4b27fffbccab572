using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Simulation;

/// <summary>How a plan lived through a scenario.</summary>
public sealed record ScenarioReport
{
    public required string Scenario { get; init; }
    public required string Plan { get; init; }

    /// <summary>Everything was as it had to be.</summary>
    public bool Ok => Unmet.IsEmpty;

    /// <summary>What was not as it had to be, each a sentence.</summary>
    public ImmutableArray<Sentence> Unmet { get; init; } = [];

    /// <summary>Who plays whom, and what is not in this plan; empty where the scenario's own plan was played.</summary>
    public ImmutableArray<Sentence> Remarks { get; init; } = [];
    public double SimulatedSeconds { get; init; }
    public ImmutableArray<ScenarioMoment> Timeline { get; init; } = [];

    /// <summary>The timeline was too long: its end is missing.</summary>
    public bool Truncated { get; init; }
    public ImmutableArray<ScenarioEnd> Ends { get; init; } = [];
    public ImmutableArray<ScenarioRun> Runs { get; init; } = [];
}

public enum ScenarioMomentKind
{
    /// <summary>The scenario makes it happen: <see cref="ScenarioMoment.Event"/>.</summary>
    Happens,

    /// <summary>The plan's explanation, when its stage changes.</summary>
    Explains,

    /// <summary>An event that the engine tells.</summary>
    Tells,

    /// <summary>The engine asks for something: <see cref="ScenarioMoment.Action"/>.</summary>
    Asks,

    /// <summary>A platform refuses, in its own words.</summary>
    Refuses,

    /// <summary>A host or guest is in another state: <see cref="ScenarioMoment.Power"/>.</summary>
    Becomes,
}

/// <summary>One line of the timeline.</summary>
public sealed record ScenarioMoment
{
    /// <summary>Seconds since the begin.</summary>
    public required double At { get; init; }
    public required ScenarioMomentKind Kind { get; init; }
    public NoticeLevel Level { get; init; }

    /// <summary>The engine's or the platform's words.</summary>
    public Sentence? Text { get; init; }

    /// <summary>Type of the event, or the stage.</summary>
    public string? Type { get; init; }
    public string? Target { get; init; }
    public StepAction? Action { get; init; }
    public PowerState? Power { get; init; }

    /// <summary>It was cut off.</summary>
    public bool Hard { get; init; }
    public ScenarioEvent? Event { get; init; }

    /// <summary>The values that decided (F9).</summary>
    public ImmutableSortedDictionary<string, string> Data { get; init; } = Values.None;
}

/// <summary>How a target ended.</summary>
public sealed record ScenarioEnd(string Name, bool IsHost, PowerState Began, PowerState Ended, PowerState Wanted)
{
    public bool Right => Ended == Wanted;
}

public sealed record ScenarioRun
{
    public required RunKind Kind { get; init; }
    public required RunCause Cause { get; init; }
    public required RunStatus Status { get; init; }
    public double BeganAt { get; init; }
    public double? EndedAt { get; init; }
    public Sentence? Because { get; init; }
    public Sentence? Outcome { get; init; }

    /// <summary>Steps by how they ended.</summary>
    public ImmutableSortedDictionary<string, StepStatus> Steps { get; init; } =
        ImmutableSortedDictionary.Create<string, StepStatus>(StringComparer.Ordinal);
}

/// <summary>How a recorded outage really went.</summary>
public sealed record ScenarioRecord
{
    public required DateTimeOffset BeganAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public required string Plan { get; init; }
    public int PlanId { get; init; }
    public int Revision { get; init; }
    public ImmutableArray<ScenarioMoment> Timeline { get; init; } = [];
    public ImmutableArray<ScenarioRun> Runs { get; init; } = [];

    /// <summary>The API's ids of its runs.</summary>
    public ImmutableArray<int> RunIds { get; init; } = [];

    /// <summary>The manager was away in between, or there was more than is kept: each a sentence.</summary>
    public ImmutableArray<Sentence> Gaps { get; init; } = [];
}

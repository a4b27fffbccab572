using System.Text.Json.Serialization;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Runs;

/// <summary>How far a plan can be relied on, from what its last rehearsal found and what is known now (F1).</summary>
/// <param name="Score">0 to 100: that of the target that is least ready, less what concerns the plan as a whole.</param>
/// <param name="RehearsedAt">When the newest rehearsal ended; null: never.</param>
/// <param name="Reasons">What concerns the plan as a whole.</param>
public sealed record ReadinessView(
    int Score,
    DateTimeOffset? RehearsedAt,
    int? RunId,
    IReadOnlyList<ReadinessReason> Reasons,
    IReadOnlyList<TargetReadiness> Targets,
    DrillView? LastDrill = null
);

/// <summary>What the newest fire drill showed.</summary>
/// <param name="StoppedInSeconds">Null: it did not stop, or is stopping.</param>
/// <param name="StartedInSeconds">Null: it did not start, or was not started yet.</param>
public sealed record DrillView(
    string Guest,
    DateTimeOffset At,
    int RunId,
    double? StoppedInSeconds,
    double? StartedInSeconds
);

/// <summary>A guest of a plan that a drill could be made with.</summary>
/// <param name="Why">Why not now, or null.</param>
public sealed record DrillChoice(int GuestId, string Name, [property: JsonIgnore] Sentence? Why)
{
    /// <summary>In English.</summary>
    public string? Against => Why;
}

/// <param name="State">What the newest rehearsal said of it; null: it was in none.</param>
/// <param name="Says">The peer's words then.</param>
public sealed record TargetReadiness(
    TargetView Target,
    StepAction Action,
    int Score,
    IReadOnlyList<ReadinessReason> Reasons,
    StepStatus? State,
    DateTimeOffset? CheckedAt,
    [property: JsonIgnore] Sentence? Says
)
{
    /// <summary>In English.</summary>
    public string? Detail => Says?.ToString();

    /// <summary>The questions behind it, each with its answer.</summary>
    public IReadOnlyList<ReadinessCheck> Checks { get; init; } = [];
}

/// <summary>Something that makes a target less ready.</summary>
/// <param name="Points">What it takes off a hundred.</param>
/// <param name="Says">What it is, for other languages.</param>
public sealed record ReadinessReason(string Code, int Points, [property: JsonIgnore] Sentence Says)
{
    public string Text => Says.ToString();
}

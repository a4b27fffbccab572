using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Runs.Scenarios;

/// <summary>A report as the API answers it: sentences in English.</summary>
public sealed record ScenarioReportView(
    string Scenario,
    string Plan,
    bool Ok,
    IReadOnlyList<string> Unmet,
    IReadOnlyList<string> Remarks,
    double SimulatedSeconds,
    bool Truncated,
    IReadOnlyList<ScenarioEnd> Ends,
    IReadOnlyList<ScenarioRunView> Runs,
    IReadOnlyList<ScenarioMomentView> Timeline
)
{
    public static ScenarioReportView Of(ScenarioReport report) =>
        new(
            report.Scenario,
            report.Plan,
            report.Ok,
            [.. report.Unmet.Select(u => u.ToString())],
            [.. report.Remarks.Select(r => r.ToString())],
            report.SimulatedSeconds,
            report.Truncated,
            report.Ends,
            [.. report.Runs.Select(ScenarioRunView.Of)],
            [.. report.Timeline.Select(ScenarioMomentView.Of)]
        );
}

public sealed record ScenarioRunView(
    RunKind Kind,
    RunCause Cause,
    RunStatus State,
    double BeganAt,
    double? EndedAt,
    string? Because,
    string? Outcome,
    ImmutableSortedDictionary<string, StepStatus> Steps
)
{
    public static ScenarioRunView Of(ScenarioRun run) =>
        new(run.Kind, run.Cause, run.Status, run.BeganAt, run.EndedAt, run.Because, run.Outcome, run.Steps);
}

public sealed record ScenarioMomentView(
    double At,
    ScenarioMomentKind Kind,
    NoticeLevel Level,
    string? Type,
    string? Text,
    string? Target,
    StepAction? Action,
    PowerState? Power,
    bool Hard,
    ScenarioEvent? Event,
    ImmutableSortedDictionary<string, string> Data
)
{
    public static ScenarioMomentView Of(ScenarioMoment moment) =>
        new(
            moment.At,
            moment.Kind,
            moment.Level,
            moment.Type,
            moment.Text,
            moment.Target,
            moment.Action,
            moment.Power,
            moment.Hard,
            moment.Event,
            moment.Data
        );
}

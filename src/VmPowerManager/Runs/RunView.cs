using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Ups.Outages;

namespace VmPowerManager.Runs;

/// <summary>A run as the API answers it (API.md: A run).</summary>
public sealed record RunView(
    int Id,
    int PlanId,
    string PlanName,
    int PlanRevision,
    RunKind Kind,
    RunCause Cause,
    RunStatus State,
    string Stage,
    bool Compressed,
    bool Unjournaled,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    int? OutageId,
    ImmutableSortedDictionary<string, string> DecidedBy,
    string? Actor,
    string? Reason,
    string? Outcome,
    IReadOnlyList<DebtView> Debts,
    IReadOnlyList<RunStepView> Steps
)
{
    /// <param name="debts">What it has left to be undone.</param>
    /// <param name="outages">Where the outage that caused it is found, once that is stored.</param>
    public static RunView Of(RunRecord record, IReadOnlyList<DebtView> debts, OutageBook outages)
    {
        var run = record.State;
        return new(
            run.Id,
            record.PlanId,
            run.Model.Definition.Name,
            run.Model.Revision,
            run.Kind,
            run.Cause,
            run.Status,
            StageOf(run),
            run.Compressed,
            record.Unjournaled,
            run.StartedAt,
            run.EndedAt,
            run.Cause == RunCause.Outage
                ? outages.Of(run.Model.Upses.Keys, run.StartedAt, lasting: run.Kind == RunKind.Shutdown)
                : null,
            run.DecidedBy,
            run.Actor,
            run.Reason,
            run.Outcome?.ToString(),
            debts,
            [.. run.Steps.Select(RunStepView.Of)]
        );
    }

    /// <summary>The name of the phase that it works on, or how it ended.</summary>
    private static string StageOf(RunState run)
    {
        if (run.Status != RunStatus.Running)
            return run.Status.ToString().ToLowerInvariant();
        var current = run.Steps.FirstOrDefault(s => s.Status == StepStatus.Running)?.Phase;
        return run.Model.Definition.Phases.FirstOrDefault(p => p.Id == current)?.Name ?? "waiting";
    }
}

public sealed record RunStepView(
    string Phase,
    TargetView Target,
    StepAction Action,
    string? Command,
    string? Rung,
    StepStatus State,
    int Attempt,
    bool Uncovered,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    string? Evidence,
    string? Detail
)
{
    public static RunStepView Of(StepState step) =>
        new(
            step.Phase,
            TargetView.Of(step.Target),
            step.Action,
            step.Command ?? step.Prepare ?? step.Http?.ToString(),
            step.Rung < step.Ladder.Length
                ? System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(step.Ladder[step.Rung].Action.ToString())
                : null,
            step.Status,
            step.Attempt,
            step.Uncovered,
            step.StartedAt,
            step.EndedAt,
            step.Evidence?.ToString(),
            step.Detail?.ToString()
        );
}

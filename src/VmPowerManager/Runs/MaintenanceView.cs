using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Runs;

/// <summary>A plan's maintenance as the API answers it.</summary>
/// <param name="By">Null: the plan itself says so.</param>
/// <param name="Targets">Their names; none: the whole plan.</param>
public sealed record MaintenanceView(
    string? By,
    DateTimeOffset Since,
    DateTimeOffset Until,
    IReadOnlyList<string> Targets,
    string? Reason
)
{
    public static MaintenanceView? Of(PlanModel model, MaintenanceState? maintenance) =>
        maintenance is null
            ? null
            : new(
                maintenance.By,
                maintenance.Since,
                maintenance.Until,
                [.. maintenance.TargetNames(model).Select(n => n.ToString())],
                maintenance.Reason
            );
}

/// <summary>A planned shutdown that is to come.</summary>
/// <param name="StartAt">When it starts again; null: when mains was lost since and is stable again.</param>
/// <param name="WillRun">False: the plan is not armed, held or in maintenance, and it would not happen as things are.</param>
public sealed record PlannedView(DateTimeOffset At, DateTimeOffset? StartAt, bool WillRun)
{
    public static PlannedView? Of(PlanView view) =>
        view.Model.Definition.Schedule is { PlannedAt: { } at } schedule
        && at != view.State.PlannedDone
        && at > view.At.Wall
            ? new(
                at,
                schedule.StartAt,
                view.Model.Armed && view.State is { Hold: null, Maintenance: not { Whole: true } }
            )
            : null;
}

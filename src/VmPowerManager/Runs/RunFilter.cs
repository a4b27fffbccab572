using VmPowerManager.Core.Engine;

namespace VmPowerManager.Runs;

/// <summary>Which runs are wanted; null asks for all.</summary>
public sealed record RunFilter(int? PlanId = null, RunKind? Kind = null, RunStatus? Status = null)
{
    internal bool Matches(RunRecord run) =>
        (PlanId is null || run.PlanId == PlanId)
        && (Kind is null || run.State.Kind == Kind)
        && (Status is null || run.State.Status == Status);
}

using VmPowerManager.Core.Plans;

namespace VmPowerManager.Plans;

/// <summary>Everything that a plan names, wherever it names it.</summary>
internal static class PlanTargets
{
    public static IEnumerable<TargetDefinition> All(PlanDefinition plan) =>
        plan
            .Phases.Concat(plan.Startup.Phases)
            .SelectMany(p => p.Steps)
            .SelectMany(s => s.DependsOn.Prepend(s.Target))
            .Concat(plan.Dependencies.SelectMany(d => new[] { d.From, d.To }))
            .Concat(plan.Maintenance?.Targets ?? []);
}

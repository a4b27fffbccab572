namespace VmPowerManager.Core.Plans;

/// <summary>Walks the steps of a definition with the places where they are written.</summary>
public static class PlanSteps
{
    public static IEnumerable<(string At, StepDefinition Step)> All(PlanDefinition plan) =>
        Shutdown(plan).Concat(Startup(plan));

    public static IEnumerable<(string At, StepDefinition Step)> Shutdown(PlanDefinition plan) =>
        plan.Phases.SelectMany((phase, p) => phase?.Steps.Select((step, s) => ($"phases[{p}].steps[{s}]", step)) ?? []);

    /// <summary>Those of the startup's own phases; none where it mirrors.</summary>
    public static IEnumerable<(string At, StepDefinition Step)> Startup(PlanDefinition plan) =>
        plan.Startup.Mirror
            ? []
            : plan.Startup.Phases.SelectMany(
                (phase, p) => phase.Steps.Select((step, s) => ($"startup.phases[{p}].steps[{s}]", step))
            );

    /// <summary>Requests by HTTP, also those of startup phases that are not in use.</summary>
    public static IEnumerable<(string At, HttpDefinition Http)> Requests(PlanDefinition plan) =>
        Shutdown(plan)
            .Concat(
                plan.Startup.Phases.SelectMany(
                    (phase, p) => phase?.Steps.Select((step, s) => ($"startup.phases[{p}].steps[{s}]", step)) ?? []
                )
            )
            .Where(s => s.Item2?.Http is not null)
            .Select(s => ($"{s.Item1}.http", s.Item2.Http!)); // not null: just looked

    /// <summary>All that a plan names: the targets of its steps, and both ends of its dependencies.</summary>
    public static IEnumerable<TargetDefinition> Targets(PlanDefinition plan) =>
        All(plan)
            .SelectMany(s => s.Step.DependsOn.Prepend(s.Step.Target))
            .Concat(plan.Dependencies.SelectMany(d => new[] { d.From, d.To }));

    /// <summary>It changes its target's power; a command or a wait is only about it.</summary>
    public static bool MovesTarget(StepAction action) => action is not (StepAction.Command or StepAction.WaitUntil);
}

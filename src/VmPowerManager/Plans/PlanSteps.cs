using VmPowerManager.Core.Plans;

namespace VmPowerManager.Plans;

/// <summary>The steps of a plan with the names of their fields.</summary>
internal static class PlanSteps
{
    public static IEnumerable<(string At, StepDefinition Step)> Of(PlanDefinition plan) =>
        plan.Phases.SelectMany((phase, p) => phase.Steps.Select((step, s) => ($"phases[{p}].steps[{s}]", step)));
}

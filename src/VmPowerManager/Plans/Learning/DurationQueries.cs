using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Plans.Learning;

/// <summary>Reads learned durations.</summary>
public sealed class DurationQueries(DurationDirectory directory, PlanDirectory plans, PlanModels models)
{
    /// <summary>What a plan's steps act on, measured or not.</summary>
    public IReadOnlyList<DurationView> OfPlan(int planId)
    {
        if (plans.Find(planId) is not { } plan)
            return [];
        var model = models.Of(plan);
        var steps = StepList
            .Shutdown(model, new PlanState())
            .Where(s => s.Target.Kind != TargetKind.Ups && s.Action != StepAction.WaitUntil)
            .Select(s =>
                (Key: LearnedDuration.KeyOf(s.Target.Key, s.Action), s.Target.Name, Action: s.Action.ToString())
            );
        var known = directory.All.Value;
        var measured = known.Values.Where(e => model.Durations.ContainsKey(e.Key) && !IsOfPlan(e));
        return
        [
            .. steps
                .Where(s => !known.ContainsKey(s.Key))
                .Select(s => new DurationEntry(s.Key, s.Name, s.Action, [], null, null))
                .Concat(measured)
                .DistinctBy(e => e.Key)
                .OrderBy(e => e.Target, StringComparer.CurrentCultureIgnoreCase)
                .ThenBy(e => e.Action, StringComparer.Ordinal)
                .Select(DurationView.Of),
        ];
    }

    /// <summary>What shedding brought, which is no duration.</summary>
    private static bool IsOfPlan(DurationEntry entry) => entry.Key.StartsWith("plan:", StringComparison.Ordinal);

    /// <summary>By target, then action.</summary>
    public IReadOnlyList<DurationView> All() =>
        [
            .. directory
                .All.Value.Values.Where(e => !IsOfPlan(e))
                .OrderBy(e => e.Target, StringComparer.CurrentCultureIgnoreCase)
                .ThenBy(e => e.Action, StringComparer.Ordinal)
                .Select(DurationView.Of),
        ];
}

namespace VmPowerManager.Core.Plans;

/// <summary>What the owner of a plan should know of its witnesses and its calendar (A9, F5, F10).</summary>
internal static class PowerProblems
{
    public static IEnumerable<PlanProblem> Find(PlanModel model)
    {
        foreach (var id in model.Definition.Canaries.Where(id => !model.Canaries.ContainsKey(id)))
            yield return new("unknownCanary", false, "canaries", $"Canary {id} does not exist, or is not asked.");
        var heard = model
            .Canaries.Values.SelectMany(c => c.UpsIds.IsDefaultOrEmpty ? model.Upses.Keys : c.UpsIds)
            .ToHashSet();
        foreach (var ups in model.Upses.Values.Where(u => model.Definition.LossIsOutage && !heard.Contains(u.UpsId)))
            yield return new(
                "lossWithoutCanary",
                false,
                "lossIsOutage",
                $"No canary bears witness for {ups.Name}: its loss is never taken for an outage."
            );
        if (model is { Armed: false, Definition.Schedule.PlannedAt: not null })
            yield return new(
                "plannedNotArmed",
                false,
                "schedule.plannedAt",
                "A planned shutdown happens only while the plan is armed."
            );
    }
}

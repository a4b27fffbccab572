using VmPowerManager.Core;
using VmPowerManager.Core.Plans;
using VmPowerManager.Ups;

namespace VmPowerManager.Plans;

/// <summary>Why a UPS output would not be cut, by what other plans do and by what the device can (POLICY C9, F10). Pure.</summary>
internal static class OutputProblems
{
    /// <param name="known">What was found out about the cut of a UPS; null: nothing yet.</param>
    public static IEnumerable<PlanProblem> Find(
        PlanModel model,
        IReadOnlyList<PlanEntry> plans,
        Func<int, UpsAnswer<UpsCutAbility>?> known
    )
    {
        foreach (var (at, step) in PlanSteps.Shutdown(model.Definition))
        {
            if (step is not { Action: StepAction.CutOutput, Target.UpsId: { } upsId })
                continue;
            var ups = model.Upses.GetValueOrDefault(upsId)?.Name ?? $"UPS {upsId}";
            foreach (var host in model.Bystanders.Values.Where(h => h.Supplies.Any(s => s.UpsId == upsId)))
            {
                if (LeftUp(host, plans, model.PlanId) is { } why)
                    yield return new(
                        "cutFeedsOthers",
                        false,
                        at,
                        $"{host.Name} is fed by {ups} and {why}: the output will never be cut while it is up."
                    );
            }
            if (known(upsId) is { Ok: false } cannot)
                yield return new(
                    "cutNotOffered",
                    false,
                    at,
                    $"{ups} will not be cut. {Sentence.Fixed(cannot.Words ?? "")}"
                );
        }
    }

    private static Sentence? LeftUp(HostModel host, IReadOnlyList<PlanEntry> plans, int ours)
    {
        var others = plans.Where(p => p.Id != ours).ToList();
        var stops = others.Where(p =>
            PlanSteps
                .Shutdown(p.Definition)
                .Any(s => s.Step.Action == StepAction.Shutdown && s.Step.Target.HostId == host.Id)
        );
        return !stops.Any() ? Sentence.Of($"is shut down by no plan")
            : !stops.Any(p => p.Armed) ? Sentence.Of($"is shut down only by plans that are not armed")
            : null;
    }
}

using VmPowerManager.Core.Plans;

namespace VmPowerManager.Plans;

/// <summary>A target that two plans would act on: each has one owner among armed plans (POLICY F2). Pure.</summary>
internal static class PlanOverlap
{
    /// <summary>What of <paramref name="ours"/> stands in <paramref name="theirs"/> too: its name, and our step.</summary>
    public static IEnumerable<(string Name, string Field)> Find(PlanModel ours, PlanModel theirs)
    {
        var guests = theirs.Guests.Values.Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        var hosts = ShutDown(theirs).Select(h => h.HostId).ToHashSet();
        var own = ours.Guests.Values.Where(g => g.Id is not null).ToDictionary(g => g.Id ?? 0);
        foreach (var (field, step) in Steps(ours))
        {
            if (step.Target.GuestId is { } id && own.TryGetValue(id, out var guest) && guests.Contains(guest.Key))
                yield return (guest.Name, field);
        }
        foreach (var (hostId, field) in ShutDown(ours))
        {
            if (hosts.Contains(hostId))
                yield return (ours.Hosts[hostId].Name, field);
        }
    }

    private static IEnumerable<(int HostId, string Field)> ShutDown(PlanModel model) =>
        Steps(model)
            .Where(s => s.Step is { Action: StepAction.Shutdown, Target.HostId: not null })
            .Select(s => (s.Step.Target.HostId ?? 0, s.Field))
            .Where(h => model.Hosts.ContainsKey(h.Item1));

    private static IEnumerable<(string Field, StepDefinition Step)> Steps(PlanModel model) =>
        model.Definition.Phases.SelectMany(
            (phase, p) => phase.Steps.Select((step, s) => ($"phases[{p}].steps[{s}]", step))
        );
}

using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;

namespace VmPowerManager.Plans;

/// <summary>Hosts that a plan does not deal with and that hang on what it cuts (POLICY C9). Pure.</summary>
internal static class Bystanders
{
    /// <param name="others">Hosts that the plan does not deal with.</param>
    /// <param name="plans">All plans: a host that says nothing of its supplies hangs on all UPSes of those that deal with
    /// it.</param>
    public static IEnumerable<HostSnapshot> Of(
        PlanDefinition plan,
        IReadOnlyList<HostSnapshot> others,
        IReadOnlyList<PlanEntry> plans
    )
    {
        var cut = plan
            .Phases.SelectMany(p => p.Steps)
            .Where(s => s.Action == StepAction.CutOutput)
            .Select(s => s.Target.UpsId)
            .OfType<int>()
            .ToHashSet();
        foreach (var host in cut.Count == 0 ? [] : others)
        {
            var supplies = host.Supplies.Count > 0 ? host.Supplies : ByPlans(host, plans);
            if (supplies.Any(s => cut.Contains(s.UpsId)))
                yield return host with
                {
                    Supplies = supplies,
                };
        }
    }

    private static List<HostSupply> ByPlans(HostSnapshot host, IReadOnlyList<PlanEntry> plans) =>
        [
            .. plans
                .Where(p => DealsWith(p, host))
                .SelectMany(p => p.Definition.UpsIds)
                .Distinct()
                .Select(id => new HostSupply(id, 1)),
        ];

    private static bool DealsWith(PlanEntry plan, HostSnapshot host) =>
        plan
            .Definition.Phases.SelectMany(p => p.Steps)
            .Any(s =>
                (s.Target.HostId ?? s.Target.GuestsOf) == host.Id
                || (s.Target.GuestId is { } id && host.Guests.Any(g => g.Id == id))
            );
}

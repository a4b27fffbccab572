using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>What else a person should know of a plan, beside what it does: maintenance, a planned shutdown, what
/// witnesses say (F9). Pure.</summary>
internal static class StandingWords
{
    public static IEnumerable<Sentence> Of(PlanModel model, PlanState state, Moment now)
    {
        if (state.Maintenance is { } maintenance)
            yield return maintenance.Whole
                ? Sentence.Of(
                    $"In maintenance for {Words.Clock(maintenance.Until - now.Wall)}: nothing automatic begins."
                )
                : Sentence.Of(
                    $"{Targets(model, maintenance)} in maintenance for {Words.Clock(maintenance.Until - now.Wall)}: left alone."
                );
        var planned = model.Definition.Schedule;
        if (planned?.PlannedAt is { } at && at != state.PlannedDone && at > now.Wall)
            yield return model.Armed
                ? Sentence.Of($"Planned shutdown in {Words.Clock(at - now.Wall)}.")
                : Sentence.Of($"A shutdown is planned in {Words.Clock(at - now.Wall)}, but the plan is not armed.");
        if (state.Cycle is { StartAt: { } start, StartWanted: false } && start > now.Wall)
            yield return Sentence.Of($"Planned start in {Words.Clock(start - now.Wall)}.");
        foreach (var ups in state.Upses.Values)
        {
            if (ups.ByLoss)
                yield return Sentence.Of(
                    $"{ups.Policy.Name} is silent together with the mains witness: taken for an outage."
                );
            if (Witnesses.Of(model, state, ups).Words is { } words)
                yield return words;
        }
    }

    public static Sentence Targets(PlanModel model, MaintenanceState maintenance) =>
        Sentence.Join(", ", maintenance.TargetNames(model));

    public static Sentence NameOf(PlanModel model, TargetDefinition target) =>
        target switch
        {
            { HostId: { } id } => Sentence.Of($"{model.Hosts.GetValueOrDefault(id)?.Name ?? $"host {id}"}"),
            { GuestsOf: { } id } => Sentence.Of(
                $"the guests of {model.Hosts.GetValueOrDefault(id)?.Name ?? $"host {id}"}"
            ),
            { UpsId: { } id } => Sentence.Of($"{model.Upses.GetValueOrDefault(id)?.Name ?? $"UPS {id}"}"),
            { GuestId: { } id } => Sentence.Of(
                $"{model.Guests.Values.FirstOrDefault(g => g.Id == id)?.Name ?? $"guest {id}"}"
            ),
            _ => Sentence.Of($"nothing"),
        };

    /// <summary>What maintenance does not keep apart: a host that goes down takes its guests along (I2), and who needs a
    /// target in maintenance will not find it started.</summary>
    public static IEnumerable<Sentence> Ties(PlanModel model, PlanState state, MaintenanceState maintenance)
    {
        if (maintenance.Whole)
            yield break;
        int HostOf(TargetRef t) => state.Guests.GetValueOrDefault(t.Key)?.HostId ?? t.HostId;
        bool Covered(TargetDefinition t) =>
            Refs(model, t).ToList() is { Count: > 0 } refs && refs.TrueForAll(r => maintenance.Covers(r, HostOf));
        var steps = model.Definition.Phases.SelectMany(p => p.Steps).ToList();
        foreach (var guest in model.Guests.Values.Select(TargetRef.Of).Where(g => maintenance.Covers(g, HostOf)))
        {
            var host = model.Hosts.GetValueOrDefault(HostOf(guest));
            if (
                host is not null
                && !maintenance.Covers(TargetRef.Of(host), HostOf)
                && steps.Exists(s => s.Target.HostId == host.Id && s.Action == StepAction.Shutdown)
            )
                yield return $"{guest.Name} is in maintenance, but its host {host.Name} is not: when that goes down, {guest.Name} is shut down before it.";
        }
        var needs = model
            .Definition.Dependencies.Select(d => (d.From, d.To))
            .Concat(steps.SelectMany(s => s.DependsOn.Select(to => (From: s.Target, To: to))));
        foreach (var (from, to) in needs.Where(n => Covered(n.To) && !Covered(n.From)))
            yield return $"{NameOf(model, from)} needs {NameOf(model, to)}, which is in maintenance: nothing brings that up for it.";
    }

    private static IEnumerable<TargetRef> Refs(PlanModel model, TargetDefinition target) =>
        target switch
        {
            { HostId: { } id } when model.Hosts.TryGetValue(id, out var host) => [TargetRef.Of(host)],
            { GuestId: { } id } => model.Guests.Values.Where(g => g.Id == id).Select(TargetRef.Of),
            _ => [],
        };
}

using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;

namespace VmPowerManager.Plans.Pages;

/// <summary>What a person ticks in the list of targets: hosts, single guests, or all guests of a host but some. Pure.</summary>
public sealed class TargetChoice(PlanDefinition plan)
{
    private readonly HashSet<int> _guests = [];
    private readonly HashSet<int> _hosts = [];
    private readonly HashSet<int> _cuts = [];
    private readonly Dictionary<int, HashSet<int>> _all = [];

    public int Count => _guests.Count + _hosts.Count + _all.Count + _cuts.Count;

    public bool HasCut(int upsId) => _cuts.Contains(upsId);

    public void SetCut(int upsId, bool chosen) => Set(_cuts, upsId, chosen);

    /// <summary>The phase that cuts this UPS's output already.</summary>
    public string? PhaseOfCut(int upsId) => PhaseWith(t => t.UpsId == upsId);

    public bool HasHost(int hostId) => _hosts.Contains(hostId);

    public void SetHost(int hostId, bool chosen) => Set(_hosts, hostId, chosen);

    /// <summary>All guests of the host, those that come later too.</summary>
    public bool HasAllOf(int hostId) => _all.ContainsKey(hostId);

    public void SetAllOf(HostSnapshot host, bool chosen)
    {
        _guests.ExceptWith(Ids(host));
        _all.Remove(host.Id);
        if (chosen)
            _all[host.Id] = [];
    }

    public bool HasGuest(GuestSnapshot guest) =>
        guest.Id is { } id
        && (_all.TryGetValue(guest.HostId, out var except) ? !except.Contains(id) : _guests.Contains(id));

    /// <summary>Unticking one of all makes it an exception.</summary>
    public void SetGuest(GuestSnapshot guest, bool chosen)
    {
        if (guest.Id is not { } id)
            return;
        if (_all.TryGetValue(guest.HostId, out var except))
            Set(except, id, !chosen);
        else
            Set(_guests, id, chosen);
    }

    /// <summary>The phase that has a step for this guest already, by name; null: none.</summary>
    public string? PhaseOf(GuestSnapshot guest) => PhaseWith(t => t.GuestId is { } id && id == guest.Id);

    /// <summary>The phase that takes it with all guests of its host; with a step of its own it leaves those.</summary>
    public string? PhaseWithAll(GuestSnapshot guest) =>
        PhaseWith(t => t.GuestsOf == guest.HostId && guest.Id is { } id && !t.Except.Contains(id));

    /// <summary>The phase that shuts this host down already.</summary>
    public string? PhaseOf(HostSnapshot host) =>
        plan
            .Phases.FirstOrDefault(p => p.Steps.Any(s => s.Action == StepAction.Shutdown && s.Target.HostId == host.Id))
            ?.Name;

    /// <summary>The phase that takes all guests of this host already.</summary>
    public string? PhaseOfAll(HostSnapshot host) => PhaseWith(t => t.GuestsOf == host.Id);

    /// <summary>Steps for what is ticked, host by host: its guests first.</summary>
    public IEnumerable<StepDefinition> Steps(IEnumerable<HostSnapshot> hosts)
    {
        foreach (var host in hosts)
        {
            if (_all.TryGetValue(host.Id, out var except))
                yield return PlanSuggestion.StepFor(new() { GuestsOf = host.Id, Except = [.. except.Order()] });
            foreach (var guest in host.Guests.Where(g => g.Id is { } id && _guests.Contains(id)))
                yield return PlanSuggestion.StepFor(new() { GuestId = guest.Id });
            if (_hosts.Contains(host.Id))
                yield return PlanSuggestion.StepFor(new() { HostId = host.Id });
        }
        // A cut is the last act (C9).
        foreach (var ups in _cuts.Order())
            yield return new StepDefinition
            {
                Target = new() { UpsId = ups },
                Action = StepAction.CutOutput,
            };
    }

    private string? PhaseWith(Func<TargetDefinition, bool> fits) =>
        plan.Phases.FirstOrDefault(p => p.Steps.Any(s => fits(s.Target)))?.Name;

    private static IEnumerable<int> Ids(HostSnapshot host) => host.Guests.Select(g => g.Id).OfType<int>();

    private static void Set(HashSet<int> set, int id, bool within)
    {
        if (within)
            set.Add(id);
        else
            set.Remove(id);
    }
}

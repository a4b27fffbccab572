using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Who waits for whom in a shutdown (C1, C6), counted once for a pass over the steps instead of for each step.
/// A step that ends within the pass still counts as open: the next pass lets go those who waited for it.
/// <para>Ranks come first, then places: a step's place is where the plan has it, or behind whatever has to go down before
/// it if that is later. All waits lead to a lower rank or an earlier place, so that no plan comes to a standstill.</para>
/// </summary>
internal sealed class StepOrder
{
    private readonly int[] _open = new int[Ranks.Count];
    private readonly int[] _firstPhase = [.. Enumerable.Repeat(int.MaxValue, Ranks.Count)];
    private readonly Dictionary<int, int[]> _firstIndex = [];
    private readonly Dictionary<int, int> _busy = [];
    private readonly Dictionary<int, List<int>> _openOn = [];
    private readonly Dictionary<string, int> _byKey = new(StringComparer.Ordinal);
    private readonly Dependants _dependants;
    private readonly Place?[] _places;
    private readonly ImmutableArray<StepState> _steps;

    private StepOrder(ImmutableArray<StepState> steps, Dependants dependants) =>
        (_steps, _dependants, _places) = (steps, dependants, new Place?[steps.Length]);

    /// <summary>Where a step stands in the order: its phase and its index, or those of what goes before it.</summary>
    public readonly record struct Place(int Phase, int Index) : IComparable<Place>
    {
        public int CompareTo(Place other) =>
            Phase != other.Phase ? Phase.CompareTo(other.Phase) : Index.CompareTo(other.Index);
    }

    /// <summary>Something has to be waited for that this does not know of.</summary>
    public bool Stale { get; private set; }

    /// <summary>The greatest rank of a storage or network that goes down for its own supplies: takes its users along.</summary>
    public int SharedDanger => _dependants.SharedDanger;

    public static StepOrder Of(
        PlanModel model,
        ImmutableArray<StepState> steps,
        Func<TargetRef, int> hostOf,
        Func<TargetRef, string> keyOf,
        Func<TargetRef, bool> fails
    )
    {
        var order = new StepOrder(steps, Dependants.Of(model, steps, hostOf, keyOf, fails));
        for (var i = 0; i < steps.Length; i++)
            order.AddGuest(i, steps[i], hostOf(steps[i].Target), keyOf);
        for (var i = 0; i < steps.Length; i++)
            order.Add(i, steps[i], StepList.RankOf(model, steps[i]));
        return order;
    }

    /// <summary>The newest step that deals with a target and was not called off.</summary>
    public int? StepOf(string key) => _byKey.TryGetValue(key, out var index) ? index : null;

    /// <summary>Steps not ended that are about this host: its guests' and its commands'.</summary>
    public IReadOnlyList<int> OpenOn(int hostId) => _openOn.TryGetValue(hostId, out var open) ? open : [];

    public int BusyOn(int hostId) => _busy.GetValueOrDefault(hostId);

    /// <summary>A step that was begun takes its place.</summary>
    public void Begun(int hostId) => _busy[hostId] = BusyOn(hostId) + 1;

    /// <summary>Steps whose targets need this one's: they go down before it.</summary>
    public IReadOnlyList<int> NeededBy(int index) => _dependants.Of(index);

    /// <summary>Something that needs this target is still to go down.</summary>
    public bool AnyNeedsIt(int index)
    {
        foreach (var d in _dependants.Of(index))
        {
            if (_steps[d] is { Selected: true, Terminal: false })
                return true;
        }
        return false;
    }

    /// <summary>Something that it needs goes down, for reasons of its own.</summary>
    public bool LosesItsNeeds(string key) => _dependants.InDanger(key);

    public bool AnyOpenBelow(int rank)
    {
        for (var r = 0; r < rank; r++)
        {
            if (_open[r] > 0)
                return true;
        }
        return false;
    }

    public bool EarlierOpen(Place place, int rank)
    {
        for (var r = 0; r <= rank; r++)
        {
            if (_firstPhase[r] < place.Phase)
                return true;
        }
        return false;
    }

    /// <summary>In a phase that goes one by one, something before it is still open.</summary>
    public bool OpenBefore(Place place, int rank)
    {
        if (!_firstIndex.TryGetValue(place.Phase, out var first))
            return false;
        for (var r = 0; r <= rank; r++)
        {
            if (first[r] < place.Index)
                return true;
        }
        return false;
    }

    /// <summary>A host written before a guest of its own waits for that guest (I2), and a target written before what needs
    /// it waits for that: so nobody waits for it before.</summary>
    public Place PlaceOf(int index)
    {
        if (_places[index] is { } known)
            return known;
        var place = new Place(_steps[index].PhaseIndex, index);
        _places[index] = place; // Should it lead back here, it stands where it is written.
        foreach (var d in _dependants.Of(index))
        {
            if (
                _steps[d] is { Selected: true, Terminal: false }
                && PlaceOf(d) is var after
                && after.CompareTo(place) > 0
            )
                place = after;
        }
        foreach (var g in GuestsBefore(_steps[index]))
        {
            if (
                _steps[g] is { Target.Kind: TargetKind.Guest, Uncovered: false }
                && PlaceOf(g) is var after
                && after.CompareTo(place) > 0
            )
                place = after;
        }
        _places[index] = place;
        return place;
    }

    public void Changes(StepState from, StepState to) =>
        Stale |=
            (to.Selected && !from.Selected)
            || (from.Terminal && !to.Terminal)
            || (to.Target.Kind == TargetKind.Host && from.AskedAt is null && to.AskedAt is not null);

    private IReadOnlyList<int> GuestsBefore(StepState step) =>
        step is { Target.Kind: TargetKind.Host, Action: StepAction.Shutdown, AskedAt: null }
            ? OpenOn(step.Target.HostId)
            : [];

    private void AddGuest(int index, StepState step, int hostId, Func<TargetRef, string> keyOf)
    {
        if (step.MovesTarget && step.Status is not (StepStatus.Cancelled or StepStatus.Skipped))
            _byKey[keyOf(step.Target)] = index;
        if (step.Terminal || (step.Target.Kind != TargetKind.Guest && step.MovesTarget))
            return;
        if (!_openOn.TryGetValue(hostId, out var open))
            _openOn[hostId] = open = [];
        open.Add(index);
        if (step is { Status: StepStatus.Running, Target.Kind: TargetKind.Guest, MovesTarget: true })
            Begun(hostId);
    }

    private void Add(int index, StepState step, int rank)
    {
        if (!step.Selected || step.Terminal)
            return;
        _open[rank]++;
        var place = PlaceOf(index);
        _firstPhase[rank] = Math.Min(_firstPhase[rank], place.Phase);
        if (step.Uncovered)
            return;
        if (!_firstIndex.TryGetValue(place.Phase, out var first))
            _firstIndex[place.Phase] = first = [.. Enumerable.Repeat(int.MaxValue, Ranks.Count)];
        first[rank] = Math.Min(first[rank], place.Index);
    }
}

using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Who waits for whom in a shutdown (C1, C6), counted once for a pass over the steps instead of for each step.
/// A step that ends within the pass still counts as open: the next pass lets go those who waited for it.</summary>
internal sealed class StepOrder
{
    private readonly int[] _open = new int[Ranks.Count];
    private readonly int[] _firstPhase = [.. Enumerable.Repeat(int.MaxValue, Ranks.Count)];
    private readonly Dictionary<int, int[]> _firstIndex = [];
    private readonly Dictionary<int, int> _busy = [];
    private readonly Dictionary<int, int> _lastGuest = [];
    private readonly Dictionary<int, List<int>> _openOn = [];
    private readonly Dictionary<string, int> _byKey = new(StringComparer.Ordinal);

    /// <summary>Something has to be waited for that this does not know of.</summary>
    public bool Stale { get; private set; }

    /// <summary>The greatest rank of a storage or network that goes down for its own supplies: takes its users along.</summary>
    public int SharedDanger { get; private set; } = -1;

    public static StepOrder Of(
        PlanModel model,
        ImmutableArray<StepState> steps,
        Func<TargetRef, int> hostOf,
        Func<TargetRef, string> keyOf,
        Func<TargetRef, bool> fails
    )
    {
        var order = new StepOrder();
        for (var i = 0; i < steps.Length; i++)
            order.AddGuest(i, steps[i], hostOf(steps[i].Target), keyOf);
        for (var i = 0; i < steps.Length; i++)
            order.Add(i, steps[i], StepList.RankOf(model, steps[i]), Ranks.IsShared(model, steps[i]) ? fails : null);
        return order;
    }

    /// <summary>The newest step that deals with a target and was not called off.</summary>
    public int? StepOf(string key) => _byKey.TryGetValue(key, out var index) ? index : null;

    /// <summary>Steps not ended that are about this host: its guests' and its commands'.</summary>
    public IReadOnlyList<int> OpenOn(int hostId) => _openOn.TryGetValue(hostId, out var open) ? open : [];

    public int BusyOn(int hostId) => _busy.GetValueOrDefault(hostId);

    /// <summary>A step that was begun takes its place.</summary>
    public void Begun(int hostId) => _busy[hostId] = BusyOn(hostId) + 1;

    public bool AnyOpenBelow(int rank)
    {
        for (var r = 0; r < rank; r++)
        {
            if (_open[r] > 0)
                return true;
        }
        return false;
    }

    public bool EarlierOpen(int phase, int rank)
    {
        for (var r = 0; r <= rank; r++)
        {
            if (_firstPhase[r] < phase)
                return true;
        }
        return false;
    }

    /// <summary>In a phase that goes one by one, something before it is still open.</summary>
    public bool OpenBefore(int index, int phase, int rank)
    {
        if (!_firstIndex.TryGetValue(phase, out var first))
            return false;
        for (var r = 0; r <= rank; r++)
        {
            if (first[r] < index)
                return true;
        }
        return false;
    }

    public void Changes(StepState from, StepState to) =>
        Stale |=
            (to.Selected && !from.Selected)
            || (from.Terminal && !to.Terminal)
            || (to.Target.Kind == TargetKind.Host && from.AskedAt is null && to.AskedAt is not null);

    private void AddGuest(int index, StepState step, int hostId, Func<TargetRef, string> keyOf)
    {
        if (step.Action != StepAction.Command && step.Status is not (StepStatus.Cancelled or StepStatus.Skipped))
            _byKey[keyOf(step.Target)] = index;
        if (step.Terminal || (step.Target.Kind != TargetKind.Guest && step.Action != StepAction.Command))
            return;
        if (!_openOn.TryGetValue(hostId, out var open))
            _openOn[hostId] = open = [];
        open.Add(index);
        if (step.Target.Kind == TargetKind.Guest && !step.Uncovered)
            _lastGuest[hostId] = index;
        if (step is { Status: StepStatus.Running, Target.Kind: TargetKind.Guest })
            Begun(hostId);
    }

    /// <param name="fails">For what others use: whether its supplies fail; null else.</param>
    private void Add(int index, StepState step, int rank, Func<TargetRef, bool>? fails)
    {
        if (!step.Selected)
            return;
        if (rank > SharedDanger && fails?.Invoke(step.Target) == true)
            SharedDanger = rank;
        if (step.Terminal)
            return;
        _open[rank]++;
        if (WaitsForLater(index, step))
            return;
        _firstPhase[rank] = Math.Min(_firstPhase[rank], step.PhaseIndex);
        if (step.Uncovered)
            return;
        if (!_firstIndex.TryGetValue(step.PhaseIndex, out var first))
            _firstIndex[step.PhaseIndex] = first = [.. Enumerable.Repeat(int.MaxValue, Ranks.Count)];
        first[rank] = Math.Min(first[rank], index);
    }

    /// <summary>A host written before a guest of its own waits for that guest (I2), so nobody waits for the host: the
    /// guest may wait, by way of others, for the very phase that the host stands in.</summary>
    private bool WaitsForLater(int index, StepState step) =>
        step is { Target.Kind: TargetKind.Host, Action: StepAction.Shutdown, AskedAt: null }
        && _lastGuest.GetValueOrDefault(step.Target.HostId, -1) > index;
}

using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Forecasts;

/// <summary>When an item runs, seconds from now.</summary>
/// <param name="Because">The item whose end let this one begin; -1: none.</param>
public readonly record struct Slot(double Start, double End, int Because);

/// <summary>Lets the steps of a shutdown pass in thought, in the order that the engine keeps: phases, ranks, a host after
/// its guests, so many guests at a time, and whatever needs what (POLICY C1, C6). Pure list scheduling: an item begins at
/// the first moment when it may.</summary>
public sealed class Schedule
{
    private readonly WorkItem[] _items;
    private readonly Func<WorkItem, double> _takes;
    private readonly PlanModel _model;
    private readonly bool _abreast;
    private readonly Slot[] _slots;
    private readonly bool[] _begun;
    private readonly bool[] _over;
    private readonly int[][] _openIn;
    private readonly int[] _open;
    private readonly Dictionary<int, int> _busy = [];
    private readonly Dictionary<int, double> _freeAt = [];
    private readonly ScheduleLinks _links;
    private readonly double[] _overAt;
    private readonly int[] _lastLet;
    private readonly PriorityQueue<int, double> _ends = new();
    private readonly List<int> _pending;
    private double _now;
    private int _lastEnded = -1;

    private Schedule(PlanModel model, WorkItem[] items, Func<WorkItem, double> takes, bool abreast)
    {
        (_model, _items, _takes, _abreast) = (model, items, takes, abreast);
        _slots = new Slot[items.Length];
        _begun = new bool[items.Length];
        _over = new bool[items.Length];
        _links = new ScheduleLinks(items);
        _overAt = new double[items.Length];
        _lastLet = new int[items.Length];
        Array.Fill(_lastLet, -1);
        _pending = [.. Enumerable.Range(0, items.Length)];
        var (phases, ranks) = (0, 0);
        foreach (var item in items)
            (phases, ranks) = (Math.Max(phases, item.PhaseIndex + 1), Math.Max(ranks, item.Rank + 1));
        _open = new int[ranks];
        _openIn = [.. Enumerable.Range(0, phases).Select(_ => new int[ranks])];
        Count();
    }

    /// <param name="takes">Seconds that an item takes from its begin.</param>
    /// <param name="abreast">Compressed: phases do not wait for each other, and nothing waits in between (C7).</param>
    public static ImmutableArray<Slot> Of(
        PlanModel model,
        IReadOnlyList<WorkItem> items,
        Func<WorkItem, double> takes,
        bool abreast = false
    ) => new Schedule(model, [.. items], takes, abreast).Pass();

    /// <summary>The items that decide when <paramref name="last"/> ends, first to last.</summary>
    public static IReadOnlyList<int> PathTo(ImmutableArray<Slot> slots, int last)
    {
        var path = new List<int>();
        for (var i = last; i >= 0 && path.Count <= slots.Length; i = slots[i].Because)
            path.Insert(0, i);
        return path;
    }

    private void Count()
    {
        for (var i = 0; i < _items.Length; i++)
        {
            var item = _items[i];
            _open[item.Rank]++;
            if (!_links.LetsPass[i])
                _openIn[item.PhaseIndex][item.Rank]++;
        }
    }

    private ImmutableArray<Slot> Pass()
    {
        for (var i = 0; i < _items.Length; i++)
        {
            if (_items[i].Running)
                Begin(i);
        }
        _pending.RemoveAll(i => _begun[i]);
        while (_pending.Count > 0 || _ends.Count > 0)
        {
            var began = _pending.RemoveAll(i => MayBegin(i) && Begin(i));
            if (_ends.TryDequeue(out var ended, out var at))
            {
                _now = at;
                End(ended);
                while (_ends.TryPeek(out var also, out var then) && then <= _now)
                {
                    _ends.Dequeue();
                    End(also);
                }
            }
            else if (began == 0)
            {
                // A circle, which the plan's problems tell of: somebody has to begin.
                Begin(_pending[0]);
                _pending.RemoveAt(0);
            }
        }
        return [.. _slots];
    }

    private bool Begin(int index)
    {
        var item = _items[index];
        var end = _now + Math.Max(0, _takes(item));
        // What it waited for by name decides, else whatever ended last.
        var because = _lastLet[index] is var by and >= 0 && _overAt[by] >= _now ? by : _lastEnded;
        _slots[index] = new Slot(_now, end, because);
        _begun[index] = true;
        if (item.IsGuest)
            _busy[item.HostId] = _busy.GetValueOrDefault(item.HostId) + 1;
        _ends.Enqueue(index, end + item.ProofSeconds);
        return true;
    }

    /// <summary>Negative: only time has passed.</summary>
    private void End(int index)
    {
        if (index < 0 || _over[index])
            return;
        var item = _items[index];
        (_over[index], _lastEnded) = (true, index);
        _open[item.Rank]--;
        if (!_links.LetsPass[index])
            _openIn[item.PhaseIndex][item.Rank]--;
        if (item.IsGuest)
            _busy[item.HostId]--;
        foreach (var next in _links.LetBy(index))
        {
            _links.WaitsFor[next]--;
            _lastLet[next] = index;
        }
        _overAt[index] = _now;
        if (PhaseOf(item) is { Parallel: false, DelayBetweenStepsSeconds: > 0 and var delay } && !_abreast)
        {
            _freeAt[item.PhaseIndex] = _now + delay;
            _ends.Enqueue(-1, _now + delay);
        }
    }

    private PhaseDefinition? PhaseOf(WorkItem item) =>
        item.PhaseIndex < _model.Definition.Phases.Length ? _model.Definition.Phases[item.PhaseIndex] : null;

    private bool MayBegin(int index)
    {
        var item = _items[index];
        if (item.IsGuest && _busy.GetValueOrDefault(item.HostId) >= LimitOn(item.HostId))
            return false;
        if (_links.WaitsFor[index] > 0 || (item.Rank > 0 && AnyOpenBelow(item.Rank)))
            return false;
        return _abreast || (!EarlierOpen(item) && InTurn(index, item));
    }

    private int LimitOn(int hostId) =>
        Math.Max(1, _model.Hosts.GetValueOrDefault(hostId)?.MaxParallelGuests ?? int.MaxValue);

    private bool AnyOpenBelow(int rank)
    {
        for (var r = 0; r < rank; r++)
        {
            if (_open[r] > 0)
                return true;
        }
        return false;
    }

    private bool EarlierOpen(WorkItem item)
    {
        for (var p = 0; p < item.PhaseIndex; p++)
        {
            for (var r = 0; r <= item.Rank; r++)
            {
                if (_openIn[p][r] > 0)
                    return true;
            }
        }
        return false;
    }

    private bool InTurn(int index, WorkItem item)
    {
        if (PhaseOf(item) is not { Parallel: false })
            return true;
        if (_freeAt.GetValueOrDefault(item.PhaseIndex) > _now)
            return false;
        for (var i = 0; i < index; i++)
        {
            if (!_over[i] && _items[i].PhaseIndex == item.PhaseIndex && _items[i].Rank <= item.Rank)
                return false;
        }
        return true;
    }
}

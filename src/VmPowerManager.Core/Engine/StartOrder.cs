using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Who waits for whom in a startup (E4): <see cref="StepOrder"/> the other way round, counted once for a pass.
/// Network and storage before their users, then phase by phase; what is placed before something that it needs waits for
/// it, and keeps nobody waiting.</summary>
internal sealed class StartOrder
{
    private readonly int[] _open = new int[Ranks.Count];
    private readonly int[] _firstPhase = [.. Enumerable.Repeat(int.MaxValue, Ranks.Count)];
    private readonly Dictionary<int, int> _hosts = [];
    private readonly Dictionary<int, int> _busy = [];
    private readonly Dictionary<string, List<int>> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<int, List<int>> _byPhase = [];
    private readonly int[] _ranks;
    private readonly int?[] _phases;
    private readonly Dictionary<int, (int After, int Depth, int Written)> _places = [];
    private readonly ImmutableArray<StepState> _steps;
    private readonly Func<TargetRef, int> _hostOf;

    private StartOrder(ImmutableArray<StepState> steps, Func<TargetRef, int> hostOf) =>
        (_steps, _hostOf, _phases, _ranks) = (steps, hostOf, new int?[steps.Length], new int[steps.Length]);

    /// <param name="isDark">No mains for this step yet: it keeps nobody of its rank waiting.</param>
    public static StartOrder Of(
        PlanModel model,
        ImmutableArray<StepState> steps,
        Func<TargetRef, int> hostOf,
        Func<TargetRef, string> keyOf,
        Func<StepState, bool> isDark
    )
    {
        var order = new StartOrder(steps, hostOf);
        var needs = steps.Any(s => s.Needs.Length > 0);
        var groups = needs && steps.Any(s => s.Needs.Any(PlanGraph.IsGroup));
        for (var i = 0; i < steps.Length; i++)
        {
            order.Index(i, steps[i]);
            if (needs && steps[i].MovesTarget)
                order.Add(keyOf(steps[i].Target), i);
            if (groups && steps[i] is { MovesTarget: true, Target.Kind: TargetKind.Guest })
                order.Add(PlanGraph.GroupKey(hostOf(steps[i].Target)), i);
        }
        order.Rank(model);
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i].Terminal)
                continue;
            var rank = order._ranks[i];
            order._open[rank]++;
            if (!isDark(steps[i]))
                order._firstPhase[rank] = Math.Min(order._firstPhase[rank], order.PhaseOf(i));
        }
        return order;
    }

    /// <summary>What somebody of a higher rank needs comes up with that rank, or both would wait for each other.</summary>
    private void Rank(PlanModel model)
    {
        var open = new Queue<int>();
        for (var i = 0; i < _steps.Length; i++)
        {
            _ranks[i] = StepList.RankOf(model, _steps[i]);
            if (_ranks[i] > Ranks.Ordinary)
                open.Enqueue(i);
        }
        while (open.TryDequeue(out var i))
        {
            foreach (var needed in HostIndex(i) is { } host ? Needs(i).Append(host) : Needs(i))
            {
                if (_ranks[needed] >= _ranks[i])
                    continue;
                _ranks[needed] = _ranks[i];
                open.Enqueue(needed);
            }
        }
    }

    /// <summary>The step that brings up this host, if the run has one.</summary>
    public StepState? HostStep(int hostId) => _hosts.TryGetValue(hostId, out var index) ? _steps[index] : null;

    public int BusyOn(int hostId) => _busy.GetValueOrDefault(hostId);

    public void Begun(int hostId) => _busy[hostId] = BusyOn(hostId) + 1;

    /// <summary>Steps that bring up what this one needs.</summary>
    public IEnumerable<StepState> NeedsOf(int index) => Needs(index).Select(n => _steps[n]);

    /// <summary>C6: storage and network, whatever the phases say; then the phases.</summary>
    public bool AnyGoesFirst(int index)
    {
        var rank = _ranks[index];
        for (var r = rank + 1; r < Ranks.Count; r++)
        {
            if (_open[r] > 0)
                return true;
        }
        return _firstPhase[rank] < PhaseOf(index);
    }

    /// <summary>Steps of the same phase that come before it: as written, but that what needs something written later comes
    /// right after that, and that a lower rank waits for all higher ones anyway.</summary>
    public IEnumerable<StepState> BeforeInPhase(int index) =>
        _byPhase[_steps[index].PhaseIndex]
            .Where(i =>
                _ranks[i] >= _ranks[index]
                && PhaseOf(i) <= _steps[index].PhaseIndex
                && PlaceOf(i).CompareTo(PlaceOf(index)) < 0
            )
            .Select(i => _steps[i]);

    /// <summary>Where it stands among those of its phase, after all that it needs there.</summary>
    private (int After, int Depth, int Written) PlaceOf(int index)
    {
        if (_places.TryGetValue(index, out var known))
            return known;
        var place = _places[index] = (index, 0, index); // Should it lead back here, it stands where it is written.
        foreach (var n in HostIndex(index) is { } host ? Needs(index).Append(host) : Needs(index))
        {
            if (_steps[n].Terminal || _steps[n].PhaseIndex != _steps[index].PhaseIndex)
                continue;
            var other = PlaceOf(n);
            if (other.CompareTo(place) > 0)
                place = (other.After, other.Depth + 1, index);
        }
        return _places[index] = place;
    }

    private int PhaseOf(int index)
    {
        if (_phases[index] is { } known)
            return known;
        var phase = _steps[index].PhaseIndex;
        _phases[index] = phase; // Should it lead back here, it stands where it is written.
        foreach (var n in Needs(index))
            phase = _steps[n].Terminal ? phase : Math.Max(phase, PhaseOf(n));
        if (HostIndex(index) is { } host && !_steps[host].Terminal)
            phase = Math.Max(phase, PhaseOf(host));
        _phases[index] = phase;
        return phase;
    }

    private int? HostIndex(int index) =>
        _steps[index] is { Target.Kind: TargetKind.Guest } guest
        && _hosts.TryGetValue(_hostOf(guest.Target), out var host)
            ? host
            : null;

    private IEnumerable<int> Needs(int index)
    {
        foreach (var key in _steps[index].Needs)
        {
            foreach (var n in _byKey.GetValueOrDefault(key) ?? [])
            {
                // A host never waits for its own guest, whatever a migration has made of the wish.
                if (n != index && !(_steps[index].Target.Kind == TargetKind.Host && HostIndex(n) == index))
                    yield return n;
            }
        }
    }

    private void Index(int index, StepState step)
    {
        if (!_byPhase.TryGetValue(step.PhaseIndex, out var phase))
            _byPhase[step.PhaseIndex] = phase = [];
        phase.Add(index);
        if (!step.MovesTarget)
            return;
        if (step.Target.Kind == TargetKind.Host)
            _hosts[step.Target.HostId] = index;
        else if (step.Status == StepStatus.Running)
            Begun(_hostOf(step.Target));
    }

    private void Add(string key, int index)
    {
        if (!_byKey.TryGetValue(key, out var indexes))
            _byKey[key] = indexes = [];
        indexes.Add(index);
    }
}

using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Which steps of a shutdown need the target of which (C6), and who is in danger because what he needs is.</summary>
internal sealed class Dependants
{
    private static readonly IReadOnlyList<int> None = [];
    private readonly Dictionary<string, List<int>> _needing = new(StringComparer.Ordinal);
    private readonly HashSet<string> _danger = new(StringComparer.Ordinal);
    private readonly PlanModel _model;
    private readonly ImmutableArray<StepState> _steps;
    private readonly Func<TargetRef, int> _hostOf;
    private readonly Func<TargetRef, string> _keyOf;
    private readonly IReadOnlyList<int>?[] _of;

    /// <summary>Somebody needs all guests of a host.</summary>
    private readonly bool _groups;

    private Dependants(
        PlanModel model,
        ImmutableArray<StepState> steps,
        Func<TargetRef, int> hostOf,
        Func<TargetRef, string> keyOf
    )
    {
        (_model, _steps, _hostOf, _keyOf) = (model, steps, hostOf, keyOf);
        _of = new IReadOnlyList<int>?[steps.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            foreach (var key in steps[i].Needs)
            {
                if (!_needing.TryGetValue(key, out var needing))
                    _needing[key] = needing = [];
                needing.Add(i);
                _groups |= PlanGraph.IsGroup(key);
            }
        }
    }

    /// <summary>The greatest rank of a storage or network that goes down for its own supplies, or for those of what it
    /// needs: takes its users along.</summary>
    public int SharedDanger { get; private set; } = -1;

    public static Dependants Of(
        PlanModel model,
        ImmutableArray<StepState> steps,
        Func<TargetRef, int> hostOf,
        Func<TargetRef, string> keyOf,
        Func<TargetRef, bool> fails
    )
    {
        var dependants = new Dependants(model, steps, hostOf, keyOf);
        var open = new Queue<int>();
        for (var i = 0; i < steps.Length; i++)
        {
            if (
                steps[i].Selected
                && (dependants._needing.Count > 0 || dependants.IsShared(i))
                && fails(steps[i].Target)
            )
                open.Enqueue(i);
        }
        dependants.Spread(open);
        return dependants;
    }

    /// <summary>What it needs goes down for reasons of its own, whatever its own supplies say.</summary>
    public bool InDanger(string key) => _danger.Contains(key);

    /// <summary>Steps whose targets need this one's, but for those whom it must precede all the same: a host never waits for
    /// its guests to be without it (I2), and ranks go before wishes (C6).</summary>
    public IReadOnlyList<int> Of(int index) =>
        _needing.Count == 0 || !_steps[index].MovesTarget ? None : _of[index] ??= Find(index);

    private IReadOnlyList<int> Find(int index)
    {
        var step = _steps[index];
        var own = _needing.GetValueOrDefault(_keyOf(step.Target));
        var group =
            _groups && step.Target.Kind == TargetKind.Guest
                ? _needing.GetValueOrDefault(PlanGraph.GroupKey(_hostOf(step.Target)))
                : null;
        if (own is null && group is null)
            return None;
        return [.. (own ?? []).Concat(group ?? []).Where(d => d != index && MayPrecede(_steps[d], step))];
    }

    private bool MayPrecede(StepState dependant, StepState step)
    {
        var ownHost =
            dependant.Target.Kind == TargetKind.Host
            && step.Target.Kind == TargetKind.Guest
            && _hostOf(step.Target) == dependant.Target.HostId;
        return !ownHost
            && _keyOf(dependant.Target) != _keyOf(step.Target)
            && StepList.RankOf(_model, dependant) <= StepList.RankOf(_model, step);
    }

    private bool IsShared(int index) => Ranks.IsShared(_model, _steps[index]);

    /// <summary>From what fails to what needs it, and from a host to its guests.</summary>
    private void Spread(Queue<int> open)
    {
        while (open.TryDequeue(out var i))
        {
            if (IsShared(i))
                SharedDanger = Math.Max(SharedDanger, StepList.RankOf(_model, _steps[i]));
            if (_needing.Count == 0)
                continue;
            foreach (var d in Of(i))
                Endanger(d, open);
            if (
                _steps[i] is { Target.Kind: TargetKind.Host, MovesTarget: true } host
                && _danger.Contains(_keyOf(host.Target))
            )
            {
                for (var g = 0; g < _steps.Length; g++)
                {
                    if (_steps[g].Target.Kind == TargetKind.Guest && _hostOf(_steps[g].Target) == host.Target.HostId)
                        Endanger(g, open);
                }
            }
        }
    }

    private void Endanger(int index, Queue<int> open)
    {
        if (_steps[index].MovesTarget && _danger.Add(_keyOf(_steps[index].Target)))
            open.Enqueue(index);
    }
}

using System.Collections.Immutable;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>One step of the engine while it is being taken. Mutable within the step only; its parts stand in the files
/// of the same name, in the order in which <see cref="PlanEngine.Step"/> calls them.</summary>
internal sealed partial class Turn(PlanModel configured, PlanState before, Moment now)
{
    private readonly List<Effect> _effects = [];
    private readonly List<Notice> _notices = [];
    private readonly Dictionary<int, SupplyView> _supplies = [];
    private ImmutableSortedSet<int> _readNow = [];
    private bool _refresh;
    private PlanState _state = before;

    private TimeSpan Now => now.Elapsed;
    private RunState? Run => _state.Run;

    /// <summary>What the run froze, else what is configured (F3).</summary>
    private PlanModel Model => _state.Run?.Model ?? configured;
    private PlanDefinition Plan => Model.Definition;

    /// <summary>The configured UPSes are watched, and no others; edited settings take effect at once.</summary>
    public void Follow()
    {
        var watched = _state.Upses;
        foreach (var policy in Model.Upses.Values.Select(Lengthened))
        {
            if (!watched.TryGetValue(policy.UpsId, out var evidence))
                watched = watched.SetItem(policy.UpsId, UpsEvidence.Unseen(policy, Now));
            else if (evidence.Policy != policy)
                watched = watched.SetItem(policy.UpsId, evidence with { Policy = policy });
        }
        watched = watched.RemoveRange(watched.Keys.Where(id => !Model.Upses.ContainsKey(id)));
        if (!ReferenceEquals(watched, _state.Upses))
            _state = _state with { Upses = watched };
        ExpectLosses();
        FollowWitnesses();
    }

    /// <summary>Confirmations and ends that fall due by timer.</summary>
    public void PassTime()
    {
        foreach (var (id, evidence) in _state.Upses)
        {
            var ticked = evidence.Tick(Now);
            if (ticked != evidence)
                _state = _state with { Upses = _state.Upses.SetItem(id, ticked) };
        }
        foreach (var (id, evidence) in _state.Witnesses)
        {
            var ticked = evidence.Tick(Now);
            if (ticked != evidence)
                _state = _state with { Witnesses = _state.Witnesses.SetItem(id, ticked) };
        }
        if (_state.Hold is { } hold && HoldEnds(hold) is { } because)
        {
            _state = _state with { Hold = null };
            Tell("plan.released", NoticeLevel.Warning, $"The hold on \"{Plan.Name}\" has ended: {because}.");
        }
    }

    /// <summary>F4: a hold ends at its time, or when critical unless told otherwise; KeepCycle ends it with the outage.</summary>
    private Sentence? HoldEnds(HoldState hold) =>
        hold.Until <= now.Wall ? Sentence.Of($"its time is over")
        : !hold.EvenIfCritical && AnyCritical() ? Sentence.Of($"the power is critical")
        : null;

    public Decision Decision(PlanState start)
    {
        var active = _state.Cycle is not null || _state.Run is not null || _state.Debts.Length > 0;
        var deadlines = _state
            .Upses.Values.Select(u => u.NextDeadline(Now))
            .Append(active || _state.Hold is not null ? Now + TimeSpan.FromSeconds(1) : null)
            .Append(TriggerDeadline())
            .Append(WallDeadline());
        return new Decision
        {
            State = WithUntold(),
            Ended = Ended,
            Effects = [.. _effects],
            Notices = [.. _notices],
            Watch = Watched(),
            Refresh = _refresh || (start.Cycle is null && _state.Cycle is not null) ? [.. Model.Hosts.Keys] : [],
            ReadNow = _readNow,
            NextDeadline = deadlines.Where(d => d > Now).Min(),
        };
    }

    private PlanState WithUntold()
    {
        ImmutableArray<Notice> untold = [.. _notices.Where(n => n.Level == NoticeLevel.Critical)];
        return untold.IsEmpty && _state.Untold.IsEmpty ? _state : _state with { Untold = untold };
    }

    /// <summary>States are wanted every second of each host that a run deals with.</summary>
    private ImmutableSortedSet<int> Watched()
    {
        if (Run is null && _state.Cycle is { Settling: true } cycle)
            return [.. cycle.Snapshot.Values.Where(Unsettled).Select(e => HostOf(e.Target)).Where(id => id != 0)];
        if (Run is not { Status: RunStatus.Running } run || run.Kind == RunKind.Rehearsal)
            return [];
        var hosts = LookedAtForCuts(run).ToHashSet();
        foreach (var step in run.Steps)
        {
            if (!step.Selected && run.Kind != RunKind.Startup)
                continue;
            hosts.Add(step.Target.HostId);
            hosts.Add(HostOf(step.Target));
        }
        hosts.Remove(0);
        return [.. hosts];
    }

    private SupplyView Supply(int hostId)
    {
        if (_supplies.TryGetValue(hostId, out var view))
            return view;
        return _supplies[hostId] =
            hostId < 0 ? Supplies.View(Feeds(hostId), 1, _state.Upses, Now)
            : Model.Hosts.TryGetValue(hostId, out var host) ? Model.SupplyOf(host, _state.Upses, Now)
            : Model.PlanSupply(_state.Upses, Now);
    }

    /// <summary>The supply that a target hangs on: that of the host where it is now, if the plan knows that host (B1).</summary>
    private SupplyView SupplyOf(TargetRef target) => Supply(FedAs(target));

    private int FedAs(TargetRef target) =>
        target.Kind == TargetKind.Ups ? -(target.Id ?? 0)
        : HostOf(target) is var at && Model.Hosts.ContainsKey(at) ? at
        : target.HostId;

    /// <summary>What feeds a host, or with a negative id that UPS alone: a cut is about one.</summary>
    private ImmutableArray<Supply> Feeds(int hostId) =>
        hostId < 0 ? [new Supply(-hostId, 1)] : Model.SuppliesOf(Model.Hosts.GetValueOrDefault(hostId));

    /// <summary>Its supplies fail, and not by the word OFF alone (A7).</summary>
    private static bool Fails(SupplyView supply) => supply is { Failing: true, OffOnly: false };

    private void SetRun(RunState? run) => _state = _state with { Run = run };

    private void SetStep(int index, StepState step)
    {
        if (_state.Run is not { } run || run.Steps[index] == step)
            return;
        _order?.Changes(run.Steps[index], step);
        if (_order is { Stale: true })
            _order = null;
        SetRun(run with { Steps = run.Steps.SetItem(index, step) });
    }

    private void Tell(string type, NoticeLevel level, Sentence message, params (string, string?)[] data) =>
        _notices.Add(new Notice(type, level, message) { Data = Values.Of(data) });

    /// <summary>Tells a standing condition once, until <see cref="Forget"/>.</summary>
    private bool TellOnce(string key, string type, NoticeLevel level, Sentence message, params (string, string?)[] data)
    {
        if (_state.Told.Contains(key))
            return false;
        _state = _state with { Told = _state.Told.Add(key) };
        Tell(type, level, message, data);
        return true;
    }

    /// <summary>Tells a condition when it begins to hold; null leaves it as it was. Most never do: the words are put
    /// together when they are needed.</summary>
    private void Standing(string key, bool? holds, string type, NoticeLevel level, Func<Sentence> message)
    {
        if (holds == true && !_state.Told.Contains(key))
            TellOnce(key, type, level, message());
        else if (holds == false)
            Forget(key);
    }

    private void Forget(string key)
    {
        if (_state.Told.Contains(key))
            _state = _state with { Told = _state.Told.Remove(key) };
    }

    private long Issue(StepState step, EffectKind kind, StepAction action, TimeSpan limit, Via? via = null)
    {
        var id = _state.LastEffect + 1;
        _state = _state with { LastEffect = id };
        _effects.Add(
            new Effect
            {
                Id = id,
                Kind = kind,
                HostId = HostOf(step.Target),
                TargetKey = KeyOf(step.Target),
                TargetName = step.Target.Name,
                Action = action,
                ExternalId = step.Target.ExternalId,
                Via = via,
                Command = step.Command,
                Prepare = step.Prepare,
                Http = step.Http,
                Repeats = step.Attempt > 0,
                Limit = limit,
            }
        );
        return id;
    }

    /// <summary>Where a target is now: a guest is located when it is asked (C5).</summary>
    private int HostOf(TargetRef target) => ViewOf(target)?.HostId ?? target.HostId;

    /// <summary>A guest as last observed; null for hosts and for what was never seen. Asked for many times in one step:
    /// each is looked up once, as long as the guests are what they were.</summary>
    private GuestView? ViewOf(TargetRef target)
    {
        if (target.Kind != TargetKind.Guest)
            return null;
        if (!ReferenceEquals(_viewed, _state.Guests))
        {
            _views.Clear();
            _viewed = _state.Guests;
        }
        if (!_views.TryGetValue(target, out var view))
            _views[target] = view = _state.Guests.GetValueOrDefault(KeyOf(target));
        return view;
    }

    private readonly Dictionary<TargetRef, GuestView?> _views = new(ReferenceEqualityComparer.Instance);
    private object? _viewed;

    /// <summary>Keys are asked for many times in one step: each is put together once.</summary>
    private string KeyOf(TargetRef target)
    {
        if (!_keys.TryGetValue(target, out var key))
            _keys[target] = key = target.Key;
        return key;
    }

    private readonly Dictionary<TargetRef, string> _keys = new(ReferenceEqualityComparer.Instance);
}

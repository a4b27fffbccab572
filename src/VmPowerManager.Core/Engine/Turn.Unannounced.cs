using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Power that went without a word: known afterwards, from what ran before and does not run now (POLICY E6).</summary>
internal sealed partial class Turn
{
    /// <summary>E6: while nothing is wrong, each complete look is kept: it is the snapshot of an outage that nobody sees
    /// coming.</summary>
    private void NoteUp(HostAnswered answer)
    {
        if (_state.Cycle is not null || Run is not null || !Model.Hosts.TryGetValue(answer.HostId, out var host))
            return;
        var hostRef = TargetRef.Of(host);
        var up = _state.LastUp;
        if (!up.ContainsKey(hostRef.Key))
            up = up.Add(hostRef.Key, new SnapshotEntry(hostRef, PowerState.Running));
        foreach (var guest in answer.Guests)
        {
            var key = GuestModel.KeyOf(answer.Realm, guest.ExternalId);
            var known = up.GetValueOrDefault(key);
            if (guest.Power is PowerState.Running or PowerState.Paused)
            {
                if (known?.Power != guest.Power || known.Target.HostId != answer.HostId)
                    up = up.SetItem(key, new SnapshotEntry(TargetRef.Of(_state.Guests[key]), guest.Power));
            }
            else if (known?.Target.HostId == answer.HostId && guest.Power != PowerState.Unknown)
                up = up.Remove(key);
        }
        if (!ReferenceEquals(up, _state.LastUp))
            _state = _state with { LastUp = up };
    }

    /// <summary>A host fell silent while nothing was wrong: with all others on one of its UPSes it may have lost its power.</summary>
    private void NoteLoss(int hostId)
    {
        if (_state.Cycle is not null || Run is not null || !Model.Hosts.TryGetValue(hostId, out var host))
            return;
        foreach (var upsId in Model.SuppliesOf(host).Select(s => s.UpsId))
        {
            var fed = Model.Hosts.Values.Where(h => Model.SuppliesOf(h).Any(s => s.UpsId == upsId)).ToList();
            if (fed.TrueForAll(h => IsGone(h.Id)) && fed.Exists(h => !_state.Vanished.Contains(h.Id)))
                _state = _state with { Vanished = _state.Vanished.Union(fed.Select(h => h.Id)) };
        }
    }

    private bool IsGone(int hostId) =>
        _state.Hosts.GetValueOrDefault(hostId) is { NoAnswer: true }
        && _state.LastUp.ContainsKey(TargetRef.HostKey(hostId));

    /// <summary>It answers again: what ran on it before and does not run now lost its power without warning.</summary>
    private void NoteReturn(int hostId)
    {
        if (!_state.Vanished.Contains(hostId))
            return;
        var gone = _state.Vanished;
        _state = _state with { Vanished = gone.Remove(hostId) };
        var lost = _state.LastUp.Any(e => e.Value.Target.HostId == hostId && !ObservedUp(e.Value.Target));
        if (_state.Cycle is null && Run is null && lost)
            OpenUnannounced(gone.Contains);
    }

    private void OpenUnannounced(Func<int, bool> lost)
    {
        OpenCycle(manual: false);
        if (_state.Cycle is not { } cycle)
            return;
        var snapshot = cycle.Snapshot.ToBuilder();
        // What ran before counts, not what the first look after it finds off.
        foreach (var (key, entry) in _state.LastUp.Where(e => lost(e.Value.Target.HostId)))
            snapshot[key] = entry;
        _state = _state with { Cycle = cycle with { Snapshot = snapshot.ToImmutable(), Unannounced = true } };
    }

    /// <summary>E2: what a person stopped, or what stands on a host that a person stopped, is not missed.</summary>
    private void ForgetUp(string key)
    {
        var gone = _state.LastUp.Where(e => e.Key == key || TargetRef.HostKey(e.Value.Target.HostId) == key);
        _state = _state with { LastUp = _state.LastUp.RemoveRange(gone.Select(e => e.Key)) };
    }

    /// <summary>After a new boot without an open outage: what ran in the old one is looked for (E6, F7).</summary>
    private void LookForLoss()
    {
        if (_state.Cycle is null && Run is null && !_state.LastUp.IsEmpty)
            OpenUnannounced(Model.Hosts.ContainsKey);
    }

    /// <summary>Says once what was lost, when every host of the snapshot was looked at; closes silently what lost nothing.
    /// True: there is nothing to decide yet.</summary>
    private bool AwaitsLook(CycleState cycle)
    {
        if (!cycle.Unannounced || _state.Told.Contains("noWarning"))
            return false;
        var since = Later(cycle.OpenedAt, _state.ResumedAt ?? TimeSpan.MinValue);
        var hosts = cycle.Snapshot.Values.Select(e => e.Target.HostId).Distinct();
        if (
            hosts.Any(id =>
                Model.Hosts.ContainsKey(id) && !(_state.Hosts.GetValueOrDefault(id)?.TriedAt >= since - FreshFor)
            )
        )
            return true;
        var off = cycle.Snapshot.Values.Where(e => e.Power == PowerState.Running && !ObservedUp(e.Target)).ToList();
        if (off.Count == 0)
        {
            _state = _state with { Cycle = null };
            return true;
        }
        _state = _state with { Cycle = cycle with { Acted = true } };
        TellOnce(
            "noWarning",
            "outage.noWarning",
            NoticeLevel.Warning,
            $"Power was lost without warning: of {cycle.Snapshot.Count} machines that ran before, {off.Count} do not run now ({Some(off)}).",
            ("off", off.Count.ToString(Words.Culture))
        );
        return false;
    }

    private static Sentence Some(List<SnapshotEntry> entries) =>
        Sentence.Join(
            ", ",
            entries
                .Take(5)
                .Select(e => Sentence.Verbatim(e.Target.Name))
                .Concat(entries.Count > 5 ? [Sentence.Of($"and others")] : [])
        );

    /// <summary>E1: a person closes the cycle; nothing of its snapshot is started any more.</summary>
    private void TakeDismissed(CycleDismissed dismissed)
    {
        if (_state.Cycle is not { } cycle || Run is { Kind: not RunKind.Rehearsal })
            return;
        var off = cycle.Snapshot.Values.Where(e => e.Power == PowerState.Running && !ObservedUp(e.Target)).ToList();
        Forget("maxWait");
        Forget("noWarning");
        _state = _state with { Cycle = null };
        Tell(
            "plan.cycleDismissed",
            NoticeLevel.Warning,
            off.Count == 0
                ? Sentence.Of($"{dismissed.Actor} closed the outage cycle of \"{Plan.Name}\".")
                : Sentence.Of(
                    $"{dismissed.Actor} closed the outage cycle of \"{Plan.Name}\": nothing starts {Some(off)} any more."
                )
        );
    }
}

using System.Collections.Immutable;

namespace VmPowerManager.Core.Engine;

/// <summary>Opens and closes the cycle, keeps its snapshot, and tells what everyone should know about the supplies.</summary>
internal sealed partial class Turn
{
    private static readonly TimeSpan FlapWindow = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan NeverHeard = TimeSpan.FromSeconds(300);

    private bool AnyTrouble =>
        _state.Upses.Values.Any(u => u.OnBatterySeen || u.InOutage || u.ForcedDown || u.OffCritical(Now));

    private bool AnyOutage => _state.Upses.Values.Any(u => u.InOutage || u.ForcedDown);

    /// <summary>After a new boot nothing is known at first (F7), and a mask hides an outage that may go on (A6): it would count
    /// as another one, and as flapping (D1).</summary>
    private bool IsSeenToBeOver =>
        !AnyTrouble && _state.Upses.Values.Any(u => u.OnLine) && !_state.Upses.Values.Any(u => u.MaskSince is not null);

    public void KeepCycle()
    {
        if (_state.Cycle is null && AnyTrouble)
            OpenCycle(manual: false);
        if (AnyOutage)
            NoteOutage();
        else if (_state.Told.Contains("outage") && IsSeenToBeOver)
            NoteEnd();
        if (_state.Cycle is { Acted: false, Manual: false, Unannounced: false } && !AnyTrouble && Run is null)
            _state = _state with { Cycle = null };
        TellRedundancy();
        TellUnseen();
    }

    private void OpenCycle(bool manual)
    {
        _state = _state with
        {
            Cycle = new CycleState
            {
                OpenedAt = Now,
                OpenedWall = now.Wall,
                Manual = manual,
                LoadBefore = _state
                    .Upses.Where(u => u.Value.UsualLoadPercent is not null)
                    .ToImmutableSortedDictionary(u => u.Key, u => u.Value.UsualLoadPercent ?? 0),
            },
        };
        foreach (var hostId in Model.Hosts.Keys)
            AddToSnapshot(hostId);
    }

    /// <summary>E1: what runs is added, never removed; while something starts, nothing is added (I5).</summary>
    private void AddToSnapshot(int hostId)
    {
        if (
            _state.Cycle is not { } cycle
            || Run is { Kind: RunKind.Startup }
            || !Model.Hosts.TryGetValue(hostId, out var host)
        )
            return;
        if (_state.Hosts.GetValueOrDefault(hostId) is not { Answers: true })
            return;
        var snapshot = cycle.Snapshot.ToBuilder();
        var hostRef = TargetRef.Of(host);
        snapshot.TryAdd(hostRef.Key, new SnapshotEntry(hostRef, PowerState.Running));
        foreach (var (key, guest) in _state.Guests.Where(g => g.Value.HostId == hostId))
        {
            var known = snapshot.GetValueOrDefault(key);
            var better = known is null || (known.Power != PowerState.Running && guest.Power == PowerState.Running);
            if (better && guest.Power != PowerState.Unknown && !Model.IsManagerGuest(key))
                snapshot[key] = (known ?? new SnapshotEntry(TargetRef.Of(guest), guest.Power)) with
                {
                    Power = guest.Power,
                };
        }
        _state = _state with { Cycle = cycle with { Snapshot = snapshot.ToImmutable() } };
    }

    private void NoteOutage()
    {
        if (_state.Cycle is { StartAfterLoss: true, StartWanted: false } manual)
            _state = _state with { Cycle = manual with { StartWanted = true } };
        if (_state.Told.Contains("outage"))
        {
            if (_state.Hold is { SawOutage: false } hold)
                _state = _state with { Hold = hold with { SawOutage = true } };
            return;
        }
        _state = _state with
        {
            Told = _state.Told.Add("outage"),
            Outages = [.. _state.Outages.Where(t => Now - t < FlapWindow), Now],
        };
        if (!configured.Armed)
            TellDisarmed();
        TellMaintenance();
    }

    /// <summary>F1: a plan that will not act says so while there is time.</summary>
    private void TellDisarmed()
    {
        Tell(
            "plan.disarmed",
            NoticeLevel.Critical,
            $"On battery, and \"{Plan.Name}\" is not armed: nothing will be shut down. {TimeLeft()}",
            ("runtimeSeconds", LeastTimeLeft()?.ToString("0", Words.Culture))
        );
    }

    private void NoteEnd()
    {
        Forget("outage");
        ForgetOutage();
        if (_state.Hold is { SawOutage: true })
        {
            _state = _state with { Hold = null };
            Tell("plan.released", NoticeLevel.Info, $"The hold on \"{Plan.Name}\" has ended with the outage.");
        }
    }

    /// <summary>B5: one of several supplies gone is news, not a shutdown. A7: OFF against a living host is a contradiction.</summary>
    private void TellRedundancy()
    {
        foreach (var host in Model.Hosts.Values)
        {
            var supply = Supply(host.Id);
            var lost = Model.SuppliesOf(host).Any(s => Lost(s.UpsId));
            Standing(
                $"redundancy:{host.Id}",
                lost && !supply.Failing ? true
                    : lost ? null
                    : false,
                "plan.noRedundancy",
                NoticeLevel.Warning,
                () => $"{host.Name} has lost one of its supplies and stands on the rest."
            );
            Standing(
                $"contradiction:{host.Id}",
                supply.OffOnly,
                "plan.contradiction",
                NoticeLevel.Critical,
                () => $"The UPS of {host.Name} says that its output is off. Nothing is shut down for that alone."
            );
        }
    }

    /// <summary>F7: a UPS that was never heard of since this machine booted proves nothing either way: stay up, and say so.</summary>
    private void TellUnseen()
    {
        foreach (var (id, ups) in _state.Upses)
            Standing(
                $"unseen:{id}",
                ups is { Policy.Enabled: true, Last: null } && Now - ups.WatchedSince >= NeverHeard,
                "plan.noReading",
                NoticeLevel.Warning,
                () =>
                    $"{ups.Policy.Name} has given no reading for five minutes. Nothing is shut down for that; \"{Plan.Name}\" does not know its power."
            );
    }

    private bool Lost(int upsId) =>
        _state.Upses.TryGetValue(upsId, out var ups) && (ups.Fails(Now) || ups.OffCritical(Now));
}

using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>Follows what UPSes were told to cut, until it has happened: takes it back where that is right, lets nothing start
/// that would lose its power again, and says what runs on (C9, D2).</summary>
internal sealed partial class Turn
{
    /// <summary>Until the output has gone off, whatever else the device counts.</summary>
    private static readonly TimeSpan CutSettles = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan NotReturnedFor = TimeSpan.FromSeconds(120);

    /// <summary>Within the minute of room that a cut of what feeds our own host leaves: later it must go down.</summary>
    private static readonly TimeSpan OwnHostWaits = TimeSpan.FromSeconds(45);

    public void KeepCuts()
    {
        foreach (var order in _state.Cycle?.Cuts.Values ?? [])
        {
            if (Now >= order.EndsAt)
                AfterCut(order);
            else if (
                order is { Abort: CutAbort.Asked, AbortAskedAt: { } asked }
                && Now - asked >= CutLimit + NoWordAfter
            )
                EndAbort(order, ok: false, Sentence.Of($"There was no word of how it ended."));
            else if (order.Abort == CutAbort.None && WhyAbort(order) is { } why)
                Abort(order, why);
            else if (order.Abort == CutAbort.None && order.ManagerHostId is null && IsBack(order))
                TellOnce(
                    $"cut:{order.UpsId}:{order.Effect}",
                    "ups.cutRuns",
                    NoticeLevel.Warning,
                    $"Mains is back, but {order.Name} has its order: its output goes off once more and comes back, which starts the hosts on it."
                );
        }
    }

    private void AfterCut(CutOrder order)
    {
        TellIfNotReturned(order);
        if (order.Abort == CutAbort.Done || _state.Upses.GetValueOrDefault(order.UpsId) is not { OnLine: true })
            return;
        // Power is back at its hosts: their firmware may be starting them, however silent they are (C4, I13).
        foreach (var host in FedBy(order.UpsId))
        {
            if (_state.Hosts.GetValueOrDefault(host.Id)?.ProvedOffAt is not { } proved || proved > order.EndsAt)
                continue;
            VoidProof(host.Id);
            Mark(TargetRef.HostKey(host.Id), e => e with { Stopped = false, SeenOff = false, ProvedOff = false });
        }
    }

    private void VoidProof(int hostId)
    {
        if (_state.Hosts.GetValueOrDefault(hostId) is { ProvedOffAt: not null } view)
            _state = _state with { Hosts = _state.Hosts.SetItem(hostId, view with { ProvedOffAt = null }) };
    }

    /// <summary>Pain 1: mains is back, and what was to return with it did not.</summary>
    private void TellIfNotReturned(CutOrder order)
    {
        var ups = _state.Upses.GetValueOrDefault(order.UpsId);
        if (
            order.Abort == CutAbort.Done
            || ups is not { Comm: Comm.Ok, Last: { } last, OffSince: { } off }
            || last.Status.HasFlag(UpsStatus.OB)
            || Now - off < NotReturnedFor
        )
            return;
        TellOnce(
            $"notReturned:{order.UpsId}:{order.Effect}",
            "ups.notReturned",
            NoticeLevel.Critical,
            $"Mains is back at {order.Name}, but the output that was cut is still off: switch it on, or its hosts stay dark."
        );
    }

    private bool IsBack(CutOrder order) => OnLineFor(-order.UpsId, TimeSpan.FromSeconds(Plan.ReturnConfirmSeconds));

    /// <summary>A reason to take an order back, or null. What only the return of power starts needs the cut: there the order
    /// runs to its end (D2).</summary>
    private Sentence? WhyAbort(CutOrder order)
    {
        if (order.ManagerHostId is { } hostId)
            return WhyOwnHostStays(order, hostId);
        if (Heard(order) is { } host)
            return Sentence.Of($"{host.Name} runs again");
        if (CutStepOf(order.UpsId) is { } step && OthersToCut(step).Any(o => o.Status == StepStatus.Failed))
            return Sentence.Of($"another UPS of its hosts could not be cut");
        return IsBack(order) && FedBy(order.UpsId).All(h => !h.NeedsReturnOfPower)
            ? Sentence.Of($"mains is back")
            : null;
    }

    private HostModel? Heard(CutOrder order) =>
        FedBy(order.UpsId)
            .FirstOrDefault(h =>
                _state.Hosts.GetValueOrDefault(h.Id) is { Answers: true } view && view.SeenAt > order.OrderedAt
            );

    /// <summary>D2: mains was read again before our own host is told: if back, it stays up, and what would cut it off is taken
    /// back. So it is when it does not go down.</summary>
    private Sentence? WhyOwnHostStays(CutOrder order, int hostId)
    {
        var step = Down?.Steps.FirstOrDefault(s => s.Target.Kind == TargetKind.Host && s.Target.HostId == hostId);
        if (step is { AskedAt: null, Terminal: false })
            return CalledOff(step) is not null ? Sentence.Of($"mains is back, and {step.Target.Name} stays up")
                : Now - order.OrderedAt >= OwnHostWaits ? Sentence.Of($"{step.Target.Name} could not be told in time")
                : null;
        var up = _state.Hosts.GetValueOrDefault(hostId) is { Answers: true } view && view.SeenAt > order.OrderedAt;
        return up && step is not { Terminal: false }
            ? Sentence.Of($"{order.Name} feeds a host that did not go down")
            : null;
    }

    private void Abort(CutOrder order, Sentence why)
    {
        var id = _state.LastEffect + 1;
        _effects.Add(
            new Effect
            {
                Id = id,
                Kind = EffectKind.UpsAbortCut,
                HostId = 0,
                UpsId = order.UpsId,
                TargetKey = $"ups:{order.UpsId}",
                TargetName = order.Name,
                Action = StepAction.CutOutput,
                Limit = CutLimit,
            }
        );
        _state = _state with { LastEffect = id };
        SetOrder(order with { Effect = id, Abort = CutAbort.Asked, AbortAskedAt = Now });
        Tell("ups.cutAborts", NoticeLevel.Warning, $"The cut of {order.Name} is taken back: {why}.");
    }

    private bool TakeAbortEnd(EffectEnded end)
    {
        var order = _state.Cycle?.Cuts.Values.FirstOrDefault(o =>
            o.Abort == CutAbort.Asked && o.Effect == end.EffectId
        );
        if (order is null)
            return false;
        EndAbort(order, end.Ok, WordsOf(end));
        return true;
    }

    private void EndAbort(CutOrder order, bool ok, Sentence? words)
    {
        SetOrder(order with { Abort = ok ? CutAbort.Done : CutAbort.Refused });
        if (ok)
            Tell("ups.cutAborted", NoticeLevel.Warning, $"{order.Name} keeps its output on.");
        else
            Tell(
                "ups.cutRuns",
                NoticeLevel.Critical,
                $"{order.Name} did not take its order back: its output goes off, and returns with mains. {words}",
                ("target", order.Name)
            );
    }

    private void SetOrder(CutOrder order)
    {
        if (_state.Cycle is { } cycle)
            _state = _state with { Cycle = cycle with { Cuts = cycle.Cuts.SetItem(order.UpsId, order) } };
    }

    private void ForgetOrder(StepState step)
    {
        if (_state.Cycle is { } cycle && cycle.Cuts.ContainsKey(step.Target.Id ?? 0))
            _state = _state with { Cycle = cycle with { Cuts = cycle.Cuts.Remove(step.Target.Id ?? 0) } };
    }

    /// <summary>An order that will take this host's power, and was not taken back.</summary>
    private bool CutAwaits(int hostId) =>
        _state.Cycle?.Cuts.Values.Any(o =>
            o.Abort != CutAbort.Done && Now < o.EndsAt + CutSettles && Feeds(hostId).Any(s => s.UpsId == o.UpsId)
        ) == true;

    /// <summary>D2: our own host's power will be cut and nothing takes that back any more: it goes down whatever mains does.</summary>
    private bool MustGo(int hostId) =>
        OrderOver(hostId) is { } o && (o.Abort == CutAbort.Refused || Now - o.OrderedAt >= OwnHostWaits);

    private CutOrder? OrderOver(int hostId) =>
        _state.Cycle?.Cuts.Values.FirstOrDefault(o =>
            o.ManagerHostId == hostId && o.Abort != CutAbort.Done && Now < o.EndsAt
        );
}

using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Takes a host down: list, resolve every guest, ask, and prove that it is off (C4, C5, I2).</summary>
internal sealed partial class Turn
{
    private static readonly TimeSpan ListWithin = TimeSpan.FromSeconds(15);

    private void AdvanceHost(int index, StepState step)
    {
        if (!Model.Hosts.TryGetValue(step.Target.HostId, out var host))
        {
            Finish(index, StepStatus.Failed, null, $"No such host is known any more.");
            return;
        }
        var view = _state.Hosts.GetValueOrDefault(host.Id);
        if (InFlight(step) || (step.ResultLost && view is null && Now - _state.ResumedAt < ListWithin))
            return;
        if (step.Ladder[step.Rung].Action == StepAction.BmcOff)
            AdvanceBmc(index, step, view);
        else if (AcceptedAt(step, view) is { } accepted)
            ProveOff(index, step, host, view, accepted);
        else if (
            step.AskedAt is null
            && view is { Answers: false, HasPower: not true }
            && (view.ProvedOffAt is not null || EntryOf(KeyOf(step.Target)) is { ProvedOff: true })
        )
            Finish(index, StepStatus.Done, $"it was proved off before, and is silent since", null);
        else if (CalledOff(step) is { } why && !MustGo(host.Id))
        {
            // What will cut its power is taken back first; else it has to go (D2).
            if (OrderOver(host.Id) is null)
                Finish(index, StepStatus.Cancelled, null, why);
        }
        else if (
            (!HeldBack(step) || MustGo(host.Id))
            && !Order.AnyOpenBelow(StepList.RankOf(Model, step))
            && !Order.AnyNeedsIt(index)
            && !ServesOthers(step, StepList.RankOf(Model, step))
            && GuestsResolved(step, host, view)
            && (host.Rank != HostRank.Manager || MainsWasReadAgain(step, host))
        )
            AskHost(index, step, view);
    }

    /// <summary>D2: before our own host is told, what feeds it is read again. One that is silent is not waited for long.</summary>
    private bool MainsWasReadAgain(StepState step, HostModel host) =>
        Now - step.BeganAt >= FreshFor
        || Model
            .SuppliesOf(host)
            .All(s =>
                !_state.Upses.TryGetValue(s.UpsId, out var ups) || ups.Untrusted || ups.Last?.Taken > step.BeganAt
            );

    /// <summary>Asked for when the step begins: who waits for the next poll gives time on battery away.</summary>
    private void ReadMainsAgain(StepState step)
    {
        if (
            step is { Target.Kind: TargetKind.Host, Action: StepAction.Shutdown }
            && Model.Hosts.GetValueOrDefault(step.Target.HostId) is { Rank: HostRank.Manager } own
        )
            _readNow = _readNow.Union(Model.SuppliesOf(own).Select(s => s.UpsId));
    }

    /// <summary>I3: whether the ask got through is not known when its result was lost with the process. Silence says yes;
    /// a host that still answers is asked again, or with mains back is waited for.</summary>
    private TimeSpan? AcceptedAt(StepState step, HostView? view) =>
        step.AcceptedAt ?? (step.ResultLost && (view is { Answers: false } || HeldBack(step)) ? step.AskedAt : null);

    /// <summary>I2, C5: the guests were listed since the step began, none runs but those that were given up, and no step
    /// that is about this host is open.</summary>
    private bool GuestsResolved(StepState step, HostModel host, HostView? view)
    {
        // Listing again is bounded: a host that cannot list must still be told in time.
        var since = Later(step.BeganAt ?? Now, _state.ResumedAt ?? TimeSpan.MinValue);
        if (host.HasGuests && !(view?.SeenAt >= since) && Now - since < ListWithin)
            return false;
        var goesLate = Ranks.IsShared(Model, step) || StepList.RankOf(Model, step) == Ranks.ServingHost;
        var resolved = !goesLate || !FoundUsers(step);
        foreach (var (key, guest) in RunningOn(host.Id))
        {
            if (Model.IsManagerGuest(key))
                continue; // That is us: it goes down with its host (C6).
            var known = Order.StepOf(key);
            if (known is null)
                AddUncovered(step, host, guest);
            // Off was proved, yet it runs: it came back and is taken up again.
            var cameBack =
                known is { } k && Run?.Steps[k] is { Status: StepStatus.Done } done && guest.SeenAt > done.OverAt;
            resolved &= known is not null && !cameBack;
        }
        foreach (var i in Order.OpenOn(host.Id))
        {
            if (Run?.Steps[i] is not { Terminal: false } open)
                continue;
            if (open.Target.Kind == TargetKind.Guest)
                SetStep(i, open with { Selected = true });
            resolved &= open is { Target.Kind: not TargetKind.Guest, Selected: false };
        }
        return resolved;
    }

    /// <summary>C6: guests in no step, on other hosts that go down too, may use this storage or network: they are taken up
    /// before it is told, as before what serves a UPS (A10).</summary>
    private bool FoundUsers(StepState step)
    {
        var found = false;
        foreach (
            var other in (Run?.Steps ?? []).Where(s =>
                s is { Selected: true, Terminal: false, Target.Kind: TargetKind.Host, Action: StepAction.Shutdown }
                && s.Target.HostId != step.Target.HostId
            )
        )
        {
            if (!Model.Hosts.TryGetValue(other.Target.HostId, out var host))
                continue;
            foreach (var (key, guest) in RunningOn(host.Id))
            {
                if (Model.IsManagerGuest(key) || Order.StepOf(key) is not null)
                    continue;
                AddUncovered(other, host, guest);
                found = true;
            }
        }
        return found;
    }

    private IEnumerable<KeyValuePair<string, GuestView>> RunningOn(int hostId)
    {
        _running ??= _state
            .Guests.Where(g => g.Value.Power is PowerState.Running or PowerState.Paused)
            .ToLookup(g => g.Value.HostId);
        return _running[hostId];
    }

    private ILookup<int, KeyValuePair<string, GuestView>>? _running;

    private void AddUncovered(StepState hostStep, HostModel host, GuestView guest)
    {
        if (Run is not { } run)
            return;
        // Called off, or in maintenance: what the plan says of it holds all the same.
        var key = KeyOf(TargetRef.Of(guest));
        var own = StepList.Shutdown(Model, _state).FirstOrDefault(s => s.MovesTarget && KeyOf(s.Target) == key);
        var step = new StepState
        {
            Phase = hostStep.Phase,
            PhaseIndex = hostStep.PhaseIndex,
            Target = TargetRef.Of(guest),
            Action = StepAction.Shutdown,
            Ladder = own?.Ladder ?? host.DefaultLadder,
            NeverForce = own?.NeverForce ?? false,
            Uncovered = true,
            Selected = true,
            Needs = Model.Graph.NeedsOf(TargetRef.Of(guest)),
        };
        SetRun(run with { Steps = run.Steps.Add(step) });
        _order = null;
        Tell(
            "step.uncovered",
            NoticeLevel.Warning,
            $"{guest.Name} runs on {host.Name} and is in no step: it is shut down before its host.",
            ("target", guest.Name)
        );
    }

    private void AskHost(int index, StepState step, HostView? view)
    {
        var limit = TimeSpan.FromSeconds(step.Ladder[step.Rung].TimeoutSeconds);
        var since = step.AskedAt is null ? Now : step.RungAt;
        if (TakesSecondPath(index, step))
            return;
        if (step.AskedAt is not null && Now - since >= limit)
        {
            Sentence words =
                $"It was asked {step.Attempt} times and did not accept. {step.Detail ?? Sentence.Verbatim(view?.Words ?? "")}";
            GiveUp(index, step, view?.Answers == true ? StepStatus.Failed : StepStatus.Unknown, words);
            return;
        }
        if (step.AskedAt is { } asked && Now - asked < RepeatAfter)
            return;
        var effect = Issue(step, EffectKind.HostShutdown, StepAction.Shutdown, limit < CallLimit ? limit : CallLimit);
        SetStep(
            index,
            step with
            {
                Effect = effect,
                RungAt = since,
                AskedAt = Now,
                AcceptedAt = null,
                ResultLost = false,
                Attempt = step.Attempt + 1,
                Detail = view is { Answers: true }
                    ? step.Detail
                    : Sentence.Of($"It is told without a list of its guests: {view?.Words}"),
            }
        );
        Mark(KeyOf(step.Target), e => e with { AskedAt = Now, SeenOff = false, ProvedOff = false });
        if (Run is { } run && Model.Hosts.GetValueOrDefault(step.Target.HostId)?.Rank == HostRank.Manager)
            SetRun(run with { PastNoReturn = true });
    }
}

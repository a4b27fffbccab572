using System.Collections.Immutable;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>Takes in what was observed.</summary>
internal sealed partial class Turn
{
    public void Take(Observation observation)
    {
        switch (observation)
        {
            case UpsObserved ups:
                TakeUps(ups.What);
                break;
            case HostAnswered answer:
                TakeAnswer(answer);
                break;
            case HostMissed miss:
                TakeMiss(miss);
                break;
            case EffectEnded end:
                TakeEnd(end);
                break;
            case Resumed resumed:
                TakeResumed(resumed);
                break;
            case RunRequested request:
                TakeRequest(request);
                break;
            case CancelRequested cancel:
                TakeCancel(cancel);
                break;
            case HoldRequested hold:
                SetHold(hold.Actor, hold.HoldUntil, hold.EvenIfCritical);
                break;
            case ReleaseRequested release when _state.Hold is not null:
                _state = _state with { Hold = null };
                Tell("plan.released", NoticeLevel.Info, $"{release.Actor} released the hold on \"{Plan.Name}\".");
                break;
            case PersonActed act:
                TakePerson(act);
                break;
            case CycleDismissed dismissed:
                TakeDismissed(dismissed);
                break;
            case HostProvedOff off:
                TakeProvedOff(off);
                break;
            case DebtSettled settled:
                TakeSettled(settled);
                break;
            case CanaryObserved canary:
                TakeCanary(canary);
                break;
            case MaintenanceRequested maintenance:
                TakeMaintenance(maintenance);
                break;
            case MaintenanceEnded ended when _state.Maintenance is not null:
                EndMaintenance($"{ended.Actor} ended it");
                break;
            case PlannedCancelled cancelled:
                TakePlannedCancelled(cancelled);
                break;
        }
    }

    private void TakeUps(UpsObservation what)
    {
        if (_state.Witnesses.TryGetValue(what.UpsId, out var witness))
            _state = _state with { Witnesses = _state.Witnesses.SetItem(what.UpsId, witness.Observe(what)) };
        if (!_state.Upses.TryGetValue(what.UpsId, out var known))
            return;
        var next = known.Observe(what);
        _refresh |= next.OnBatterySeen && !known.OnBatterySeen;
        _state = _state with { Upses = _state.Upses.SetItem(what.UpsId, next) };
    }

    private void TakeAnswer(HostAnswered answer)
    {
        // Two observers of one host may tell out of order: the older look says nothing any more.
        if (_state.Hosts.GetValueOrDefault(answer.HostId)?.TriedAt > answer.Taken)
            return;
        var view = new HostView
        {
            Answers = true,
            SeenAt = answer.Taken,
            TriedAt = answer.Taken,
            NotReady = answer.NotReady,
        };
        _state = _state with { Hosts = _state.Hosts.SetItem(answer.HostId, view), Guests = GuestsAfter(answer) };
        AddToSnapshot(answer.HostId);
        NoteOff(answer.HostId);
        NoteReturn(answer.HostId);
        NoteUp(answer);
    }

    private ImmutableSortedDictionary<string, GuestView> GuestsAfter(HostAnswered answer)
    {
        var guests = _state.Guests.ToBuilder();
        foreach (var seen in answer.Guests)
        {
            var key = GuestModel.KeyOf(answer.Realm, seen.ExternalId);
            // Seen off here says nothing while another host of the realm runs it (C5).
            if (
                seen.Power != PowerState.Running
                && guests.TryGetValue(key, out var elsewhere)
                && elsewhere.HostId != answer.HostId
                && elsewhere.Power == PowerState.Running
                && elsewhere.SeenAt > answer.Taken - TimeSpan.FromSeconds(5)
            )
                continue;
            guests[key] = new GuestView
            {
                Realm = answer.Realm,
                ExternalId = seen.ExternalId,
                Name = seen.Name,
                HostId = answer.HostId,
                Power = seen.Power,
                SeenAt = answer.Taken,
                Id = seen.Id,
            };
        }
        AddAbsent(guests, answer);
        return guests.ToImmutable();
    }

    /// <summary>What a host no longer lists is off if the list covers the realm, else unknown (C5).</summary>
    private void AddAbsent(ImmutableSortedDictionary<string, GuestView>.Builder guests, HostAnswered answer)
    {
        var listed = answer.Guests.Select(g => GuestModel.KeyOf(answer.Realm, g.ExternalId)).ToHashSet();
        foreach (
            var (key, gone) in guests.Where(g => g.Value.HostId == answer.HostId && !listed.Contains(g.Key)).ToList()
        )
        {
            var power = answer.WholeRealm && gone.Realm == answer.Realm ? PowerState.Off : PowerState.Unknown;
            guests[key] = gone with { Power = power, SeenAt = answer.Taken };
        }
        foreach (var guest in answer.WholeRealm ? Model.Guests.Values : [])
        {
            if (guest.Realm == answer.Realm && !guests.ContainsKey(guest.Key))
                guests[guest.Key] = Vanished(guest, answer);
        }
    }

    /// <summary>Named by the plan, and nowhere in its realm: it does not run (C5).</summary>
    private static GuestView Vanished(GuestModel guest, HostAnswered answer) =>
        new()
        {
            Realm = guest.Realm,
            ExternalId = guest.ExternalId,
            Name = guest.Name,
            HostId = answer.HostId,
            Power = PowerState.Off,
            SeenAt = answer.Taken,
            Id = guest.Id,
        };

    private void TakeMiss(HostMissed miss)
    {
        var known = _state.Hosts.GetValueOrDefault(miss.HostId) ?? new HostView();
        if (known.TriedAt > miss.Taken)
            return;
        var witnessed = miss is { Silent: true, WitnessAnswers: true };
        _state = _state with
        {
            Hosts = _state.Hosts.SetItem(
                miss.HostId,
                known with
                {
                    Answers = miss.Silent ? false : null,
                    TriedAt = miss.Taken,
                    SilentSince = miss.Silent ? known.SilentSince ?? miss.Taken : null,
                    WitnessedSilenceSince = witnessed ? known.WitnessedSilenceSince ?? miss.Taken : null,
                    Refused = miss.Refused,
                    // What it said last holds while it is asked in vain, else one lost answer makes silence a proof again.
                    HasPower = miss.Heard ? null : miss.HasPower ?? known.HasPower,
                    NoAnswer = miss.Silent || miss.NoAnswer,
                    ProvedOffAt = miss.Heard || miss.HasPower == true ? null : known.ProvedOffAt,
                    Words = miss.Words,
                }
            ),
        };
        NoteLoss(miss.HostId);
    }

    private void TakeEnd(EffectEnded end)
    {
        if (end.WasSoBefore)
            DropDebtOf(end);
        if (TakeDebtEnd(end) || TakeAbortEnd(end) || Run is not { } run)
            return;
        for (var i = 0; i < run.Steps.Length; i++)
        {
            var step = run.Steps[i];
            if (step.Effect != end.EffectId)
                continue;
            var ended = step with { Effect = null, Detail = WordsOf(end) ?? step.Detail };
            SetStep(i, end.Ok ? ended with { AcceptedAt = Now } : ended with { AcceptedAt = null });
            if (step.Action == StepAction.Command || run.Kind == RunKind.Rehearsal)
                FinishByWord(i, end);
            else if (end.TrustChanged)
                _untrusted = i;
            return;
        }
    }

    /// <summary>Commands and probes have no state to verify: the peer's word is all there is.</summary>
    private void FinishByWord(int index, EffectEnded end)
    {
        if (Run is not { } run || run.Steps[index].Terminal)
            return;
        Finish(
            index,
            end.Ok ? StepStatus.Done : StepStatus.Failed,
            !end.Ok ? null
                : run.Kind == RunKind.Rehearsal ? Sentence.Of($"nothing stands in the way")
                : run.Steps[index].Http is not null ? Sentence.Of($"the answer was as expected")
                : Sentence.Of($"the host reported success"),
            WordsOf(end)
        );
    }

    private static Sentence? WordsOf(EffectEnded end) => end.Words is { } words ? Sentence.Verbatim(words) : null;
}

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
        }
    }

    private void TakeUps(UpsObservation what)
    {
        if (!_state.Upses.TryGetValue(what.UpsId, out var known))
            return;
        var next = known.Observe(what);
        _firstSign |= next.OnBatterySeen && !known.OnBatterySeen;
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
        };
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
        var listed = answer.Guests.Select(g => GuestModel.KeyOf(answer.Realm, g.ExternalId)).ToHashSet();
        foreach (
            var (key, gone) in guests.Where(g => g.Value.HostId == answer.HostId && !listed.Contains(g.Key)).ToList()
        )
        {
            var power = answer.WholeRealm && gone.Realm == answer.Realm ? PowerState.Off : PowerState.Unknown;
            guests[key] = gone with { Power = power, SeenAt = answer.Taken };
        }
        _state = _state with { Hosts = _state.Hosts.SetItem(answer.HostId, view), Guests = guests.ToImmutable() };
        AddToSnapshot(answer.HostId);
    }

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
                    Words = miss.Words,
                }
            ),
        };
    }

    private void TakeEnd(EffectEnded end)
    {
        if (Run is not { } run)
            return;
        for (var i = 0; i < run.Steps.Length; i++)
        {
            var step = run.Steps[i];
            if (step.Effect != end.EffectId)
                continue;
            var ended = step with { Effect = null, Detail = end.Words ?? step.Detail };
            SetStep(i, end.Ok ? ended with { AcceptedAt = Now } : ended with { AcceptedAt = null });
            if (step.Action == StepAction.Command || run.Kind == RunKind.Rehearsal)
                FinishByWord(i, end);
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
            end.Ok ? "the host reported success" : null,
            end.Words
        );
    }

    /// <summary>F6, F7, I3: effects in flight are forgotten; what they did is learned by looking, before anything is asked
    /// again. A command cannot be looked at: it is not repeated.</summary>
    private void TakeResumed(Resumed resumed)
    {
        _state = _state with
        {
            Outages = resumed.NewBoot ? [] : _state.Outages,
            Cycle = resumed.NewBoot && _state.Cycle is { } cycle ? cycle with { WaitingSince = null } : _state.Cycle,
            Upses = _state.Upses.ToImmutableSortedDictionary(
                u => u.Key,
                u => resumed.NewBoot ? UpsEvidence.Unseen(u.Value.Policy, Now) : u.Value.Resumed(Now)
            ),
            Hosts = ImmutableSortedDictionary<int, HostView>.Empty,
            Guests = _state.Guests.ToImmutableSortedDictionary(
                g => g.Key,
                g => g.Value with { Power = PowerState.Unknown, SeenAt = TimeSpan.MinValue },
                StringComparer.Ordinal
            ),
        };
        if (Run is not { } run)
            return;
        for (var i = 0; i < run.Steps.Length; i++)
        {
            var step = run.Steps[i];
            if (step.Terminal || step.Effect is null)
                continue;
            SetStep(i, step with { Effect = null, Detail = "The manager restarted while this was asked." });
            if (step.Action == StepAction.Command)
                Finish(
                    i,
                    StepStatus.Unknown,
                    null,
                    "The manager restarted while this command ran; it is not repeated."
                );
        }
        if (resumed.NewBoot)
            CloseAfterBoot(run);
    }

    /// <summary>F7: a new boot means that power is here; an open run is closed and startup is evaluated.</summary>
    private void CloseAfterBoot(RunState run)
    {
        for (var i = 0; i < run.Steps.Length; i++)
        {
            if (run.Steps[i] is { Terminal: false } step)
            {
                var status = step.Status == StepStatus.Running ? StepStatus.Unknown : StepStatus.Cancelled;
                Finish(i, status, null, "The machine that runs the manager was started anew.");
            }
        }
        EndRunAs(RunStatus.Cancelled, "The machine that runs the manager was started anew.");
    }

    private void TakePerson(PersonActed act)
    {
        if (_state.Cycle is not { } cycle || !cycle.Snapshot.TryGetValue(act.TargetKey, out var entry))
            return;
        _state = _state with
        {
            Cycle = cycle with
            {
                Snapshot = cycle.Snapshot.SetItem(act.TargetKey, entry with { ByPerson = act.Stopped }),
            },
        };
    }

    private void SetHold(string by, DateTimeOffset? until, bool evenIfCritical)
    {
        _state = _state with
        {
            Hold = new HoldState
            {
                By = by,
                Since = now.Wall,
                Until = until,
                EvenIfCritical = evenIfCritical,
                SawOutage = _state.Upses.Values.Any(u => u.InOutage || u.FsdActive),
            },
        };
        Tell(
            "plan.held",
            NoticeLevel.Warning,
            $"{by} holds \"{Plan.Name}\": no automatic run{(until is { } t ? $" until {t:u}" : "")}"
                + (evenIfCritical ? ", not even when the power is critical." : ", unless the power becomes critical.")
        );
    }
}

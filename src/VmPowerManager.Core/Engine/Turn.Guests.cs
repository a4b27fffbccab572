using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>Takes a guest down: look, ask, verify, climb (C3, C5).</summary>
internal sealed partial class Turn
{
    /// <summary>From a host's first answer until the UPS server on it speaks.</summary>
    private static readonly TimeSpan ReadingsWithin = TimeSpan.FromSeconds(120);

    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(15);

    /// <summary>Past its limit an effect without a result is given up: nothing waits for ever (I6).</summary>
    private static readonly TimeSpan NoWordAfter = TimeSpan.FromSeconds(10);

    private void AdvanceGuest(int index, StepState step)
    {
        var view = ViewOf(step.Target);
        if (OffBy(step, view) is { } evidence)
        {
            Finish(index, StepStatus.Done, evidence, null);
            return;
        }
        if (InFlight(step) || StillLooking(step, view))
            return;
        if (step.AskedAt is null && CalledOff(step) is { } why)
        {
            Finish(index, StepStatus.Cancelled, null, why);
            return;
        }
        // Who needs it was started behind our back: it goes down first, and nothing is taken from under it (C6).
        if (Order.AnyNeedsIt(index))
            return;
        var rung = step.Ladder[step.Rung];
        if (IsAsked(step) && Now - step.RungAt >= LimitOf(step))
            Climb(index, step);
        else if (!HeldBack(step) && AskIsDue(step, rung))
            Ask(index, step, rung);
    }

    /// <summary>What proves that a guest does not run, or null. A guest of a silent host cannot have been started since it
    /// was seen off.</summary>
    private Sentence? OffBy(StepState step, GuestView? view)
    {
        if (view is { Power: PowerState.Off or PowerState.Saved } && IsFresh(view))
            return view.Power == PowerState.Off
                ? Sentence.Of($"{HostName(view.HostId)} reports it off")
                : Sentence.Of($"{HostName(view.HostId)} reports it saved");
        var hostId = HostOf(step.Target);
        if (_state.Hosts.GetValueOrDefault(hostId) is not { Answers: false })
            return null;
        if (EntryOf(TargetRef.HostKey(hostId)) is { Stopped: true, ProvedOff: true })
            return $"{HostName(hostId)} is off";
        var lastOff =
            view is { Power: PowerState.Off or PowerState.Saved }
            || (view?.Power is null or PowerState.Unknown && EntryOf(KeyOf(step.Target)) is { SeenOff: true });
        return lastOff
            ? Sentence.Of($"it was off when {HostName(hostId)} was last heard, which is silent since")
            : null;
    }

    private bool IsFresh(GuestView? view) => view?.SeenAt >= Now - FreshFor;

    /// <summary>Located and looked at before it is asked, after a restart too (C5, I3); a host that does not answer is
    /// asked blindly after a while.</summary>
    private bool StillLooking(StepState step, GuestView? view) =>
        !IsFresh(view) && Now - Later(step.BeganAt ?? Now, _state.ResumedAt ?? TimeSpan.MinValue) < LookFor;

    private bool InFlight(StepState step) =>
        step is { Effect: not null, AskedAt: { } asked } && Now - asked < Later(CallLimit, LimitOf(step)) + NoWordAfter;

    private static bool AskedOnRung(StepState step) => step.AskedAt >= step.RungAt;

    /// <summary>Asked, and the ask has left: one whose result a restart lost may not have, so that it is made again, and
    /// the rung's time begins anew (I3).</summary>
    private bool IsAsked(StepState step) => AskedOnRung(step) && (!step.ResultLost || HeldBack(step));

    /// <summary>An ACPI press is lost while a guest boots: it is repeated. A refused ask is tried again (C3).</summary>
    private bool AskIsDue(StepState step, RungDefinition rung)
    {
        if (step.AskedAt is not { } asked || !IsAsked(step))
            return true;
        var wait = step.AcceptedAt is null ? RetryAfter : RepeatAfter;
        return Now - asked >= wait && (rung.Action == StepAction.Shutdown || step.AcceptedAt is null);
    }

    /// <summary>A rung's time runs from its first ask, and no ask outlasts it by more than a moment (I6).</summary>
    private void Ask(int index, StepState step, RungDefinition rung)
    {
        var since = IsAsked(step) ? step.RungAt : Now;
        var left = Later(LimitOf(step) - (Now - (since ?? Now)), TimeSpan.FromSeconds(2));
        var limit = rung.Action == StepAction.Save || left < CallLimit ? left : CallLimit;
        var effect = Issue(step, EffectKind.GuestPower, rung.Action, limit, rung.Via);
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
            }
        );
        Mark(KeyOf(step.Target), e => e with { AskedAt = Now, SeenOff = false });
    }

    /// <summary>Nothing is given up before hosts and UPSes were heard, as they would have been without the restart (I3).</summary>
    private bool JustBack => _state.ResumedAt is { } resumed && Now - resumed < LookFor;

    /// <summary>The rung's time is over: the next one, or the end. With mains back nothing is forced (D2).</summary>
    private void Climb(int index, StepState step)
    {
        if (JustBack)
            return;
        if (HeldBack(step))
        {
            if (CalledOff(step) is { } why)
                Finish(index, StepStatus.Cancelled, null, $"It still runs, and is left running. {why}");
            return;
        }
        if (step.Rung + 1 < step.Ladder.Length)
        {
            var next = step.Ladder[step.Rung + 1];
            Tell(
                "step.climbed",
                NoticeLevel.Warning,
                $"{step.Target.Name} did not stop in time; next: {Words.Of(next.Action)}.",
                ("target", step.Target.Name)
            );
            SetStep(index, step with { Rung = step.Rung + 1, RungAt = Now, AcceptedAt = null });
            return;
        }
        var tried = step.Ladder.Select(r => Sentence.Of($"{Words.Of(r.Action)} {r.TimeoutSeconds} s"));
        Finish(index, StepStatus.Failed, null, $"It is not off after {Sentence.Join(", ", tried)}. {step.Detail}");
    }

    /// <summary>C5: off is held: what comes back is stopped again, twice at most. Hosts too: firmware that restores
    /// power may wake one in a flicker.</summary>
    private void HoldOff(int index, StepState step)
    {
        if (RunsSince(step) is not { } seen || seen <= step.OverAt || HeldBack(step) || InMaintenance(step.Target))
            return;
        if (AwaitsReadings(index, step))
            return;
        if (step.CameBack >= 2)
        {
            Finish(index, StepStatus.Failed, null, $"It was started again by somebody else, three times.");
            return;
        }
        Tell(
            "step.cameBack",
            NoticeLevel.Warning,
            $"{step.Target.Name} runs again and is stopped once more.",
            ("target", step.Target.Name)
        );
        SetStep(index, Again(step));
    }

    /// <summary>A10: what feeds this host is read through something that was stopped. That it comes up by itself may well be
    /// the return of mains: the server of the UPS is given time to say so, or both would go on for ever.</summary>
    private bool AwaitsReadings(int index, StepState step)
    {
        var blind =
            step.Target.Kind == TargetKind.Host
            && Feeds(step.Target.HostId)
                .Any(f => _state.Upses.GetValueOrDefault(f.UpsId) is { LossExpected: true, Comm: not Comm.Ok });
        if (!blind)
            return false;
        if (step.UpAt is not { } up || up <= step.OverAt)
            SetStep(index, step with { UpAt = up = Now });
        return Now - up < ReadingsWithin;
    }

    private TimeSpan? RunsSince(StepState step) =>
        step.Target.Kind switch
        {
            TargetKind.Guest => ViewOf(step.Target) is { Power: PowerState.Running } view ? view.SeenAt : null,
            TargetKind.Host => _state.Hosts.GetValueOrDefault(step.Target.HostId) is { Answers: true } host
                ? host.SeenAt
                : null,
            _ => null,
        };

    private StepState Again(StepState step) =>
        step with
        {
            Status = StepStatus.Running,
            CameBack = step.CameBack + 1,
            Rung = 0,
            RungAt = Now,
            BeganAt = Now,
            AskedAt = null,
            AcceptedAt = null,
            OverAt = null,
            EndedAt = null,
            Evidence = null,
        };

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}

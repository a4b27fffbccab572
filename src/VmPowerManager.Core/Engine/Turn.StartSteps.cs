using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Moves the steps of a startup on: gates, order, readiness (POLICY E3-E5).</summary>
internal sealed partial class Turn
{
    private static readonly TimeSpan HostUpWithin = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan GuestUpWithin = TimeSpan.FromSeconds(120);

    private void AdvanceStart(int index, StepState step)
    {
        if (step.Status == StepStatus.Pending && MayStart(index, step))
        {
            step = step with { Status = StepStatus.Running, BeganAt = Now, RungAt = Now, StartedAt = now.Wall };
            SetStep(index, step);
            if (step.Target.Kind == TargetKind.Guest)
                Order.Begun(HostOf(step.Target));
        }
        if (step.Status == StepStatus.Running && step.Target.Kind == TargetKind.Host)
            AdoptHost(index, step);
        else if (step.Status == StepStatus.Running)
            StartGuest(index, step);
        else if (step is { Status: StepStatus.Done, Target.Kind: TargetKind.Guest, CameBack: < 2 } && FellAgain(step))
            SetStep(index, Again(step));
    }

    /// <summary>A guest that was asked to stop before mains returned may still do so: it is started again.</summary>
    private bool FellAgain(StepState step) =>
        ViewOf(step.Target) is { Power: PowerState.Off } view && view.SeenAt > step.OverAt;

    private bool MayStart(int index, StepState step)
    {
        if (Run is not { } run || StoppedByPerson(step) || !RoomOnHost(step))
            return false;
        if (!HostIsReady(index, step, run))
            return false;
        if (!HasPower(step, run))
            return false;
        var rank = StepList.RankOf(Model, step);
        return !run.Steps.Any(s => !s.Terminal && GoesFirst(s, step, rank, run));
    }

    /// <summary>E3, E5: its gates are passed; the first reading on battery pauses new starts.</summary>
    private bool HasPower(StepState step, RunState run) =>
        run.Cause is RunCause.Manual or RunCause.Drill
            ? run.Force || !AnyTrouble || SupplyOf(step.Target).OnMains
            : GatePasses(FedAs(step.Target));

    /// <summary>E4, C6: network and storage before their users whatever the phases say, then phase by phase. A guest that
    /// is placed before its own host waits for it, and keeps nobody waiting.</summary>
    private bool GoesFirst(StepState other, StepState step, int rank, RunState run)
    {
        var r = StepList.RankOf(Model, other);
        if (r > rank)
            return true;
        if (r < rank || other.PhaseIndex >= step.PhaseIndex)
            return false;
        return other.Target.Kind == TargetKind.Host
            || HostStep(other, run) is not { Terminal: false } host
            || host.PhaseIndex <= other.PhaseIndex;
    }

    private StepState? HostStep(StepState guest, RunState run) =>
        run.Steps.FirstOrDefault(s => s.Target.Kind == TargetKind.Host && s.Target.HostId == HostOf(guest.Target));

    private bool HostIsReady(int index, StepState step, RunState run)
    {
        if (step.Target.Kind == TargetKind.Host)
            return true;
        var host = HostStep(step, run);
        if (host is { Terminal: true, Status: not StepStatus.Done })
        {
            Finish(index, StepStatus.Failed, null, $"Its host {host.Target.Name} did not come up.");
            return false;
        }
        return host?.Terminal != false;
    }

    /// <summary>E4: a host that answers is adopted, whoever woke it.</summary>
    private void AdoptHost(int index, StepState step)
    {
        var view = _state.Hosts.GetValueOrDefault(step.Target.HostId);
        if (view is { Answers: true } && view.SeenAt >= step.BeganAt - FreshFor)
        {
            // Asked to go down a moment ago: that it still answers is not its last word.
            if (!Unsettled(EntryOf(KeyOf(step.Target))))
                Finish(index, StepStatus.Done, $"it answers", null);
        }
        else if (Now - step.BeganAt >= HostUpWithin)
            Finish(
                index,
                StepStatus.Failed,
                null,
                $"It did not come up within {Words.Duration(HostUpWithin.TotalSeconds)}, and no wake method is set: {view?.Words}"
            );
    }

    private void StartGuest(int index, StepState step)
    {
        var view = ViewOf(step.Target);
        // A platform may show a guest that it starts as paused for a moment: that is not what it was before.
        var wasPaused = EntryOf(KeyOf(step.Target))?.Power == PowerState.Paused;
        var isBack = view is { Power: PowerState.Running } || (wasPaused && view is { Power: PowerState.Paused });
        if (view is not null && isBack && IsFresh(view))
        {
            Finish(
                index,
                StepStatus.Done,
                $"{HostName(view.HostId)} reports it {view.Power.ToString().ToLowerInvariant()}",
                null
            );
            return;
        }
        if (InFlight(step) || StillLooking(step, view))
            return;
        // E5: mains went while it was looked for: it has not begun yet.
        if (step.AskedAt is null && Run is { } run && !HasPower(step, run))
        {
            SetStep(index, step with { Status = StepStatus.Pending, BeganAt = null, RungAt = null, StartedAt = null });
            return;
        }
        if (Now - step.BeganAt >= GuestUpWithin)
            Finish(
                index,
                StepStatus.Failed,
                null,
                $"It does not run after {Words.Duration(GuestUpWithin.TotalSeconds)}. {step.Detail}"
            );
        else if (step.AskedAt is not { } asked || Now - asked >= RepeatAfter)
            SetStep(
                index,
                step with
                {
                    Effect = Issue(step, EffectKind.GuestPower, StepAction.Start, TimeSpan.FromSeconds(30)),
                    AskedAt = Now,
                    AcceptedAt = null,
                    Attempt = step.Attempt + 1,
                }
            );
    }
}

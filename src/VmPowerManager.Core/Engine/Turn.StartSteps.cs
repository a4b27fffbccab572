using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Moves the steps of a startup on: gates, order, readiness (POLICY E3-E5).</summary>
internal sealed partial class Turn
{
    private static readonly TimeSpan HostUpWithin = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan GuestUpWithin = TimeSpan.FromSeconds(120);

    private StartOrder? StartingOrderOrNull { get; set; }

    private StartOrder StartingOrder
    {
        get
        {
            if (StartingOrderOrNull is not { } order)
            {
                var lit = new Dictionary<int, bool>();
                StartingOrderOrNull = order = StartOrder.Of(
                    Model,
                    Run?.Steps ?? [],
                    HostOf,
                    KeyOf,
                    step => step.Status == StepStatus.Pending && !IsLit(lit, FedAs(step.Target))
                );
            }
            return order;
        }
    }

    /// <summary>There is mains for it, in whatever state the battery is; hosts are few, steps many.</summary>
    private bool IsLit(Dictionary<int, bool> known, int hostId) =>
        known.TryGetValue(hostId, out var lit) ? lit : known[hostId] = OnLineFor(hostId, TimeSpan.Zero);

    private void AdvanceStart(int index, StepState step)
    {
        if (step.Status == StepStatus.Pending && MayStart(index, step))
        {
            step = step with { Status = StepStatus.Running, BeganAt = Now, RungAt = Now, StartedAt = now.Wall };
            SetStep(index, step);
            if (step is { Target.Kind: TargetKind.Guest, MovesTarget: true })
                StartingOrder.Begun(HostOf(step.Target));
        }
        if (step.Status == StepStatus.Running)
            Bring(index, step);
    }

    /// <summary>Before anything begins: who needs what has just fallen again waits for it (E4).</summary>
    private void TakeUpWhatFell()
    {
        for (var i = 0; Run is { Kind: RunKind.Startup } up && i < up.Steps.Length; i++)
        {
            if (
                up.Steps[i] is { Status: StepStatus.Done, Action: StepAction.Start, CameBack: < 2 } done
                && FellAgain(done)
            )
                SetStep(i, Again(done) with { UpAt = null });
        }
    }

    private void Bring(int index, StepState step)
    {
        switch (step)
        {
            case { Action: StepAction.Command }:
                AdvanceCommand(index, step);
                break;
            case { Action: StepAction.WaitUntil }:
                AdvanceWait(index, step);
                break;
            case { Target.Kind: TargetKind.Host }:
                BringHost(index, step);
                break;
            default:
                StartGuest(index, step);
                break;
        }
    }

    /// <summary>A guest that was asked to stop before mains returned may still do so: it is started again.</summary>
    private bool FellAgain(StepState step) =>
        ViewOf(step.Target) is { Power: PowerState.Off } view && view.SeenAt > step.OverAt;

    private bool MayStart(int index, StepState step)
    {
        if (Run is not { } run || StoppedByPerson(step) || (step.MovesTarget && !HasRoomToStart(step)))
            return false;
        if (!HostIsReady(index, step) || !NeedsAreReady(index, step))
            return false;
        return IsPowered(step, run) && !StartingOrder.AnyGoesFirst(index) && InStartTurn(index, step, run);
    }

    /// <summary>E3, E5: the first reading on battery pauses new starts. A person's run asks for mains only.</summary>
    private bool IsPowered(StepState step, RunState run) =>
        run.Cause is RunCause.Manual or RunCause.Drill
            ? run.Force || !AnyTrouble || SupplyOf(step.Target).OnMains
            : StartGatePasses(step) || IsUpByItself(step);

    /// <summary>E4: a host that came up is adopted, whatever its own supply says.</summary>
    private bool IsUpByItself(StepState step) =>
        step.Action == StepAction.Wake && ObservedUp(step.Target) && !Unsettled(EntryOf(KeyOf(step.Target)));

    /// <summary>E5: begun, but not asked for before the battery came into use: it waits anew, with its whole time.</summary>
    private bool WaitsAnew(int index, StepState step)
    {
        if (step.AskedAt is not null || Run is not { } run || IsPowered(step, run))
            return false;
        SetStep(index, step with { Status = StepStatus.Pending, BeganAt = null, RungAt = null, StartedAt = null });
        return true;
    }

    private bool HasRoomToStart(StepState step) =>
        step.Target.Kind != TargetKind.Guest
        || !Model.Hosts.TryGetValue(HostOf(step.Target), out var host)
        || StartingOrder.BusyOn(host.Id) < Math.Max(1, host.MaxParallelGuests);

    /// <summary>A phase of the startup's own may go one by one, with pauses. A mirrored one does not: what it paces is the
    /// way down.</summary>
    private bool InStartTurn(int index, StepState step, RunState run)
    {
        if (OwnPhase(step) is not { Parallel: false } phase)
            return true;
        var delay = run.Compressed ? TimeSpan.Zero : TimeSpan.FromSeconds(phase.DelayBetweenStepsSeconds);
        return StartingOrder.BeforeInPhase(index).All(s => s.Terminal && Now - s.OverAt >= delay);
    }

    private PhaseDefinition? OwnPhase(StepState step) =>
        !Plan.Startup.Mirror && step.PhaseIndex < Plan.Startup.Phases.Length
            ? Plan.Startup.Phases[step.PhaseIndex]
            : null;

    private bool HostIsReady(int index, StepState step)
    {
        if (step.Target.Kind == TargetKind.Host)
            return step.MovesTarget || StartingOrder.HostStep(step.Target.HostId)?.Terminal != false;
        var host = StartingOrder.HostStep(HostOf(step.Target));
        if (host is { Terminal: true, Status: not StepStatus.Done })
        {
            Finish(index, StepStatus.Failed, null, $"Its host {host.Target.Name} did not come up.");
            return false;
        }
        return host?.Terminal != false;
    }

    /// <summary>E4: what it needs is there, and ready; a need that failed fails it, with the reason.</summary>
    private bool NeedsAreReady(int index, StepState step)
    {
        if (step.Needs.Length == 0)
            return true;
        var ready = true;
        foreach (var need in StartingOrder.NeedsOf(index))
        {
            if (need is { Terminal: true, Status: not (StepStatus.Done or StepStatus.Skipped) })
            {
                Finish(
                    index,
                    StepStatus.Failed,
                    null,
                    $"It is not started: it needs {need.Target.Name}, which is not there. {need.Detail}"
                );
                return false;
            }
            ready &= need.Terminal;
        }
        return ready;
    }

    private void StartGuest(int index, StepState step)
    {
        var view = ViewOf(step.Target);
        // A platform may show a guest that it starts as paused for a moment: that is not what it was before.
        var wasPaused = EntryOf(KeyOf(step.Target))?.Power == PowerState.Paused;
        var isBack = view is { Power: PowerState.Running } || (wasPaused && view is { Power: PowerState.Paused });
        if (view is not null && isBack && IsFresh(view))
        {
            BecomeReady(index, step, $"{HostName(view.HostId)} reports it {Words.Of(view.Power)}");
            return;
        }
        if (step.UpAt is not null)
        {
            if (view is null || !IsFresh(view))
                return;
            step = step with { UpAt = null, Effect = null, AskedAt = null, AcceptedAt = null };
            SetStep(index, step);
        }
        if (InFlight(step) || StillLooking(step, view) || WaitsAnew(index, step) || AwaitsHost(index, step))
            return;
        if (step.AskedAt is null && !NeedsAreReady(index, step))
            return; // What it needs fell again since it began.
        var within = StartWithin(step, GuestUpWithin);
        if (Now - step.BeganAt >= within)
            Finish(
                index,
                StepStatus.Failed,
                null,
                $"It does not run after {Words.Duration(within.TotalSeconds)}. {step.Detail}"
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

    private static TimeSpan StartWithin(StepState step, TimeSpan usual) =>
        step.StartTimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : usual;
}

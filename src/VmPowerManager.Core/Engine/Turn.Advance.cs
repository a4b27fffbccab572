using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Moves the steps of the run on: begin what may begin, in its order (C1, C6).</summary>
internal sealed partial class Turn
{
    private StepOrder? _order;

    private StepOrder Order => _order ??= StepOrder.Of(Model, Run?.Steps ?? [], HostOf, KeyOf, t => Fails(SupplyOf(t)));

    /// <summary>One finished step may let the next begin in the same moment: repeats until nothing moves.</summary>
    public void Advance()
    {
        _order = null;
        // What came back first: nobody may be told over its head (I2, C6).
        for (var i = 0; Run is { Kind: RunKind.Shutdown } down && i < down.Steps.Length; i++)
        {
            if (down.Steps[i] is { Status: StepStatus.Done, MovesTarget: true } done)
                HoldOff(i, done);
        }
        TakeUpWhatFell();
        for (var pass = 0; pass < 100 && Run is { Status: RunStatus.Running } run; pass++)
        {
            (_order, StartingOrderOrNull) = (null, null);
            for (var i = 0; i < (Run?.Steps.Length ?? 0); i++)
                AdvanceStep(i);
            if (ReferenceEquals(run, Run))
                break;
        }
        WatchGates();
    }

    private void AdvanceStep(int index)
    {
        if (Run is not { } run)
            return;
        var step = run.Steps[index];
        switch (run.Kind, step.Status)
        {
            case (RunKind.Rehearsal, _):
                Rehearse(index, step);
                break;
            case (RunKind.Startup, _):
                AdvanceStart(index, step);
                break;
            case (_, StepStatus.Pending):
                BeginOrDrop(index, step);
                break;
            case (_, StepStatus.Running) when step.Action == StepAction.Command:
                AdvanceCommand(index, step);
                break;
            case (_, StepStatus.Running) when step.Action == StepAction.WaitUntil:
                AdvanceWait(index, step);
                break;
            case (_, StepStatus.Running) when step.Target.Kind == TargetKind.Ups:
                AdvanceCut(index, step);
                break;
            case (_, StepStatus.Running) when step.Target.Kind == TargetKind.Guest:
                AdvanceGuest(index, step);
                break;
            case (_, StepStatus.Running) when step.Action == StepAction.Shutdown:
                AdvanceHost(index, step);
                break;
        }
    }

    private void BeginOrDrop(int index, StepState step)
    {
        if (!step.Selected)
            return;
        if (CalledOff(step) is { } why)
        {
            Finish(index, StepStatus.Cancelled, null, why);
            return;
        }
        if (HeldBack(step) || !MayBegin(index, step))
            return;
        if (step.Target is { Kind: TargetKind.Guest, Realm: null })
        {
            Finish(index, StepStatus.Failed, null, $"No such guest is known any more.");
            return;
        }
        TellWhoIsLeft(index, step);
        if (step.Target.Kind != TargetKind.Ups)
            MarkStopped(step);
        SetStep(index, step with { Status = StepStatus.Running, BeganAt = Now, RungAt = Now, StartedAt = now.Wall });
        ReadMainsAgain(step);
        if (step is { Target.Kind: TargetKind.Guest, MovesTarget: true })
            Order.Begun(HostOf(step.Target));
        if (Run is { PastNoReturn: false } run && step.Phase == Plan.PointOfNoReturnPhase)
            SetRun(run with { PastNoReturn = true });
    }

    /// <summary>A person stopped the run, and this step is not of a phase that may be finished (F4).</summary>
    private bool StoppedByPerson(StepState step) =>
        Run is { Cancelled: { } mode } run
        && !(mode == CancelMode.FinishPhase && step.PhaseIndex <= run.LastPhaseIndex);

    /// <summary>D1, D2: from the first reading on line nothing new begins, before the point of no return and after it.
    /// F5: a manual run does not ask the mains.</summary>
    private bool HeldBack(StepState step) =>
        Run is not { } run || StoppedByPerson(step) || (run.Cause == RunCause.Outage && !Endangered(step));

    /// <summary>Why what has not been asked yet will not be asked in this run any more, or null (D1, F4).</summary>
    private Sentence? CalledOff(StepState step) =>
        StoppedByPerson(step) ? Sentence.Of($"The run was cancelled.")
        : Back(step) ? Sentence.Of($"Mains returned before it began.")
        : null;

    /// <summary>Its own supplies fail, or those of something that it needs, or of a storage or network that it uses, and
    /// that goes down.</summary>
    private bool Endangered(StepState step) =>
        Fails(SupplyOf(step.Target))
        || Order.SharedDanger > StepList.RankOf(Model, step)
        || Order.LosesItsNeeds(KeyOf(step.Target));

    /// <summary>D1: mains is back for this step's target, confirmed.</summary>
    private bool Back(StepState step) =>
        Run is { Cause: RunCause.Outage }
        && !Endangered(step)
        && OnLineFor(FedAs(step.Target), TimeSpan.FromSeconds(Plan.ReturnConfirmSeconds));

    private bool MayBegin(int index, StepState step)
    {
        var rank = StepList.RankOf(Model, step);
        // Our own host lists and resolves its guests before the cut that it is waited for with (C9).
        if (step.Target.Kind != TargetKind.Guest && Order.AnyOpenBelow(Math.Min(rank, Ranks.Cut)))
            return false;
        if (step.Target.Kind == TargetKind.Ups)
            return true;
        if (ServesOthers(step, rank))
            return false;
        // Who needs it goes down first, wherever the phases have them (C6).
        if (Order.AnyNeedsIt(index))
            return false;
        var place = Order.PlaceOf(index);
        var inOrder = !step.Uncovered && !Squeezed;
        if (inOrder && (Order.EarlierOpen(place, rank) || !InTurn(index, step, place, rank)))
            return false;
        return !step.MovesTarget || RoomOnHost(step);
    }

    private bool InTurn(int index, StepState step, StepOrder.Place place, int rank)
    {
        var phase = Plan.Phases[place.Phase];
        if (phase.Parallel)
            return true;
        if (Run is not { } run || Order.OpenBefore(place, rank))
            return false;
        var delay = run.Compressed ? TimeSpan.Zero : TimeSpan.FromSeconds(phase.DelayBetweenStepsSeconds);
        return run
            .Steps.Take(index)
            .Where(s => s is { Selected: true, Uncovered: false, OverAt: not null } && s.PhaseIndex == step.PhaseIndex)
            .All(s => Now - s.OverAt >= delay);
    }

    private bool RoomOnHost(StepState step)
    {
        if (step.Target.Kind != TargetKind.Guest || !Model.Hosts.TryGetValue(HostOf(step.Target), out var host))
            return true;
        return Order.BusyOn(host.Id) < Math.Max(1, host.MaxParallelGuests);
    }

    private void AdvanceCommand(int index, StepState step)
    {
        var limit = TimeSpan.FromSeconds(step.Ladder[0].TimeoutSeconds);
        if (step.AskedAt is not { } asked)
        {
            Owe(step);
            var effect = Issue(step, EffectKind.Command, StepAction.Command, limit);
            OweFor(effect);
            SetStep(index, step with { Effect = effect, AskedAt = Now, Attempt = step.Attempt + 1 });
        }
        else if (Now - asked >= limit + NoWordAfter)
            Finish(index, StepStatus.Unknown, null, $"There was no word of how it ended.");
    }

    private string HostName(int hostId) => Model.Hosts.GetValueOrDefault(hostId)?.Name ?? $"host {hostId}";
}

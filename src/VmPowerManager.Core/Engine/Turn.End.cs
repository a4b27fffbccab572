using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Ends steps and runs.</summary>
internal sealed partial class Turn
{
    private void Finish(int index, StepStatus status, Sentence? evidence, Sentence? detail)
    {
        if (Run is not { } run)
            return;
        var step = run.Steps[index] with
        {
            Status = status,
            Effect = null,
            OverAt = Now,
            EndedAt = now.Wall,
            Evidence = evidence,
            Detail = detail ?? run.Steps[index].Detail,
        };
        SetStep(index, step);
        if (run.Kind != RunKind.Rehearsal && step.MovesTarget)
            MarkEnded(run, step);
        if (run.Kind == RunKind.Startup && status == StepStatus.Failed)
            NoteMissing(HostOf(step.Target));
        var level = status is StepStatus.Failed or StepStatus.Unknown ? NoticeLevel.Critical : NoticeLevel.Info;
        var words = step.Evidence ?? step.Detail;
        // A check is no shutdown: nobody should read one into a rehearsal.
        var action = Words.Of(step.Action);
        var what = run.Kind == RunKind.Rehearsal ? Sentence.Of($"Check for {action}") : action;
        var how = words is null ? null : Sentence.Of($" ({Words.Bare(words)})");
        Tell(
            $"step.{status.ToString().ToLowerInvariant()}",
            level,
            $"{what} of {step.Target.Name}: {Words.Of(status)}{how}.",
            ("target", step.Target.Name),
            ("phase", step.Phase),
            ("attempts", step.Attempt.ToString(Words.Culture)),
            ("detail", words?.ToString())
        );
    }

    /// <summary>A host that did not come up, or fell silent under what was being started on it: if it comes late, that is tried
    /// again (E4).</summary>
    private void NoteMissing(int hostId)
    {
        if (_state.Cycle is { } cycle && Model.Hosts.ContainsKey(hostId) && !ObservedUp(hostId))
            _state = _state with { Cycle = cycle with { Missing = cycle.Missing.Add(hostId) } };
    }

    private void Rehearse(int index, StepState step)
    {
        if (step.Terminal || step.Effect is not null || Run is not { } run)
            return;
        if (step.Target is { Kind: TargetKind.Guest, Realm: null })
            Finish(index, StepStatus.Failed, null, $"No such guest is known any more.");
        else if (!run.Steps.Any(s => s.Effect is not null && s.Target.HostId == step.Target.HostId))
            SetStep(
                index,
                step with
                {
                    Status = StepStatus.Running,
                    BeganAt = Now,
                    StartedAt = now.Wall,
                    Attempt = 1,
                    Effect =
                        step.Target.Kind == TargetKind.Ups
                            ? IssueCut(step, EffectKind.Probe, CutDelay(step))
                            : Issue(step, EffectKind.Probe, step.Action, TimeSpan.FromSeconds(30), AsksAgent(step)),
                }
            );
    }

    /// <summary>A rung that goes through the agent fails without one.</summary>
    private static Via? AsksAgent(StepState step) => step.Ladder.Any(r => r.Via == Via.Agent) ? Via.Agent : null;

    public void EndRun()
    {
        if (Run is not { Status: RunStatus.Running } run)
            return;
        if (run.Kind == RunKind.Shutdown)
            EndShutdown(run);
        else if (
            run.Steps.All(s => s.Terminal)
            || (
                run.Cancelled is not null
                && run.Steps.All(s => s.Terminal || StoppedByPerson(s) && s.Status == StepStatus.Pending)
            )
        )
            EndRunAs(run.Cancelled is null ? Outcome(run) : RunStatus.Held, null);
    }

    private void EndShutdown(RunState run)
    {
        if (run.Steps.Any(s => s is { Selected: true, Terminal: false }))
            return;
        if (run.Cancelled is { } mode)
        {
            EndRunAs(
                mode == CancelMode.Undo ? RunStatus.Cancelled : RunStatus.Held,
                $"Cancelled by a person ({Words.Of(mode)})."
            );
            return;
        }
        var untouched = run.Steps.Any(s => !s.Terminal);
        var back = run.Cause == RunCause.Outage && AllBack(run);
        if (untouched && !back)
            return;
        var stoppedShort = untouched || run.Steps.Any(s => s.Status == StepStatus.Cancelled);
        if (run.ShedOnly && back)
            EndRunAs(Outcome(run), $"Mains returned; only load was shed.");
        else if (stoppedShort && back)
            EndRunAs(RunStatus.Cancelled, $"Mains returned before everything was down.");
        else
            EndRunAs(Outcome(run), null);
    }

    /// <summary>D1: mains is back for all that this run dealt with, and nothing else of it is in danger. A supply that is
    /// silent, and feeds only what was never to go down, keeps no run open (I7).</summary>
    private bool AllBack(RunState run)
    {
        var confirm = TimeSpan.FromSeconds(Plan.ReturnConfirmSeconds);
        // A UPS that stays dead keeps back only what hangs on it and is still to go down (I6).
        var open = run
            .Steps.Where(s => s.Target.Kind != TargetKind.Ups && !(s.Terminal && Fails(SupplyOf(s.Target))))
            .ToList();
        return open.TrueForAll(s => !Fails(SupplyOf(s.Target)))
            && open.Where(s => s.Selected).Select(s => FedAs(s.Target)).Distinct().All(id => OnLineFor(id, confirm))
            && run.Steps.Any(s => s.Target.Kind != TargetKind.Ups && OnLineFor(FedAs(s.Target), confirm));
    }

    private static RunStatus Outcome(RunState run) =>
        run.Steps.Any(s => s.Status is StepStatus.Failed or StepStatus.Unknown)
            ? RunStatus.Failed
            : RunStatus.Succeeded;

    private void EndRunAs(RunStatus status, Sentence? outcome)
    {
        if (Run is not { } run)
            return;
        for (var i = 0; i < run.Steps.Length; i++)
        {
            if (run.Steps[i] is { Terminal: false } open)
                SetStep(
                    i,
                    open with
                    {
                        Status = StepStatus.Skipped,
                        Detail = $"It was not needed.",
                        EndedAt = now.Wall,
                    }
                );
        }
        var ended = (Run ?? run) with { Status = status, EndedAt = now.Wall, Outcome = outcome };
        var failed = ended.Steps.Count(s => s.Status is StepStatus.Failed or StepStatus.Unknown);
        Ended = ended;
        SetRun(null);
        _supplies.Clear();
        DebtsFallDue(ended);
        if (run.Kind == RunKind.Startup && _state.Cycle is { } cycle)
        {
            _state = _state with { Cycle = AfterStartup(cycle, ended) };
            Forget("maxWait");
            if (_state.Cycle is null)
                Forget("noWarning");
        }
        var failures = failed == 0 ? null : Sentence.Of($", {failed} of {ended.Steps.Length} steps failed or unknown");
        var why = outcome is null ? Sentence.Of($".") : Sentence.Of($": {outcome}");
        if (run.Cause == RunCause.Drill)
        {
            TellDrillEnds(ended);
            return;
        }
        Tell(
            "run.ended",
            status == RunStatus.Failed ? NoticeLevel.Critical : NoticeLevel.Info,
            $"{Words.Of(run.Kind)} of \"{run.Model.Definition.Name}\" {Words.Of(status)}{failures}{why}",
            ("status", status.ToString().ToLowerInvariant()),
            ("failed", failed.ToString(Words.Culture))
        );
    }

    /// <summary>E1: success closes the cycle, but for what a person stopped and may want back.</summary>
    private CycleState? AfterStartup(CycleState cycle, RunState ended)
    {
        var succeeded = ended.Status == RunStatus.Succeeded;
        // What was asked to stop and runs may still go down: the cycle is kept until that is over, and starts it again.
        var settling = succeeded && cycle.Snapshot.Values.Any(Unsettled);
        var fell = ended.Cancelled is null && FellMeanwhile(cycle, ended);
        if (succeeded && !settling && !fell && !cycle.Snapshot.Values.Any(WaitsForPerson))
            return null;
        return cycle with
        {
            Settling = settling,
            Manual =
                cycle.Manual || (succeeded && !settling && !fell && !cycle.Snapshot.Values.Any(WaitsForMaintenance)),
            StartFailed = ended.Status == RunStatus.Failed && !fell,
            StartWanted = cycle.StartWanted && (settling || fell),
            WaitingSince = null,
        };
    }

    /// <summary>E2: something that this startup had nothing to do for, since it was last seen running, is now seen down: its
    /// host died while nobody looked. The next startup brings it back, and has to do with all of it: this cannot go round.</summary>
    private bool FellMeanwhile(CycleState cycle, RunState ended)
    {
        var dealtWith = ended.Steps.Select(s => KeyOf(s.Target)).ToHashSet(StringComparer.Ordinal);
        return StartList(everything: false, byPerson: cycle.StartWanted)
            .Any(s => s.MovesTarget && !ObservedUp(s.Target) && !dealtWith.Contains(KeyOf(s.Target)));
    }

    /// <summary>The run that ended in this step, for its last record.</summary>
    private RunState? Ended { get; set; }
}

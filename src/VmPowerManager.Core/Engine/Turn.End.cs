namespace VmPowerManager.Core.Engine;

/// <summary>Ends steps and runs.</summary>
internal sealed partial class Turn
{
    private void Finish(int index, StepStatus status, string? evidence, string? detail)
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
        if (run.Kind == RunKind.Shutdown && status == StepStatus.Cancelled)
            Mark(step.Target.Key, e => e with { Stopped = false });
        var level = status is StepStatus.Failed or StepStatus.Unknown ? NoticeLevel.Critical : NoticeLevel.Info;
        var words = step.Evidence ?? step.Detail;
        Tell(
            $"step.{status.ToString().ToLowerInvariant()}",
            level,
            $"{step.Action} of {step.Target.Name}: {status.ToString().ToLowerInvariant()}{(words is null ? "" : $" ({words.TrimEnd('.')})")}.",
            ("target", step.Target.Name),
            ("phase", step.Phase),
            ("attempts", step.Attempt.ToString(Words.Culture)),
            ("detail", words)
        );
    }

    /// <summary>From here on the cycle knows that we deal with this target.</summary>
    private void MarkStopped(StepState step)
    {
        if (_state.Cycle is not { } cycle)
            return;
        var byPerson = Run?.Cause == RunCause.Manual && !cycle.StartAfterLoss;
        var entry =
            cycle.Snapshot.GetValueOrDefault(step.Target.Key) ?? new SnapshotEntry(step.Target, PowerState.Unknown);
        _state = _state with
        {
            Cycle = cycle with
            {
                Snapshot = cycle.Snapshot.SetItem(step.Target.Key, entry with { Stopped = true, ByPerson = byPerson }),
            },
        };
    }

    private void MarkStarted(StepState step) =>
        Mark(step.Target.Key, e => e with { Stopped = false, ByPerson = false });

    private void Mark(string key, Func<SnapshotEntry, SnapshotEntry> change)
    {
        if (_state.Cycle is { } cycle && cycle.Snapshot.TryGetValue(key, out var entry))
            _state = _state with { Cycle = cycle with { Snapshot = cycle.Snapshot.SetItem(key, change(entry)) } };
    }

    private void Rehearse(int index, StepState step)
    {
        if (step.Terminal || step.Effect is not null || Run is not { } run)
            return;
        if (step.Target is { Kind: TargetKind.Guest, Realm: null })
            Finish(index, StepStatus.Failed, null, "No such guest is known any more.");
        else if (step.Target.Kind == TargetKind.Ups)
            Finish(index, StepStatus.Skipped, null, "UPS outputs are not cut by this version.");
        else if (!run.Steps.Any(s => s.Effect is not null && s.Target.HostId == step.Target.HostId))
            SetStep(
                index,
                step with
                {
                    Status = StepStatus.Running,
                    BeganAt = Now,
                    StartedAt = now.Wall,
                    Attempt = 1,
                    Effect = Issue(step, EffectKind.Probe, step.Action, TimeSpan.FromSeconds(30)),
                }
            );
    }

    public void EndRun()
    {
        if (Run is not { Status: RunStatus.Running } run)
            return;
        if (run.Kind == RunKind.Shutdown)
            EndShutdown(run);
        else if (
            run.Steps.All(s => s.Terminal)
            || (run.Cancelled is not null && run.Steps.All(s => s.Status != StepStatus.Running))
        )
            EndRunAs(run.Cancelled is null ? Outcome(run) : RunStatus.Held, null);
    }

    private void EndShutdown(RunState run)
    {
        if (run.Steps.Any(s => s is { Selected: true, Terminal: false }))
            return;
        var untouched = run.Steps.Any(s => !s.Terminal);
        if (run.Cancelled is { } mode)
        {
            EndRunAs(
                mode == CancelMode.Undo ? RunStatus.Cancelled : RunStatus.Held,
                $"Cancelled by a person ({mode})."
            );
            return;
        }
        var hosts = run.Steps.Select(s => s.Target.HostId).Distinct().ToList();
        var confirm = TimeSpan.FromSeconds(Plan.ReturnConfirmSeconds);
        var back = run.Cause == RunCause.Outage && hosts.TrueForAll(id => OnLineFor(id, confirm));
        if (untouched && !back)
            return;
        var stoppedShort = untouched || run.Steps.Any(s => s.Status == StepStatus.Cancelled);
        if (stoppedShort && back)
            EndRunAs(RunStatus.Cancelled, "Mains returned before everything was down.");
        else
            EndRunAs(Outcome(run), null);
    }

    private static RunStatus Outcome(RunState run) =>
        run.Steps.Any(s => s.Status is StepStatus.Failed or StepStatus.Unknown)
            ? RunStatus.Failed
            : RunStatus.Succeeded;

    private void EndRunAs(RunStatus status, string? outcome)
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
                        Detail = "It was not needed.",
                        EndedAt = now.Wall,
                    }
                );
        }
        var ended = (Run ?? run) with { Status = status, EndedAt = now.Wall, Outcome = outcome };
        var failed = ended.Steps.Count(s => s.Status is StepStatus.Failed or StepStatus.Unknown);
        Ended = ended;
        SetRun(null);
        _supplies.Clear();
        if (run.Kind == RunKind.Startup && _state.Cycle is { } cycle)
        {
            var keeps = status != RunStatus.Succeeded;
            _state = _state with
            {
                Cycle = keeps
                    ? cycle with
                    {
                        StartFailed = status == RunStatus.Failed,
                        StartWanted = false,
                        WaitingSince = null,
                    }
                    : null,
            };
        }
        Tell(
            "run.ended",
            status == RunStatus.Failed ? NoticeLevel.Critical : NoticeLevel.Info,
            $"{run.Kind} of \"{run.Model.Definition.Name}\" {status.ToString().ToLowerInvariant()}"
                + (failed == 0 ? "" : $", {failed} of {ended.Steps.Length} steps failed or unknown")
                + (outcome is null ? "." : $": {outcome}"),
            ("status", status.ToString().ToLowerInvariant()),
            ("failed", failed.ToString(Words.Culture))
        );
    }

    /// <summary>The run that ended in this step, for its last record.</summary>
    private RunState? Ended { get; set; }
}

namespace VmPowerManager.Core.Engine;

/// <summary>What people ask for (POLICY F4, F5).</summary>
internal sealed partial class Turn
{
    private void TakeRequest(RunRequested request)
    {
        if (Run is { Kind: RunKind.Rehearsal } rehearsal && request.Kind != RunKind.Rehearsal)
            EndRehearsal(rehearsal);
        if (Run is not null)
            return;
        switch (request.Kind)
        {
            case RunKind.Shutdown when request.Drill is { } key:
                BeginDrill(request, key);
                break;
            case RunKind.Shutdown:
                BeginManualShutdown(request);
                break;
            case RunKind.Startup:
                BeginManualStartup(request);
                break;
            default:
                var probes = StepList.Shutdown(configured, _state).Select(s => s with { Selected = true });
                Begin(RunKind.Rehearsal, RunCause.Manual, configured, [.. probes], Reasons.None, request);
                break;
        }
    }

    private void BeginManualShutdown(RunRequested request)
    {
        if (_state.Cycle is null)
            OpenCycle(manual: true);
        if (_state.Cycle is { } cycle)
            _state = _state with { Cycle = cycle with { StartAfterLoss = request.StartWhenStable } };
        var steps = StepList.Shutdown(configured, _state).Select(s => s with { Selected = true });
        Begin(RunKind.Shutdown, RunCause.Manual, configured, [.. steps], Reasons.None, request);
    }

    /// <summary>A person brings back what the cycle stopped; without one, everything that the plan names.</summary>
    private void BeginManualStartup(RunRequested request)
    {
        var everything = _state.Cycle is null;
        if (everything)
            OpenCycle(manual: true);
        var steps = StartList(everything, byPerson: true);
        Begin(RunKind.Startup, RunCause.Manual, configured, steps, Reasons.None, request);
    }

    private void EndRehearsal(RunState rehearsal)
    {
        for (var i = 0; i < rehearsal.Steps.Length; i++)
        {
            if (Run is { } current && !current.Steps[i].Terminal)
                Finish(i, StepStatus.Cancelled, null, $"A real run began.");
        }
        EndRunAs(RunStatus.Cancelled, $"A real run began.");
    }

    private void TakeCancel(CancelRequested cancel)
    {
        if (Run is not { Status: RunStatus.Running } run)
            return;
        var current = run.Steps.Where(s => s.Status == StepStatus.Running).MaxBy(s => s.PhaseIndex);
        var finishes = cancel.Mode == CancelMode.FinishPhase && current is not null;
        SetRun(run with { Cancelled = cancel.Mode, LastPhaseIndex = finishes ? current?.PhaseIndex : null });
        Tell(
            "run.cancelRequested",
            NoticeLevel.Warning,
            $"{cancel.Actor} cancels the {Words.Within(run.Kind)} of \"{Plan.Name}\" ({Words.Of(cancel.Mode)})."
        );
        for (var i = 0; i < run.Steps.Length; i++)
        {
            var step = run.Steps[i];
            if (
                step.Status == StepStatus.Pending
                && !(finishes && step.PhaseIndex <= current?.PhaseIndex && step.Selected)
            )
                Finish(i, StepStatus.Cancelled, null, $"Cancelled by {cancel.Actor}.");
        }
        if (run.Cause == RunCause.Drill)
            CancelDrill(cancel.Mode);
        if (run.Kind == RunKind.Rehearsal || run.Cause == RunCause.Drill)
            return;
        SetHold(cancel.Actor, cancel.HoldUntil, cancel.EvenIfCritical);
        if (cancel.Mode == CancelMode.Undo && run.Kind == RunKind.Shutdown && _state.Cycle is { } cycle)
            _state = _state with { Cycle = cycle with { StartWanted = true } };
    }

    private void TakePerson(PersonActed act)
    {
        // What was last seen of it is out of date: it is looked at anew.
        if (_state.Guests.TryGetValue(act.TargetKey, out var view))
            _state = _state with
            {
                Guests = _state.Guests.SetItem(act.TargetKey, view with { Power = PowerState.Unknown }),
            };
        _refresh = true;
        if (act.Stopped)
            ForgetUp(act.TargetKey);
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
        var ends = until is { } t ? Sentence.Of($" until {t:u}") : null;
        var unless = evenIfCritical
            ? Sentence.Of($"not even when the power is critical")
            : Sentence.Of($"unless the power becomes critical");
        Tell("plan.held", NoticeLevel.Warning, $"{by} holds \"{Plan.Name}\": no automatic run{ends}, {unless}.");
    }
}

using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Decides whether something begins, and begins it.</summary>
internal sealed partial class Turn
{
    public void Decide()
    {
        if (Run is { Kind: RunKind.Shutdown, Cause: RunCause.Drill })
        {
            if (MayActAlone && AnyFails)
                BeginsShutdown();
            return;
        }
        if (Run is { Kind: RunKind.Shutdown, Status: RunStatus.Running } down)
        {
            if (down.Cause == RunCause.Outage && down.Cancelled is null)
            {
                var selected = Select(down.Steps, out var why);
                down = Run ?? down; // Looking ahead may have told that time is short.
                down = down with { Steps = selected, Compressed = down.Compressed || AnyCritical(down.Steps) };
                SetRun(down);
                if (down.ShedOnly && _lastTriggered >= 0 && !OnlySheds(selected, _lastTriggered))
                    EndShedding(down, why);
                Compress();
                MeasureSheds();
            }
            else if (down is { Cause: RunCause.Manual or RunCause.Planned, Cancelled: null } && MayActAlone && AnyFails)
                TakeOverIfDue(down);
            return;
        }
        if (_state.Cycle is not null && MayActAlone && (Run is not null || AnyFails) && BeginsShutdown())
            return;
        if (ContinuesDrill())
            return;
        if (Run is null && _state.Cycle is { } cycle && (cycle.Acted || cycle.Manual || cycle.Unannounced))
            ConsiderStartup(cycle);
    }

    /// <summary>Armed, and nobody asked it to wait (F1, F4).</summary>
    private bool MayActAlone => configured.Armed && _state.Hold is null && !WholeMaintenance;

    private bool AnyFails =>
        Model.Hosts.Keys.Any(id => Fails(Supply(id))) || Fails(Model.PlanSupply(_state.Upses, Now));

    /// <summary>What an automatic run deals with: not with what is in maintenance.</summary>
    private ImmutableArray<StepState> Fresh()
    {
        var all = StepList.Shutdown(configured, _state);
        return _state.Maintenance is null ? all : [.. all.Where(s => !InMaintenance(s.Target))];
    }

    private bool BeginsShutdown()
    {
        var running = Run;
        PutAside(running, null); // Decide on the plan as it is now, not as an older run froze it.
        var because = Reasons.None;
        var steps = AnyFails ? Select(Fresh(), out because) : [];
        if (!steps.Any(s => s.Selected && HasWork(s)))
        {
            PutAside(null, running);
            return false;
        }
        if (running is not null)
        {
            SetRun(running);
            Supersede(running, because.Because);
        }
        if (_state.Cycle is { } cycle)
            _state = _state with { Cycle = cycle with { Manual = false, Drill = null } };
        Begin(RunKind.Shutdown, RunCause.Outage, configured, steps, because);
        return true;
    }

    private void PutAside(RunState? from, RunState? to)
    {
        SetRun(to);
        if (!ReferenceEquals(from?.Model ?? configured, to?.Model ?? configured))
            _supplies.Clear();
    }

    /// <summary>A target that this cycle has dealt with is not dealt with again, unless it was started since (F4, I12).</summary>
    private bool HasWork(StepState step)
    {
        if (step.Target.Kind == TargetKind.Ups || step.Target is { Kind: TargetKind.Guest, Realm: null })
            return false;
        if (step.Action == StepAction.WaitUntil)
            return false;
        if (step.Action == StepAction.Command)
            return _state.Cycle?.Commands.Contains(CommandKey(step)) != true;
        if (ViewOf(step.Target) is { Power: PowerState.Off or PowerState.Saved })
            return false;
        return EntryOf(KeyOf(step.Target)) is not { Stopped: true } entry
            || (entry is { SeenOff: true, Returns: < 2 } && ObservedUp(step.Target));
    }

    private void Begin(
        RunKind kind,
        RunCause cause,
        PlanModel model,
        ImmutableArray<StepState> steps,
        Reasons because,
        RunRequested? request = null
    )
    {
        _supplies.Clear();
        var shedOnly = kind == RunKind.Shutdown && cause == RunCause.Outage && OnlySheds(steps, _lastTriggered);
        SetRun(
            new RunState
            {
                Kind = kind,
                Cause = cause,
                Model = model,
                ShedOnly = shedOnly,
                StartedAt = now.Wall,
                Steps = steps,
                Because = because.Because,
                DecidedBy = because.Data,
                Compressed = request?.Now == true || (kind == RunKind.Shutdown && AnyCritical(steps)),
                Force = request?.Force == true,
                AllowCut = request?.AllowCut == true,
                Actor = request?.Actor,
                Reason = request?.Reason,
            }
        );
        if (kind == RunKind.Shutdown)
            KeepDebts();
        if (kind != RunKind.Rehearsal && _state.Cycle is { } cycle)
            _state = _state with
            {
                Cycle = cycle with
                {
                    Acted = true,
                    WaitingSince = null,
                    Settling = false,
                    StartFailed = false, // A second outage in this cycle is handled like the first (I12).
                    Missing = [],
                    Unannounced = cycle.Unannounced && kind != RunKind.Shutdown,
                    // What went down beyond that earlier in this cycle still asks for the whole gates.
                    ShedOnly = kind == RunKind.Shutdown ? shedOnly && (!cycle.Acted || cycle.ShedOnly) : cycle.ShedOnly,
                },
            };
        if (cause == RunCause.Drill)
        {
            TellDrillBegins(kind, steps[0].Target.Name, request);
            return;
        }
        var why = because.Because ?? (request?.Reason is { } reason ? Sentence.Verbatim(reason) : null);
        var by = request is null ? null : Sentence.Of($", asked for by {request.Actor}");
        var colon = why is null ? null : Sentence.Of($": {why}");
        _notices.Add(
            new Notice(
                "run.started",
                kind != RunKind.Shutdown ? NoticeLevel.Info
                    : shedOnly ? NoticeLevel.Warning
                    : NoticeLevel.Critical,
                $"{(shedOnly ? Sentence.Of($"Load shedding") : Words.Of(kind))} of \"{model.Definition.Name}\" begins{by}{colon}."
            )
            {
                Data = because.Data,
            }
        );
    }

    /// <summary>F5: the outage takes over a manual or planned run that is under way, and keeps its snapshot.</summary>
    private void TakeOverIfDue(RunState down)
    {
        if (!Select(Fresh(), out var because).Any(s => s.Selected))
            return;
        var planned = down.Cause == RunCause.Planned;
        SetRun(down with { Cause = RunCause.Outage, Because = because.Because, DecidedBy = because.Data });
        if (_state.Cycle is { } cycle)
            _state = _state with { Cycle = cycle with { Manual = false } };
        var what = planned ? Sentence.Of($"planned") : Sentence.Of($"manual");
        Tell("run.takenOver", NoticeLevel.Critical, $"The outage takes over the {what} shutdown of \"{Plan.Name}\".");
    }

    /// <summary>Down beats up (F2), and a real run beats a rehearsal.</summary>
    private void Supersede(RunState run, Sentence? because)
    {
        for (var i = 0; i < run.Steps.Length; i++)
        {
            if (Run is { } current && !current.Steps[i].Terminal)
                Finish(i, StepStatus.Cancelled, null, $"The power failed again.");
        }
        EndRunAs(RunStatus.Cancelled, $"The power failed again: {because}.");
    }
}

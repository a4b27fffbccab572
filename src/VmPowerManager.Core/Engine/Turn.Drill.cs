using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>A fire drill: one guest is really stopped by the plan's own step, and then started again. Nothing else is
/// touched, and an outage that begins meanwhile takes over (F5).</summary>
internal sealed partial class Turn
{
    /// <summary>Why a drill of this guest cannot be, or null.</summary>
    public Sentence? AgainstDrill(string key) =>
        Run is not null ? Sentence.Of($"Run {Run.Id} of this plan is in progress.")
        : AnyTrouble ? Sentence.Of($"The power is not fine now.")
        : _state.Cycle is not null ? Sentence.Of($"An outage or a shutdown of this plan is not over yet.")
        : Model.IsManagerGuest(key) ? Sentence.Of($"This program runs in {_state.Guests.GetValueOrDefault(key)?.Name}.")
        : DrillStep(key) is not { } step ? Sentence.Of($"The plan has no step that stops this guest.")
        : ViewOf(step.Target) is not { Power: PowerState.Running } ? Sentence.Of($"{step.Target.Name} does not run.")
        : StartList(everything: true, byPerson: true).All(s => KeyOf(s.Target) != key)
            ? Sentence.Of($"The plan never starts {step.Target.Name}: it would stay off.")
        : null;

    private StepState? DrillStep(string key) =>
        StepList
            .Shutdown(configured, _state)
            .FirstOrDefault(s =>
                s is { Target.Kind: TargetKind.Guest } && PlanSteps.MovesTarget(s.Action) && KeyOf(s.Target) == key
            );

    private void BeginDrill(RunRequested request, string key)
    {
        if (AgainstDrill(key) is { } why || DrillStep(key) is not { } step)
            return;
        OpenCycle(manual: true);
        if (_state.Cycle is { } cycle)
            _state = _state with { Cycle = cycle with { Drill = key } };
        Begin(
            RunKind.Shutdown,
            RunCause.Drill,
            configured,
            [step with { Selected = true, Needs = [] }],
            Reasons.None,
            request
        );
        NameDrill(key, request.Actor);
    }

    /// <summary>Whatever became of the stop, the guest is to run afterwards.</summary>
    private bool ContinuesDrill()
    {
        if (Run is not null || _state.Cycle is not { Drill: { } key } cycle)
            return false;
        _state = _state with { Cycle = cycle with { Drill = null, StartWanted = true } };
        var steps = StartList(everything: false, byPerson: true).Where(s => KeyOf(s.Target) == key).ToList();
        if (steps.Count == 0)
            return false;
        Begin(RunKind.Startup, RunCause.Drill, configured, [.. steps.Select(s => s with { Needs = [] })], Reasons.None);
        NameDrill(key, null);
        return true;
    }

    private void NameDrill(string key, string? actor)
    {
        if (Run is { } run)
            SetRun(run with { Drill = key, Actor = actor ?? run.Actor });
    }

    /// <summary>F4: cancelling a drill holds nothing. Undo starts the guest again; else a person decides.</summary>
    private void CancelDrill(CancelMode mode)
    {
        if (mode != CancelMode.Undo && _state.Cycle is { } cycle)
            _state = _state with { Cycle = cycle with { Drill = null } };
    }

    private void TellDrillBegins(RunKind kind, string guest, RunRequested? request)
    {
        var by = request is null ? null : Sentence.Of($", asked for by {request.Actor}");
        Tell(
            "run.started",
            NoticeLevel.Info,
            kind == RunKind.Shutdown
                ? Sentence.Of($"Fire drill of \"{Plan.Name}\" begins{by}: {guest} is stopped, and then started again.")
                : Sentence.Of($"Fire drill of \"{Plan.Name}\": {guest} is started again."),
            ("target", guest)
        );
    }

    private void TellDrillEnds(RunState ended)
    {
        var step = ended.Steps[0];
        var took = step.EndedAt - step.StartedAt;
        var seconds = took?.TotalSeconds.ToString("0.0", Words.Culture);
        Tell(
            "run.ended",
            ended.Status == RunStatus.Failed ? NoticeLevel.Critical : NoticeLevel.Info,
            ended is { Status: RunStatus.Succeeded, Kind: RunKind.Shutdown }
                    ? Sentence.Of(
                        $"Fire drill of \"{ended.Model.Definition.Name}\": {step.Target.Name} was stopped in {seconds} s."
                    )
                : ended is { Status: RunStatus.Succeeded }
                    ? Sentence.Of(
                        $"Fire drill of \"{ended.Model.Definition.Name}\": {step.Target.Name} runs again after {seconds} s."
                    )
                : Sentence.Of(
                    $"Fire drill of \"{ended.Model.Definition.Name}\": {Words.Of(ended.Kind)} of {step.Target.Name} {Words.Of(ended.Status)}."
                ),
            ("target", step.Target.Name),
            ("seconds", seconds),
            ("status", ended.Status.ToString().ToLowerInvariant())
        );
    }
}

using System.Collections.Immutable;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>Decides whether something begins: triggers against supplies (C1), startup against gates (E3).</summary>
internal sealed partial class Turn
{
    /// <summary>Room that an auto trigger leaves, seconds (C1).</summary>
    private const double SafetyMarginSeconds = 60;

    public void Decide()
    {
        if (Run is { Kind: RunKind.Shutdown, Status: RunStatus.Running } down)
        {
            if (down.Cause == RunCause.Outage && down.Cancelled is null)
                SetRun(
                    down with
                    {
                        Steps = Select(down.Steps, out _),
                        Compressed = down.Compressed || AnyCritical(down.Steps),
                    }
                );
            else if (
                down.Cause == RunCause.Manual
                && MayActAlone
                && Select(Fresh(), out var takes).Any(s => s.Selected)
            )
                TakeOver(down, takes);
            return;
        }
        if (_state.Cycle is not null && MayActAlone && BeginsShutdown())
            return;
        if (Run is null && _state.Cycle is { } cycle && (cycle.Acted || cycle.Manual))
            ConsiderStartup(cycle);
    }

    private bool MayActAlone => configured.Armed && _state.Hold is null;

    private ImmutableArray<StepState> Fresh() => StepList.Shutdown(configured, _state);

    private bool BeginsShutdown()
    {
        var running = Run;
        if (running is not null)
            SetRun(null); // Decide on the plan as it is now, not as an older run froze it.
        var steps = Select(Fresh(), out var because);
        if (!steps.Any(s => s.Selected && HasWork(s)))
        {
            SetRun(running);
            return false;
        }
        if (running is not null)
        {
            SetRun(running);
            Supersede(running, because.GetValueOrDefault("because") ?? "");
        }
        if (_state.Cycle is { } cycle)
            _state = _state with { Cycle = cycle with { Manual = false } };
        Begin(RunKind.Shutdown, RunCause.Outage, configured, steps, because);
        return true;
    }

    /// <summary>A target that this cycle has dealt with is not dealt with again, unless something started it since.</summary>
    private bool HasWork(StepState step)
    {
        if (step.Target.Kind == TargetKind.Ups)
            return false;
        var entry = _state.Cycle?.Snapshot.GetValueOrDefault(step.Target.Key);
        if (step.Action != StepAction.Command)
            return entry is not { Stopped: true } && !(step.Target.Kind == TargetKind.Guest && IsOff(step.Target.Key));
        return entry is not { Stopped: true };
    }

    private bool IsOff(string key) => _state.Guests.GetValueOrDefault(key)?.Power is PowerState.Off or PowerState.Saved;

    /// <summary>Marks the steps whose time has come (B1, C1). A phase begins when the worst of its targets meets its
    /// trigger, and pulls the earlier ones; within them only targets whose own supplies fail go down, and what depends
    /// on such a target.</summary>
    private ImmutableArray<StepState> Select(
        ImmutableArray<StepState> steps,
        out ImmutableSortedDictionary<string, string> because
    )
    {
        because = Values.None;
        var failing = steps
            .Select(s => s.Target.HostId)
            .Distinct()
            .Where(id => Supply(id) is { Failing: true, OffOnly: false })
            .ToHashSet();
        if (failing.Count == 0)
            return steps;
        var last = -1;
        foreach (var step in steps.Where(s => failing.Contains(s.Target.HostId) && s.PhaseIndex > last))
        {
            if (TriggerMet(step.PhaseIndex, Supply(step.Target.HostId)) is not { } met)
                continue;
            last = step.PhaseIndex;
            because = Reasons(step, met);
        }
        var critical = failing.Where(id => Supply(id).IsCritical).ToHashSet();
        if (critical.Count > 0)
            because = Reasons(
                steps.First(s => critical.Contains(s.Target.HostId)),
                Supply(critical.First()).CriticalBecause ?? "critical"
            );
        var selected = steps
            .Select(s =>
                s.Selected
                || (failing.Contains(s.Target.HostId) && s.PhaseIndex <= last)
                || critical.Contains(s.Target.HostId)
                    ? s with
                    {
                        Selected = true,
                    }
                    : s
            )
            .ToImmutableArray();
        return WithDependants(selected, failing);
    }

    /// <summary>C6: a host takes its guests along; storage and network take along whatever uses them.</summary>
    private ImmutableArray<StepState> WithDependants(ImmutableArray<StepState> steps, HashSet<int> failing)
    {
        var hosts = steps
            .Where(s => s is { Selected: true, Action: StepAction.Shutdown, Target.Kind: TargetKind.Host })
            .ToList();
        if (hosts.Count == 0)
            return steps;
        bool Goes(StepState step) =>
            hosts.Any(h =>
            {
                var rank = StepList.RankOf(Model, h);
                var lower = StepList.RankOf(Model, step) < rank;
                var shared = rank is (int)HostRank.Storage or (int)HostRank.Network;
                return (step.Target.Kind == TargetKind.Guest && HostOf(step.Target) == h.Target.HostId)
                    || (lower && shared)
                    || (lower && rank == (int)HostRank.Manager && failing.Contains(step.Target.HostId));
            });
        return [.. steps.Select(s => !s.Selected && Goes(s) ? s with { Selected = true } : s)];
    }

    private bool AnyCritical(ImmutableArray<StepState> steps) =>
        steps.Any(s => s.Selected && Supply(s.Target.HostId) is { IsCritical: true, OffOnly: false });

    /// <summary>Which condition of a phase's trigger is met, in words, or null.</summary>
    private string? TriggerMet(int phaseIndex, SupplyView supply)
    {
        var phase = Plan.Phases[phaseIndex];
        var trigger = phase.Trigger;
        if (supply.OnBatteryFor < TimeSpan.FromSeconds(Plan.OnBatteryDelaySeconds))
            return null;
        if (trigger.RuntimeBelowSeconds is { } runtime && supply.RuntimeSeconds < runtime)
            return $"runtime {Words.Duration(supply.RuntimeSeconds.Value)} is below {Words.Duration(runtime)}";
        if (trigger.ChargeBelowPercent is { } charge && supply.ChargePercent < charge)
            return $"charge {supply.ChargePercent.Value.ToString("0", Words.Culture)} % is below {charge.ToString("0", Words.Culture)} %";
        if (trigger.OnBatteryForSeconds is { } seconds && supply.OnBatteryFor >= TimeSpan.FromSeconds(seconds))
            return $"on battery for {Words.Duration(seconds)}";
        if (trigger.LowBattery && supply.LowBattery)
            return "low battery";
        return trigger.Auto ? AutoMet(phaseIndex, supply) : null;
    }

    private string? AutoMet(int phaseIndex, SupplyView supply)
    {
        var need = Plan.Phases.Skip(phaseIndex).Sum(StepList.BoundSeconds) + SafetyMarginSeconds;
        if (supply.RuntimeSeconds is { } left)
            return left <= need
                ? $"runtime {Words.Duration(left)} is what the rest needs ({Words.Duration(need)})"
                : null;
        return supply.OnBatteryFor >= TimeSpan.FromSeconds(120) ? "on battery for 120 s, runtime unknown" : null;
    }

    private ImmutableSortedDictionary<string, string> Reasons(StepState step, string because)
    {
        var supply = Supply(step.Target.HostId);
        return Values.Of(
            ("because", because),
            ("target", step.Target.Name),
            ("phase", step.Phase),
            ("onBatterySeconds", supply.OnBatteryFor.TotalSeconds.ToString("0.0", Words.Culture)),
            ("runtimeSeconds", supply.RuntimeSeconds?.ToString("0", Words.Culture)),
            ("chargePercent", supply.ChargePercent?.ToString("0.#", Words.Culture)),
            ("suppliesGood", supply.Good.ToString("0.##", Words.Culture)),
            ("suppliesNeeded", supply.Needed.ToString("0.##", Words.Culture))
        );
    }

    /// <summary>When time on battery alone will next meet a trigger, or end the plan's delay.</summary>
    private TimeSpan? TriggerDeadline()
    {
        if (_state.Cycle is null)
            return null;
        var spans = Plan
            .Phases.Select(p => p.Trigger.OnBatteryForSeconds)
            .Append(Plan.OnBatteryDelaySeconds)
            .Append(120)
            .OfType<int>()
            .ToList();
        return Model
            .Hosts.Keys.Append(0)
            .Select(Supply)
            .Where(s => s.Failing)
            .SelectMany(s => spans.Select(span => (TimeSpan?)(Now + TimeSpan.FromSeconds(span) - s.OnBatteryFor)))
            .Where(t => t > Now)
            .Min();
    }

    private void Begin(
        RunKind kind,
        RunCause cause,
        PlanModel model,
        ImmutableArray<StepState> steps,
        ImmutableSortedDictionary<string, string> because,
        RunRequested? request = null
    )
    {
        _supplies.Clear();
        SetRun(
            new RunState
            {
                Kind = kind,
                Cause = cause,
                Model = model,
                StartedAt = now.Wall,
                Steps = steps,
                DecidedBy = because,
                Compressed = request?.Now == true || (kind == RunKind.Shutdown && AnyCritical(steps)),
                Force = request?.Force == true,
                Actor = request?.Actor,
                Reason = request?.Reason,
            }
        );
        if (kind != RunKind.Rehearsal && _state.Cycle is { } cycle)
            _state = _state with { Cycle = cycle with { Acted = true, WaitingSince = null } };
        var why = because.GetValueOrDefault("because") ?? request?.Reason;
        _notices.Add(
            new Notice(
                "run.started",
                kind == RunKind.Shutdown ? NoticeLevel.Critical : NoticeLevel.Info,
                $"{kind} of \"{model.Definition.Name}\" begins{(request is null ? "" : $", asked for by {request.Actor}")}{(why is null ? "" : $": {why}")}."
            )
            {
                Data = because,
            }
        );
    }

    /// <summary>F5: the outage takes over a manual run that is under way, and keeps its snapshot.</summary>
    private void TakeOver(RunState down, ImmutableSortedDictionary<string, string> because)
    {
        SetRun(down with { Cause = RunCause.Outage, DecidedBy = because });
        if (_state.Cycle is { } cycle)
            _state = _state with { Cycle = cycle with { Manual = false } };
        Tell("run.takenOver", NoticeLevel.Critical, $"The outage takes over the manual shutdown of \"{Plan.Name}\".");
    }

    /// <summary>Down beats up (F2), and a real run beats a rehearsal.</summary>
    private void Supersede(RunState run, string because)
    {
        for (var i = 0; i < run.Steps.Length; i++)
        {
            if (Run is { } current && !current.Steps[i].Terminal)
                Finish(i, StepStatus.Cancelled, null, "The power failed again.");
        }
        EndRunAs(RunStatus.Cancelled, $"The power failed again: {because}.");
    }
}

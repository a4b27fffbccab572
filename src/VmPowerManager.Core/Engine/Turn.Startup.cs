using System.Collections.Immutable;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>Brings back what ran (POLICY E).</summary>
internal sealed partial class Turn
{
    private static readonly TimeSpan HostUpWithin = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan GuestUpWithin = TimeSpan.FromSeconds(120);

    private void ConsiderStartup(CycleState cycle)
    {
        var steps = StartList(everything: false, byPerson: cycle.StartWanted);
        if (steps.All(s => ObservedUp(s.Target)))
        {
            if (!AnyTrouble && (steps.Length > 0 || !cycle.Manual))
                CloseCycle(cycle.StartFailed ? "everything that ran runs again" : "there is nothing to start");
            return;
        }
        if (!cycle.StartWanted && (cycle.Manual || cycle.StartFailed || !MayActAlone))
            return;
        var confirm = TimeSpan.FromSeconds(Plan.ReturnConfirmSeconds);
        var back = steps.Where(s => OnLineFor(s.Target.HostId, confirm)).ToList();
        if (back.Count == 0)
            return;
        if (back.Any(s => GatePasses(s.Target.HostId)))
        {
            Begin(RunKind.Startup, RunCause.Outage, configured, steps, GateValues());
            return;
        }
        if (cycle.WaitingSince is null)
        {
            _state = _state with { Cycle = cycle with { WaitingSince = Now } };
            Tell(
                "plan.mainsBack",
                NoticeLevel.Info,
                $"Mains is back. The startup of \"{Plan.Name}\" waits for stable mains and charge."
            );
        }
        else if (Plan.Startup.MaxWaitSeconds is { } most && Now - cycle.WaitingSince >= TimeSpan.FromSeconds(most))
        {
            TellOnce(
                $"maxWait:{cycle.OpenedAt.Ticks}",
                "plan.startupWaits",
                NoticeLevel.Critical,
                $"The startup of \"{Plan.Name}\" has waited for {Words.Duration(most)} and its gates are still not passed. Start it by hand, or wait."
            );
        }
    }

    private void CloseCycle(string because)
    {
        _state = _state with { Cycle = null };
        Tell("plan.cycleClosed", NoticeLevel.Info, $"The outage cycle of \"{Plan.Name}\" is over: {because}.");
    }

    private bool ObservedUp(TargetRef target) =>
        target.Kind == TargetKind.Host
            ? _state.Hosts.GetValueOrDefault(target.HostId)?.Answers == true
            : _state.Guests.GetValueOrDefault(target.Key)?.Power == PowerState.Running
                && _state.Hosts.GetValueOrDefault(HostOf(target))?.Answers == true;

    /// <summary>What to bring back, in the mirrored order (E2, E4): hosts before their guests, storage and network first.</summary>
    private ImmutableArray<StepState> StartList(bool everything, bool byPerson)
    {
        var snapshot = _state.Cycle?.Snapshot ?? ImmutableSortedDictionary<string, SnapshotEntry>.Empty;
        var shutdown = StepList
            .Shutdown(configured, _state)
            .Where(s => s.Action != StepAction.Command && s.Target.Kind != TargetKind.Ups)
            .ToList();
        var rules = configured
            .Definition.Phases.SelectMany(p => p.Steps)
            .Where(s => s.Target.GuestId is not null || s.Target.HostId is not null)
            .ToLookup(s => (s.Target.GuestId, s.Target.HostId), s => s.Startup);
        StartupRule RuleOf(TargetRef target) =>
            rules[target.Kind == TargetKind.Guest ? (target.Id, null) : (null, target.Id)]
                .DefaultIfEmpty(StartupRule.IfRunning)
                .First();
        bool Wanted(TargetRef target) =>
            RuleOf(target) switch
            {
                StartupRule.Never => false,
                StartupRule.Always => true,
                _ => everything
                    || (
                        snapshot.GetValueOrDefault(target.Key) is { Power: PowerState.Running } e
                        && (byPerson || !e.ByPerson)
                        && (e.Stopped || !ObservedUp(target))
                    ),
            };
        var covered = shutdown.Select(s => s.Target.Key).ToHashSet();
        var found = snapshot
            .Values.Where(e => e.Stopped && !covered.Contains(e.Target.Key) && e.Target.Kind != TargetKind.Ups)
            .Select(e => (e.Target, Phase: PhaseOfHost(shutdown, e.Target.HostId)));
        var last = configured.Definition.Phases.Length - 1;
        return
        [
            .. shutdown
                .Select(s => (s.Target, Phase: s.PhaseIndex))
                .Reverse()
                .Concat(found)
                .DistinctBy(s => s.Target.Key)
                .Where(s => Wanted(s.Target))
                .OrderBy(s => last - s.Phase)
                .ThenBy(s => s.Target.Kind == TargetKind.Host ? 0 : 1)
                .Select(s => StartStep(s.Target, s.Phase, last)),
        ];
    }

    private static int PhaseOfHost(List<StepState> steps, int hostId) =>
        steps
            .Where(s => s.Target.Kind == TargetKind.Host && s.Target.HostId == hostId)
            .Select(s => s.PhaseIndex)
            .DefaultIfEmpty(0)
            .First();

    private StepState StartStep(TargetRef target, int phase, int last) =>
        new()
        {
            Phase = configured.Definition.Phases.Length == 0 ? "" : configured.Definition.Phases[phase].Id,
            PhaseIndex = last - phase,
            Target = target,
            Action = target.Kind == TargetKind.Host ? StepAction.Wake : StepAction.Start,
            Ladder =
            [
                new RungDefinition
                {
                    Action = target.Kind == TargetKind.Host ? StepAction.Wake : StepAction.Start,
                    TimeoutSeconds = (int)(target.Kind == TargetKind.Host ? HostUpWithin : GuestUpWithin).TotalSeconds,
                },
            ],
            Selected = true,
        };

    /// <summary>E3: enough supplies on line, stable, and each with enough for the boot and the next shutdown.</summary>
    private bool GatePasses(int hostId) => OnLineFor(hostId, StableMains, Ready);

    private bool Ready(UpsEvidence ups)
    {
        var gate = Plan.Startup;
        var stable = Now - ups.OnLineSince >= TimeSpan.FromSeconds(gate.UnknownChargeWaitSeconds);
        var charge = ups.Last?.BatteryChargePercent;
        if (gate.MinChargePercent is { } percent && percent > 0 && !(charge is { } c ? c >= percent : stable))
            return false;
        if (gate.MinRuntimeSeconds is not { } seconds || seconds <= 0)
            return true;
        // Runtime at the load before the outage: machines that are off flatter it (E3).
        var factor = ups.Last?.LoadPercent < ups.UsualLoadPercent ? ups.Last.LoadPercent / ups.UsualLoadPercent : 1;
        return ups.Last?.BatteryRuntimeSeconds * factor is { } runtime
            ? runtime >= seconds
            : charge is not null || stable;
    }

    private ImmutableSortedDictionary<string, string> GateValues()
    {
        var best = _state
            .Upses.Values.Where(u => u.OnLine)
            .MaxBy(u => u.OnLineSince is { } since ? Now - since : TimeSpan.Zero);
        return Values.Of(
            ("because", "mains is back and stable"),
            ("stableSeconds", (Now - best?.OnLineSince)?.TotalSeconds.ToString("0", Words.Culture)),
            ("chargePercent", best?.Last?.BatteryChargePercent?.ToString("0", Words.Culture)),
            ("runtimeSeconds", best?.Last?.BatteryRuntimeSeconds?.ToString("0", Words.Culture))
        );
    }

    private void AdvanceStart(int index, StepState step)
    {
        if (step.Status == StepStatus.Pending && MayStart(index, step))
        {
            step = step with { Status = StepStatus.Running, BeganAt = Now, RungAt = Now, StartedAt = now.Wall };
            SetStep(index, step);
            MarkStarted(step);
        }
        if (step.Status == StepStatus.Running && step.Target.Kind == TargetKind.Host)
            AdoptHost(index, step);
        else if (step.Status == StepStatus.Running)
            StartGuest(index, step);
        else if (step is { Status: StepStatus.Done, Target.Kind: TargetKind.Guest, CameBack: < 2 } && FellAgain(step))
            SetStep(
                index,
                step with
                {
                    Status = StepStatus.Running,
                    CameBack = step.CameBack + 1,
                    BeganAt = Now,
                    RungAt = Now,
                    AskedAt = null,
                    AcceptedAt = null,
                    OverAt = null,
                    EndedAt = null,
                }
            );
    }

    /// <summary>A guest that was asked to stop before mains returned may still do so: it is started again.</summary>
    private bool FellAgain(StepState step) =>
        _state.Guests.GetValueOrDefault(step.Target.Key) is { Power: PowerState.Off } view && view.SeenAt > step.OverAt;

    private bool MayStart(int index, StepState step)
    {
        if (Run is not { } run || run.Cancelled is not null)
            return false;
        var byPerson = run.Cause == RunCause.Manual;
        // E5: the first reading on battery pauses new starts.
        if (!byPerson && !GatePasses(step.Target.HostId))
            return false;
        if (byPerson && !run.Force && !Supply(step.Target.HostId).OnMains && AnyTrouble)
            return false;
        var rank = StepList.RankOf(Model, step);
        var earlier = run.Steps.Take(index).Where(s => !s.Terminal);
        if (
            earlier.Any(s => StepList.RankOf(Model, s) > rank)
            || earlier.Any(s => s.PhaseIndex < step.PhaseIndex && StepList.RankOf(Model, s) >= rank)
        )
            return false;
        return step.Target.Kind == TargetKind.Host || (HostIsReady(index, step, run) && RoomOnHost(step, run));
    }

    private bool HostIsReady(int index, StepState step, RunState run)
    {
        var host = run.Steps.FirstOrDefault(s =>
            s.Target.Kind == TargetKind.Host && s.Target.HostId == HostOf(step.Target)
        );
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
            Finish(index, StepStatus.Done, "it answers", null);
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
        var view = _state.Guests.GetValueOrDefault(step.Target.Key);
        if (view is { Power: PowerState.Running or PowerState.Paused } && view.SeenAt >= Now - FreshFor)
        {
            Finish(
                index,
                StepStatus.Done,
                $"{HostName(view.HostId)} reports it {view.Power.ToString().ToLowerInvariant()}",
                null
            );
            return;
        }
        if (
            step.Effect is not null
            || (view?.SeenAt >= Now - FreshFor) != true && step.AskedAt is null && Now - step.BeganAt < LookFor
        )
            return;
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

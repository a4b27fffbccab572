using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Moves the steps of the run on: begin what may begin, ask, verify, climb (C3).</summary>
internal sealed partial class Turn
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(15);

    /// <summary>One finished step may let the next begin in the same moment: repeats until nothing moves.</summary>
    public void Advance()
    {
        for (var pass = 0; pass < 100 && Run is { Status: RunStatus.Running } run; pass++)
        {
            for (var i = 0; i < (Run?.Steps.Length ?? 0); i++)
                AdvanceStep(i);
            if (ReferenceEquals(run, Run))
                return;
        }
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
            case (_, StepStatus.Running) when step.Target.Kind == TargetKind.Guest && step.Action != StepAction.Command:
                AdvanceGuest(index, step);
                break;
            case (_, StepStatus.Running) when step.Action == StepAction.Shutdown:
                AdvanceHost(index, step);
                break;
            case (_, StepStatus.Running) when step.Action == StepAction.Command:
                AdvanceCommand(index, step);
                break;
            case (_, StepStatus.Done) when step.Target.Kind == TargetKind.Guest && step.Action != StepAction.Command:
                HoldOff(index, step);
                break;
        }
    }

    private void BeginOrDrop(int index, StepState step)
    {
        if (!step.Selected)
            return;
        if (Back(step))
        {
            Finish(index, StepStatus.Cancelled, null, "Mains returned before it began.");
            return;
        }
        if (HeldBack(step) || !MayBegin(index, step))
            return;
        if (step.Target.Kind == TargetKind.Ups)
        {
            Finish(index, StepStatus.Skipped, null, "UPS outputs are not cut by this version.");
            return;
        }
        if (step.Target is { Kind: TargetKind.Guest, Realm: null })
        {
            Finish(index, StepStatus.Failed, null, "No such guest is known any more.");
            return;
        }
        MarkStopped(step);
        SetStep(index, step with { Status = StepStatus.Running, BeganAt = Now, RungAt = Now, StartedAt = now.Wall });
        if (Run is { } run && step.Phase == Plan.PointOfNoReturnPhase)
            SetRun(run with { PastNoReturn = true });
    }

    /// <summary>D1, D2: from the first reading on line nothing new begins, before the point of no return and after it.
    /// F5: a manual run does not ask the mains.</summary>
    private bool HeldBack(StepState step)
    {
        if (Run is not { } run)
            return true;
        if (run.Cancelled is not null && !(run.Cancelled == CancelMode.FinishPhase && step.Phase == run.LastPhase))
            return true;
        return run.Cause == RunCause.Outage && !Endangered(step);
    }

    /// <summary>Its own supplies fail, or those of something that it depends on and that goes down.</summary>
    private bool Endangered(StepState step)
    {
        if (Supply(step.Target.HostId) is { Failing: true, OffOnly: false })
            return true;
        var rank = StepList.RankOf(Model, step);
        return Run?.Steps.Any(s =>
                s.Selected
                && StepList.RankOf(Model, s) is var r
                && r > rank
                && r is (int)HostRank.Storage or (int)HostRank.Network
                && Supply(s.Target.HostId).Failing
            ) == true;
    }

    /// <summary>D1: mains is back for this step's target, confirmed.</summary>
    private bool Back(StepState step) =>
        Run is { Cause: RunCause.Outage }
        && !Endangered(step)
        && OnLineFor(step.Target.HostId, TimeSpan.FromSeconds(Plan.ReturnConfirmSeconds));

    private bool MayBegin(int index, StepState step)
    {
        if (Run is not { } run)
            return false;
        var rank = StepList.RankOf(Model, step);
        if (
            step.Target.Kind != TargetKind.Guest
            && run.Steps.Any(s => s is { Selected: true, Terminal: false } && StepList.RankOf(Model, s) < rank)
        )
            return false;
        var earlier = run.Steps.Where(s =>
            s.Selected && s.PhaseIndex < step.PhaseIndex && StepList.RankOf(Model, s) <= rank
        );
        if (!step.Uncovered && earlier.Any(s => !s.Terminal && !WaitsFor(s, step)))
            return false;
        return InTurn(index, step, run) && RoomOnHost(step, run);
    }

    /// <summary>A host that is down to its last guests does not keep them waiting for itself (I2).</summary>
    private bool WaitsFor(StepState host, StepState guest) =>
        host is { Target.Kind: TargetKind.Host, Action: StepAction.Shutdown, AskedAt: null }
        && guest.Target.Kind == TargetKind.Guest
        && HostOf(guest.Target) == host.Target.HostId;

    private bool InTurn(int index, StepState step, RunState run)
    {
        var phase = Plan.Phases[step.PhaseIndex];
        if (phase.Parallel || step.Uncovered)
            return true;
        var delay = run.Compressed ? TimeSpan.Zero : TimeSpan.FromSeconds(phase.DelayBetweenStepsSeconds);
        var before = run.Steps.Take(index).Where(s => s.Selected && !s.Uncovered && s.PhaseIndex == step.PhaseIndex);
        return before.All(s => (s.Terminal && Now - (s.OverAt ?? TimeSpan.Zero) >= delay) || WaitsFor(s, step));
    }

    private bool RoomOnHost(StepState step, RunState run)
    {
        if (step.Target.Kind != TargetKind.Guest || !Model.Hosts.TryGetValue(HostOf(step.Target), out var host))
            return true;
        var busy = run.Steps.Count(s =>
            s is { Status: StepStatus.Running, Target.Kind: TargetKind.Guest } && HostOf(s.Target) == host.Id
        );
        return busy < host.MaxParallelGuests;
    }

    private void AdvanceGuest(int index, StepState step)
    {
        var view = _state.Guests.GetValueOrDefault(step.Target.Key);
        var fresh = view is not null && view.SeenAt >= Now - FreshFor;
        if (fresh && view is { Power: PowerState.Off or PowerState.Saved })
        {
            Finish(
                index,
                StepStatus.Done,
                $"{HostName(view.HostId)} reports it {(view.Power == PowerState.Off ? "off" : "saved")}",
                null
            );
            return;
        }
        // Located and looked at before it is asked (C5, I3); a host that does not answer is asked blindly after a while.
        if (step.Effect is not null || (!fresh && step.AskedAt is null && Now - step.BeganAt < LookFor))
            return;
        var rung = step.Ladder[step.Rung];
        if (Now - step.RungAt >= TimeSpan.FromSeconds(rung.TimeoutSeconds))
            Climb(index, step);
        else if (!HeldBack(step) && AskIsDue(step, rung))
            Ask(index, step, rung);
        else if (step.AskedAt is null && Back(step))
            Finish(index, StepStatus.Cancelled, null, "Mains returned before it was asked.");
    }

    /// <summary>An ACPI press is lost while a guest boots: it is repeated. A refused ask is tried again (C3).</summary>
    private bool AskIsDue(StepState step, RungDefinition rung)
    {
        if (step.AskedAt is not { } asked || asked < step.RungAt)
            return true;
        var wait = step.AcceptedAt is null ? RetryAfter : RepeatAfter;
        return Now - asked >= wait && (rung.Action == StepAction.Shutdown || step.AcceptedAt is null);
    }

    private void Ask(int index, StepState step, RungDefinition rung)
    {
        var whole = TimeSpan.FromSeconds(rung.TimeoutSeconds);
        var limit = rung.Action == StepAction.Save || whole < CallLimit ? whole : CallLimit;
        var effect = Issue(step, EffectKind.GuestPower, rung.Action, limit, rung.Via);
        SetStep(index, step with { Effect = effect, AskedAt = Now, AcceptedAt = null, Attempt = step.Attempt + 1 });
    }

    /// <summary>The rung's time is over: the next one, or the end. With mains back nothing is forced (D2).</summary>
    private void Climb(int index, StepState step)
    {
        if (HeldBack(step))
        {
            if (Back(step) || Run?.Cancelled is not null)
                Finish(
                    index,
                    StepStatus.Cancelled,
                    null,
                    "It still runs, and is left running: "
                        + (Run?.Cancelled is null ? "mains is back." : "the run was cancelled.")
                );
            return;
        }
        if (step.Rung + 1 < step.Ladder.Length)
        {
            var next = step.Ladder[step.Rung + 1];
            Tell(
                "step.climbed",
                NoticeLevel.Warning,
                $"{step.Target.Name} did not stop in time; next: {next.Action}.",
                ("target", step.Target.Name)
            );
            SetStep(index, step with { Rung = step.Rung + 1, RungAt = Now, AcceptedAt = null });
            return;
        }
        var tried = string.Join(", ", step.Ladder.Select(r => $"{r.Action} {r.TimeoutSeconds} s"));
        Finish(
            index,
            StepStatus.Failed,
            null,
            $"It is not off after {tried}.{(step.Detail is null ? "" : " " + step.Detail)}"
        );
    }

    /// <summary>C5: off is held: what comes back is stopped again, twice at most.</summary>
    private void HoldOff(int index, StepState step)
    {
        var view = _state.Guests.GetValueOrDefault(step.Target.Key);
        if (view is not { Power: PowerState.Running } || view.SeenAt <= step.OverAt || HeldBack(step))
            return;
        if (step.CameBack >= 2)
        {
            Finish(index, StepStatus.Failed, null, "It was started again by somebody else, three times.");
            return;
        }
        Tell(
            "step.cameBack",
            NoticeLevel.Warning,
            $"{step.Target.Name} runs again and is stopped once more.",
            ("target", step.Target.Name)
        );
        SetStep(
            index,
            step with
            {
                Status = StepStatus.Running,
                CameBack = step.CameBack + 1,
                Rung = 0,
                RungAt = Now,
                BeganAt = Now,
                AskedAt = null,
                AcceptedAt = null,
                OverAt = null,
                EndedAt = null,
                Evidence = null,
            }
        );
    }

    private void AdvanceCommand(int index, StepState step)
    {
        if (step.Effect is not null || step.AskedAt is not null)
            return;
        var limit = TimeSpan.FromSeconds(step.Ladder[0].TimeoutSeconds);
        var effect = Issue(step, EffectKind.Command, StepAction.Command, limit);
        SetStep(index, step with { Effect = effect, AskedAt = Now, Attempt = step.Attempt + 1 });
    }

    private string HostName(int hostId) => Model.Hosts.GetValueOrDefault(hostId)?.Name ?? $"host {hostId}";
}

using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Takes a host down: list, resolve every guest, ask, and prove that it is off (C4, C5, I2).</summary>
internal sealed partial class Turn
{
    private static readonly TimeSpan ListWithin = TimeSpan.FromSeconds(15);

    private void AdvanceHost(int index, StepState step)
    {
        if (!Model.Hosts.TryGetValue(step.Target.HostId, out var host))
            return;
        var view = _state.Hosts.GetValueOrDefault(host.Id);
        if (step.Effect is not null)
            return;
        if (step.AskedAt is null && !GuestsResolved(index, step, host, view))
            return;
        if (step.AcceptedAt is { } accepted)
            ProveOff(index, step, host, view, accepted);
        else
            AskHost(index, step, view);
    }

    private bool GuestsResolved(int index, StepState step, HostModel host, HostView? view)
    {
        if (host.HasGuests && !(view?.SeenAt >= step.BeganAt))
        {
            // Listing again is bounded: a host that cannot list must still be told in time.
            if (Now - step.BeganAt < ListWithin)
                return false;
            SetStep(index, step with { Detail = $"Its guests could not be listed: {view?.Words ?? "no answer"}" });
        }
        var here = _state.Guests.Where(g => g.Value.HostId == host.Id).ToList();
        var known = Run?.Steps.Where(s => s.Action != StepAction.Command).Select(s => s.Target.Key).ToHashSet() ?? [];
        var uncovered = here.Where(g =>
                g.Value.Power is PowerState.Running or PowerState.Paused && !known.Contains(g.Key)
            )
            .ToList();
        foreach (var (_, guest) in uncovered)
            AddUncovered(step, host, guest);
        if (uncovered.Count > 0)
            return false;
        var open =
            Run?.Steps.Index()
                .Where(s =>
                    s.Item is { Terminal: false, Target.Kind: TargetKind.Guest } && HostOf(s.Item.Target) == host.Id
                )
                .ToList()
            ?? [];
        foreach (var (i, pending) in open.Where(s => !s.Item.Selected))
            SetStep(i, pending with { Selected = true });
        return open.Count == 0;
    }

    private void AddUncovered(StepState hostStep, HostModel host, GuestView guest)
    {
        if (Run is not { } run)
            return;
        var step = new StepState
        {
            Phase = hostStep.Phase,
            PhaseIndex = hostStep.PhaseIndex,
            Target = TargetRef.Of(guest),
            Action = StepAction.Shutdown,
            Ladder = host.DefaultLadder,
            Uncovered = true,
            Selected = true,
        };
        SetRun(run with { Steps = run.Steps.Add(step) });
        Tell(
            "step.uncovered",
            NoticeLevel.Warning,
            $"{guest.Name} runs on {host.Name} and is in no step: it is shut down before its host.",
            ("target", guest.Name)
        );
    }

    private void AskHost(int index, StepState step, HostView? view)
    {
        var limit = TimeSpan.FromSeconds(step.Ladder[0].TimeoutSeconds);
        var since = step.AskedAt is null ? Now : step.RungAt;
        if (step.AskedAt is not null && Now - since >= limit)
        {
            var words = $"It was asked {step.Attempt} times and did not accept. {step.Detail ?? view?.Words}";
            Finish(index, view?.Answers == true ? StepStatus.Failed : StepStatus.Unknown, null, words);
            return;
        }
        if (HeldBack(step))
        {
            if (Back(step) || Run?.Cancelled is not null)
                Finish(
                    index,
                    StepStatus.Cancelled,
                    null,
                    Run?.Cancelled is null ? "Mains is back." : "The run was cancelled."
                );
            return;
        }
        if (step.AskedAt is { } asked && Now - asked < RepeatAfter)
            return;
        var effect = Issue(step, EffectKind.HostShutdown, StepAction.Shutdown, limit < CallLimit ? limit : CallLimit);
        SetStep(index, step with { Effect = effect, RungAt = since, AskedAt = Now, Attempt = step.Attempt + 1 });
        if (Run is { } run && Model.Hosts.GetValueOrDefault(step.Target.HostId)?.Rank == HostRank.Manager)
            SetRun(run with { PastNoReturn = true });
    }

    /// <summary>C4: silence after an accepted shutdown is off only while a witness proves the path.</summary>
    private void ProveOff(int index, StepState step, HostModel host, HostView? view, TimeSpan accepted)
    {
        var needed = TimeSpan.FromSeconds(host.OffSilenceSeconds);
        var timedOut = Now - accepted >= TimeSpan.FromSeconds(step.Ladder[0].TimeoutSeconds);
        if (view is not { Answers: false })
        {
            if (timedOut)
                Finish(
                    index,
                    view?.Answers == true ? StepStatus.Failed : StepStatus.Unknown,
                    null,
                    $"It accepted the shutdown, but {(view?.Answers == true ? "still answers" : $"nothing proves that it is off: {view?.Words}")}."
                );
            return;
        }
        if (view.WitnessedSilenceSince is { } witnessed && Now - Later(witnessed, accepted) >= needed)
        {
            Finish(
                index,
                StepStatus.Done,
                $"silent for {Words.Duration(needed.TotalSeconds)} after it accepted the shutdown, while its witness answers",
                null
            );
            return;
        }
        var silent = Now - Later(view.SilentSince ?? Now, accepted);
        if (!host.HasWitness && (silent >= needed || timedOut))
            Finish(
                index,
                StepStatus.Unknown,
                null,
                $"It accepted the shutdown and is silent, but it has no witness that would prove the network path: {view.Words}"
            );
        else if (timedOut && Now - accepted >= TimeSpan.FromSeconds(step.Ladder[0].TimeoutSeconds) + needed)
            Finish(
                index,
                StepStatus.Unknown,
                null,
                $"It accepted the shutdown and is silent, but so is its witness: {view.Words}"
            );
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}

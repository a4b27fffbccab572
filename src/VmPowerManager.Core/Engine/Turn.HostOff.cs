using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Proves that a host is off, and climbs its ladder where it does not go (C3, C4).</summary>
internal sealed partial class Turn
{
    /// <summary>C4: silence after an accepted shutdown is off only while a witness proves the path.</summary>
    private void ProveOff(int index, StepState step, HostModel host, HostView? view, TimeSpan accepted)
    {
        var needed = TimeSpan.FromSeconds(host.OffSilenceSeconds * (view?.Refused == true ? 2 : 1));
        var bound = TimeSpan.FromSeconds(step.Ladder[step.Rung].TimeoutSeconds);
        var timedOut = Now - accepted >= bound;
        if (view is not { Answers: false })
        {
            if (timedOut)
                GiveUpOn(index, step, view);
            return;
        }
        step = step with { GoneAt = Later(view.SilentSince ?? Now, accepted) };
        if (view.WitnessedSilenceSince is { } witnessed && Now - Later(witnessed, accepted) >= needed)
        {
            ProvedOff(
                index,
                step,
                $"silent for {Words.Duration(needed.TotalSeconds)} after it accepted the shutdown, while its witness answers"
            );
            return;
        }
        var silent = Now - Later(view.SilentSince ?? Now, accepted);
        if (!host.HasWitness && (silent >= needed || timedOut))
            GiveUp(
                index,
                step,
                StepStatus.Unknown,
                $"It accepted the shutdown and is silent, but it has no witness that would prove the network path: {view.Words}"
            );
        else if (Now - accepted >= bound + needed)
            GiveUp(
                index,
                step,
                StepStatus.Unknown,
                $"It accepted the shutdown and is silent, but so is its witness: {view.Words}"
            );
    }

    /// <summary>Off by positive evidence: it counts for what feeds the host, too (C9).</summary>
    private void ProvedOff(int index, StepState step, Sentence evidence)
    {
        var view = _state.Hosts.GetValueOrDefault(step.Target.HostId) ?? new HostView();
        var off = view with
        {
            Answers = false,
            TriedAt = Now,
            SilentSince = view.SilentSince ?? Now,
            ProvedOffAt = Now,
        };
        _state = _state with { Hosts = _state.Hosts.SetItem(step.Target.HostId, off) };
        SetStep(index, step);
        Finish(index, StepStatus.Done, evidence, null);
    }

    private void GiveUpOn(int index, StepState step, HostView? view)
    {
        if (step.ResultLost && HeldBack(step))
            Finish(index, StepStatus.Cancelled, null, $"It still answers, and is left running.");
        else if (view?.Answers == true)
            GiveUp(index, step, StepStatus.Failed, $"It accepted the shutdown, but still answers.");
        else
            GiveUp(
                index,
                step,
                StepStatus.Unknown,
                $"It accepted the shutdown, but nothing proves that it is off: {view?.Words}."
            );
    }

    /// <summary>This rung brought nothing: the next, or the end. Nothing takes our own power but the plan's last act.</summary>
    private void GiveUp(int index, StepState step, StepStatus status, Sentence words)
    {
        var own = Model.Hosts.GetValueOrDefault(step.Target.HostId)?.Rank == HostRank.Manager;
        if (own || HeldBack(step) || step.Rung + 1 >= step.Ladder.Length)
        {
            SetStep(index, step);
            Finish(index, status, null, words);
            return;
        }
        Tell(
            "step.climbed",
            NoticeLevel.Warning,
            $"{step.Target.Name} did not stop in time; next: {Words.Of(step.Ladder[step.Rung + 1].Action)}.",
            ("target", step.Target.Name)
        );
        SetStep(
            index,
            step with
            {
                Rung = step.Rung + 1,
                RungAt = Now,
                AcceptedAt = null,
                ResultLost = false,
                Detail = words,
            }
        );
    }

    /// <summary>The BMC takes the power and reads that it is gone: its word is proof (C4). With mains back nothing is
    /// forced.</summary>
    private void AdvanceBmc(int index, StepState step, HostView? view)
    {
        var rung = step.Ladder[step.Rung];
        if (AskedOnRung(step) && step.AcceptedAt is not null)
            ProvedOff(index, step, $"its BMC reports it off");
        else if (HeldBack(step))
        {
            if (CalledOff(step) is { } why)
                Finish(index, StepStatus.Cancelled, null, $"Its power is not taken. {why}");
        }
        else if (AskedOnRung(step) && Now - step.RungAt >= TimeSpan.FromSeconds(rung.TimeoutSeconds))
            Finish(
                index,
                view?.Answers == true ? StepStatus.Failed : StepStatus.Unknown,
                null,
                $"Its BMC did not take its power: {step.Detail}"
            );
        else if (!AskedOnRung(step) || Now - step.AskedAt >= RetryAfter)
        {
            var limit = TimeSpan.FromSeconds(rung.TimeoutSeconds);
            SetStep(
                index,
                step with
                {
                    Effect = Issue(step, EffectKind.BmcOff, StepAction.BmcOff, limit < CallLimit ? limit : CallLimit),
                    AskedAt = Now,
                    AcceptedAt = null,
                    Attempt = step.Attempt + 1,
                }
            );
        }
    }
}

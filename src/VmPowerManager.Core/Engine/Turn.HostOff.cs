using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Proves that a host is off, and climbs its ladder where it does not go (C3, C4).</summary>
internal sealed partial class Turn
{
    /// <summary>C4: what its BMC says is proof, both ways; else silence after an accepted shutdown is off only while a witness
    /// proves the path.</summary>
    private void ProveOff(int index, StepState step, HostModel host, HostView? view, TimeSpan accepted)
    {
        var needed = TimeSpan.FromSeconds(host.OffSilenceSeconds * (view?.Refused == true ? 2 : 1));
        var bound = TimeSpan.FromSeconds(step.Ladder[step.Rung].TimeoutSeconds);
        var timedOut = Now - accepted >= bound;
        if (view is { HasPower: { } hasPower } && view.TriedAt > accepted)
        {
            var gone = step with { GoneAt = Later(view.SilentSince ?? Now, accepted) };
            if (!hasPower)
                ProvedOff(index, gone, $"its BMC reports it off");
            else if (timedOut)
                GiveUp(
                    index,
                    step,
                    StepStatus.Failed,
                    $"It accepted the shutdown and is silent, but its BMC reports that it still has power."
                );
            return;
        }
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
        if (JustBack)
            return;
        var own = Model.Hosts.GetValueOrDefault(step.Target.HostId)?.Rank == HostRank.Manager;
        if (own || HeldBack(step) || step.Rung + 1 >= step.Ladder.Length)
        {
            SetStep(index, step);
            Finish(index, status, null, words);
            return;
        }
        NextRung(
            index,
            step,
            words,
            $"{step.Target.Name} did not stop in time; next: {Words.Of(step.Ladder[step.Rung + 1].Action)}."
        );
    }

    private void NextRung(int index, StepState step, Sentence? words, Sentence told)
    {
        Tell("step.climbed", NoticeLevel.Warning, told, ("target", step.Target.Name));
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

    /// <summary>The step whose peer has just turned out to be somebody else than its pinned key says.</summary>
    private int? _untrusted;

    /// <summary>F8: its BMC is another way, and is not waited for; without such a rung it is asked on, in case that a person
    /// approves the key.</summary>
    private bool TakesSecondPath(int index, StepState step)
    {
        var own = Model.Hosts.GetValueOrDefault(step.Target.HostId)?.Rank == HostRank.Manager;
        if (_untrusted != index || own || step.Rung + 1 >= step.Ladder.Length)
            return false;
        _untrusted = null;
        NextRung(
            index,
            step,
            step.Detail,
            $"{step.Target.Name} is not who its pinned key says: it is not asked again; next: {Words.Of(step.Ladder[step.Rung + 1].Action)}."
        );
        return true;
    }

    /// <summary>The BMC takes the power and reads that it is gone: its word is proof (C4). With mains back nothing is
    /// forced.</summary>
    private void AdvanceBmc(int index, StepState step, HostView? view)
    {
        var rung = step.Ladder[step.Rung];
        if (AskedOnRung(step) && step.AcceptedAt is { } accepted)
            BelieveBmc(index, step, view, accepted);
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
        // I2: a guest that was started meanwhile, by whomever, is resolved before its host's power is taken.
        else if ((!AskedOnRung(step) || Now - step.AskedAt >= RetryAfter) && IsEmptied(step, view))
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

    /// <summary>Its word is proof (C4), unless the host itself answers after that: then it is another machine's controller. A
    /// host that answered until now is looked at once more.</summary>
    private void BelieveBmc(int index, StepState step, HostView? view, TimeSpan accepted)
    {
        if (view is not { Answers: true })
            ProvedOff(index, step, $"its BMC reports it off");
        else if (view.TriedAt > accepted)
            Finish(
                index,
                StepStatus.Failed,
                null,
                $"Its BMC reports it off, but it answers: is it the controller of another machine?"
            );
    }

    /// <summary>Where nobody answers, nobody can look. A process that has just come back has not looked yet.</summary>
    private bool IsEmptied(StepState step, HostView? view) =>
        view switch
        {
            null => !(Now - _state.ResumedAt < ListWithin),
            { Answers: false } => true,
            _ => !Model.Hosts.TryGetValue(step.Target.HostId, out var host) || GuestsResolved(step, host, view),
        };
}

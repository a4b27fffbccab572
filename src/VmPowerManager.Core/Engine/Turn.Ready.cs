using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Looks whether what was started is there for those that need it, and waits for conditions (POLICY E4).</summary>
internal sealed partial class Turn
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(10);

    /// <summary>The other nodes of a cluster boot as long as this one, and may have been woken after it.</summary>
    private static readonly TimeSpan HostReadyWithin = TimeSpan.FromMinutes(15);

    /// <summary>The target runs or answers: that is all, or the begin of looking whether it is ready.</summary>
    private void BecomeReady(int index, StepState step, Sentence evidence)
    {
        if (step.Ready is null or { Kind: ReadyKind.Running })
        {
            Finish(index, StepStatus.Done, evidence, null);
            return;
        }
        if (step.UpAt is null)
        {
            // The ask that started it may still be without a word: it is no look.
            step = step with
            {
                UpAt = Now,
                Effect = null,
                AskedAt = null,
                AcceptedAt = null,
            };
            SetStep(index, step);
        }
        Look(index, step, step.Ready, step.UpAt ?? Now);
    }

    /// <summary>Ends the step when the condition holds, or when its time is over; looks every few seconds.</summary>
    private void Look(int index, StepState step, ReadyDefinition ready, TimeSpan since)
    {
        if (step.AcceptedAt >= since)
        {
            var how = step.Detail is { } words ? Sentence.Of($"it is ready: {words}") : Sentence.Of($"it is ready");
            Finish(index, StepStatus.Done, how, null);
            return;
        }
        if (Now - since >= TimeSpan.FromSeconds(ready.TimeoutSeconds))
        {
            var within = Words.Duration(ready.TimeoutSeconds);
            Finish(
                index,
                StepStatus.Failed,
                null,
                step.Action == StepAction.WaitUntil
                    ? Sentence.Of($"What was waited for did not come true within {within}. {step.Detail}")
                    : Sentence.Of($"It is up, but was not ready within {within}. {step.Detail}")
            );
            return;
        }
        var unanswered = step.Effect is not null && Now - step.AskedAt < LookLimit + NoWordAfter;
        if (unanswered || Now - step.AskedAt < LookEvery)
            return;
        var effect = Issue(step, EffectKind.Ready, step.Action, LookLimit);
        _effects[^1] = _effects[^1] with { Ready = ready };
        SetStep(index, step with { Effect = effect, AskedAt = Now, AcceptedAt = null, Attempt = step.Attempt + 1 });
    }

    /// <summary>A host may be up and yet start nothing: a node that waits for its cluster. Until it may, the guest's own
    /// time does not begin. One that became so after the newest look refuses: that ask was none.</summary>
    private bool AwaitsHost(int index, StepState step)
    {
        if (step.AskedAt is not null && !IsRefused(step))
            return false;
        var host = HostOf(step.Target);
        if (_state.Hosts.GetValueOrDefault(host)?.NotReady is not { } words)
        {
            if (step.AwaitsHost)
                SetStep(index, step with { AwaitsHost = false, BeganAt = Now, Detail = null });
            return step.AwaitsHost;
        }
        Sentence why = $"{HostName(host)} is up, and not ready to start guests: {words}";
        if (Now - step.BeganAt >= HostReadyWithin)
            Finish(index, StepStatus.Failed, null, why);
        else if (!step.AwaitsHost || step.Detail != why)
            SetStep(index, step with { AwaitsHost = true, Detail = why, AskedAt = null });
        return true;
    }

    private static bool IsRefused(StepState step) =>
        step is { AskedAt: not null, AcceptedAt: null, Effect: null, ResultLost: false };

    /// <summary>A step without effect: those after it wait for its condition (C1), but not while time is short (C7).</summary>
    private void AdvanceWait(int index, StepState step)
    {
        if (Run is { Kind: RunKind.Shutdown, Compressed: true })
            Finish(index, StepStatus.Skipped, null, $"There is no time to wait.");
        else if (Run is { Kind: RunKind.Shutdown } && CalledOff(step) is { } why)
            Finish(index, StepStatus.Cancelled, null, why);
        else if (step.Ready is null or { Kind: ReadyKind.Running })
            WaitForRunning(index, step, step.Ready?.TimeoutSeconds ?? 120);
        else
            Look(index, step, step.Ready, step.BeganAt ?? Now);
    }

    private void WaitForRunning(int index, StepState step, int seconds)
    {
        if (ObservedUp(step.Target))
            Finish(index, StepStatus.Done, $"it runs", null);
        else if (Now - step.BeganAt >= TimeSpan.FromSeconds(seconds))
            Finish(index, StepStatus.Failed, null, $"It does not run after {Words.Duration(seconds)}.");
    }
}

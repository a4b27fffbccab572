using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Brings a host up: wake, look whether it answers, wake again, the next method (POLICY E4).</summary>
internal sealed partial class Turn
{
    private static readonly TimeSpan WakeEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WakeLimit = TimeSpan.FromSeconds(15);

    /// <summary>An outlet has to go off, stay off for a while, and come on.</summary>
    private static readonly TimeSpan ColdWakeLimit = TimeSpan.FromSeconds(22);

    /// <summary>A host that its firmware starts when power returns is left to it for so long.</summary>
    private static readonly TimeSpan OwnWayFirst = TimeSpan.FromSeconds(20);

    /// <summary>A host that answers is adopted, whoever woke it.</summary>
    private void BringHost(int index, StepState step)
    {
        var view = _state.Hosts.GetValueOrDefault(step.Target.HostId);
        if (view is { Answers: true } && view.SeenAt >= step.BeganAt - FreshFor)
        {
            // Asked to go down a moment ago: that it still answers is not its last word.
            if (!Unsettled(EntryOf(KeyOf(step.Target))))
                BecomeReady(index, step, $"it answers");
            return;
        }
        if (step.UpAt is { } up)
        {
            // It answered once: its readiness has a bound of its own, a reboot in between has not.
            if (Now - up < StartWithin(step, HostUpWithin))
                return;
            Finish(index, StepStatus.Failed, null, $"It answered, and fell silent again: {view?.Words}");
            return;
        }
        if (WaitsAnew(index, step) || !WasLookedAt(step, view))
            return;
        var methods = Model.Hosts.GetValueOrDefault(step.Target.HostId)?.WakeMethods.Length ?? 0;
        if (Now - step.BeganAt >= StartWithin(step, HostUpWithin))
            Finish(index, StepStatus.Failed, null, NotWoken(step, methods, view?.Words));
        else if (methods > 0)
            Wake(index, step, methods);
    }

    /// <summary>What is known of it may be a minute old: it may have come up meanwhile.</summary>
    private bool WasLookedAt(StepState step, HostView? view)
    {
        var since = Later(step.BeganAt ?? Now, _state.ResumedAt ?? TimeSpan.MinValue);
        return view?.TriedAt >= since || Now - since >= LookFor;
    }

    private static Sentence NotWoken(StepState step, int methods, string? words)
    {
        var within = Words.Duration(StartWithin(step, HostUpWithin).TotalSeconds);
        return methods == 0
            ? Sentence.Of($"It did not come up within {within}, and no wake method is set: {words}")
            : Sentence.Of(
                $"It did not come up within {within}, and was woken {step.Attempt} times. {step.Detail} {words}"
            );
    }

    /// <summary>Each method has its share of the time, and is repeated within it; a refused one makes way at once. After the
    /// last the first is tried again.</summary>
    private void Wake(int index, StepState step, int methods)
    {
        if (step.Effect is not null && Now - step.AskedAt < WakeLimit + NoWordAfter)
            return;
        // Before anything was asked: perhaps it comes by itself. And nothing is woken on a battery (E5), but by a person.
        var quiet = step.AskedAt is null ? OwnWayFirst : TimeSpan.Zero;
        if (Run?.Cause is not (RunCause.Manual or RunCause.Drill) && !OnLineFor(FedAs(step.Target), quiet))
            return;
        var refused = step is { AskedAt: not null, AcceptedAt: null, ResultLost: false };
        var over = Now - step.RungAt >= TimeSpan.FromSeconds(step.Ladder[step.Rung].TimeoutSeconds);
        if (step.AskedAt is not null && (refused || over) && methods > 1)
        {
            // All were refused just now: not again at once.
            if (step.Rung == methods - 1 && refused && Now - step.AskedAt < WakeEvery)
                return;
            step = step with { Rung = (step.Rung + 1) % methods, RungAt = Now };
        }
        else if (step.AskedAt is { } asked && Now - asked < WakeEvery)
            return;
        AskToWake(index, step);
    }

    private void AskToWake(int index, StepState step)
    {
        var view = _state.Hosts.GetValueOrDefault(step.Target.HostId);
        var provedOff =
            view is { Answers: false, HasPower: not true }
            && (view.ProvedOffAt is not null || EntryOf(KeyOf(step.Target)) is { ProvedOff: true });
        // From here on it may be booting, however silent: nothing proves it off any more (C4, I13).
        Mark(KeyOf(step.Target), e => e with { Stopped = false, SeenOff = false, ProvedOff = false });
        VoidProof(step.Target.HostId);
        var effect = Issue(
            step,
            EffectKind.Wake,
            StepAction.Wake,
            provedOff && ByOutlet(step) ? ColdWakeLimit : WakeLimit
        );
        _effects[^1] = _effects[^1] with { Method = step.Rung, ProvedOff = provedOff };
        Tell(
            "host.waking",
            NoticeLevel.Info,
            $"{step.Target.Name} is woken by {MethodName(step)}, attempt {step.Attempt + 1}.",
            ("target", step.Target.Name),
            ("method", MethodName(step))
        );
        SetStep(
            index,
            step with
            {
                Effect = effect,
                RungAt = step.AskedAt is null ? Now : step.RungAt,
                AskedAt = Now,
                AcceptedAt = null,
                ResultLost = false,
                Attempt = step.Attempt + 1,
            }
        );
    }

    private bool ByOutlet(StepState step) => MethodOf(step) == "pdu";

    private string? MethodOf(StepState step) =>
        Model.Hosts.GetValueOrDefault(step.Target.HostId)?.WakeMethods.ElementAtOrDefault(step.Rung);

    private Sentence MethodName(StepState step) =>
        MethodOf(step) switch
        {
            "wol" => Sentence.Of($"Wake-on-LAN"),
            "ipmi" => Sentence.Of($"IPMI"),
            "redfish" => Sentence.Of($"Redfish"),
            "pdu" or "nutOutlet" => Sentence.Of($"its outlet"),
            var other => Sentence.Verbatim(other ?? ""),
        };

    /// <summary>A rung for each wake method, with its share of the time: twice round.</summary>
    private static RungDefinition[] WakeRungs(int methods, TimeSpan within)
    {
        var share = methods < 2 ? within : TimeSpan.FromSeconds(Math.Max(30, within.TotalSeconds / (2 * methods)));
        return
        [
            .. Enumerable.Repeat(
                new RungDefinition { Action = StepAction.Wake, TimeoutSeconds = (int)share.TotalSeconds },
                Math.Max(1, methods)
            ),
        ];
    }
}

using System.Collections.Immutable;
using VmPowerManager.Core.Forecasts;

namespace VmPowerManager.Core.Engine;

/// <summary>E3: energy for the boot and the next shutdown, stage by stage; and what is told about the gates.</summary>
internal sealed partial class Turn
{
    /// <summary>Seconds of runtime that this step's stage asks for.</summary>
    private double ReserveFor(StepState step)
    {
        if (!Plan.Startup.Reserve)
            return 0;
        var stage = step.PhaseIndex;
        var steps = Run is { Kind: RunKind.Startup } run ? run.Steps : StartSteps;
        var open = steps.Count(s => !s.Terminal);
        if (
            _state.Reserve is not { } known
            || known.Open != open
            || known.At > Now
            || Now - known.At >= TimeSpan.FromSeconds(5)
        )
            known = new Reserve { At = Now, Open = open };
        if (!known.ByStage.TryGetValue(stage, out var byHost))
        {
            byHost = StartupReserve.Of(Model, _state, Now, steps, stage, t => ObservedUp(t));
            known = known with { ByStage = known.ByStage.SetItem(stage, byHost) };
            _state = _state with { Reserve = known };
        }
        return byHost.TryGetValue(FedAs(step.Target), out var seconds) ? seconds + Plan.SafetyMarginSeconds : 0;
    }

    private ImmutableArray<StepState> StartSteps =>
        _startSteps ??= StartList(everything: false, byPerson: _state.Cycle?.StartWanted == true);

    private ImmutableArray<StepState>? _startSteps;

    /// <summary>E3: a later gate that is not passed for long is told as the first one is.</summary>
    private void WatchGates()
    {
        if (
            Run is not { Kind: RunKind.Startup, Cause: not RunCause.Manual, Cancelled: null } run
            || _state.Cycle is not { } cycle
        )
            return;
        var next = run.Steps.FirstOrDefault(s => s.Status == StepStatus.Pending);
        if (next is null || run.Steps.Any(s => s.Status == StepStatus.Running) || StartGatePasses(next))
        {
            if (cycle.WaitingSince is not null)
                _state = _state with { Cycle = cycle with { WaitingSince = null } };
            return;
        }
        if (cycle.WaitingSince is not { } since)
            _state = _state with { Cycle = cycle with { WaitingSince = Now } };
        else if (
            (Plan.Startup.MaxWaitSeconds ?? ToldAfterSeconds) is var most
            && Now - since >= TimeSpan.FromSeconds(most)
        )
            TellOnce(
                "maxWait",
                "plan.startupWaits",
                NoticeLevel.Critical,
                $"The startup of \"{Plan.Name}\" has begun, but has waited for {Words.Duration(most)} before {next.Target.Name}: {ViewOfGate(next).WaitsFor}. Start it by hand, or wait."
            );
    }

    /// <summary>E3: one of two is enough where one is needed, and everyone should know.</summary>
    private void TellOneLegged(ImmutableArray<StepState> steps)
    {
        var hosts = steps
            .Select(s => FedAs(s.Target))
            .Distinct()
            .Where(id => Model.Hosts.ContainsKey(id))
            .Where(id =>
                Model
                    .SuppliesOf(Model.Hosts[id])
                    .Any(s => _state.Upses.GetValueOrDefault(s.UpsId) is not { OnLine: true })
            )
            .Where(id => OnLineFor(id, StableMains))
            .Select(id => Sentence.Verbatim(HostName(id)))
            .ToList();
        if (hosts.Count > 0)
            Tell(
                "plan.startsWithoutRedundancy",
                NoticeLevel.Warning,
                $"{Sentence.Join(", ", hosts)} start without redundancy: not all of their supplies are back."
            );
    }

    private Reasons GateValues(ImmutableArray<StepState> steps)
    {
        var best = _state
            .Upses.Values.Where(u => u.OnLine)
            .MaxBy(u => u.OnLineSince is { } since ? Now - since : TimeSpan.Zero);
        var first = steps.FirstOrDefault(s => !ObservedUp(s.Target)) ?? steps.FirstOrDefault();
        var gate = first is null ? null : GateOf(first);
        var asked = gate is null ? 0 : Math.Max(gate.RuntimeSeconds, gate.ReserveSeconds);
        var runtime = best is null ? null : RuntimeAsBefore(best);
        return Reasons.Of(
            $"mains is back and stable",
            ("stableSeconds", (Now - best?.OnLineSince)?.TotalSeconds.ToString("0", Words.Culture)),
            ("chargePercent", best?.Last?.BatteryChargePercent?.ToString("0", Words.Culture)),
            ("runtimeSeconds", best?.Last?.BatteryRuntimeSeconds?.ToString("0", Words.Culture)),
            ("runtimeAtLoadBeforeSeconds", runtime?.ToString("0", Words.Culture)),
            ("chargeNeededPercent", gate?.ChargePercent.ToString("0", Words.Culture)),
            ("runtimeNeededSeconds", asked.ToString("0", Words.Culture))
        );
    }
}

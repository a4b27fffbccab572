using System.Collections.Immutable;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>Which steps go down now: triggers against the supplies of each target (B1, C1).</summary>
internal sealed partial class Turn
{
    /// <summary>Room that an auto trigger leaves, seconds (C1).</summary>
    private const double SafetyMarginSeconds = 60;

    /// <summary>Marks the steps whose time has come (B1, C1). A phase begins when the worst of its targets meets its
    /// trigger, and pulls the earlier ones; within them only targets whose own supplies fail go down, and what depends
    /// on such a target.</summary>
    private ImmutableArray<StepState> Select(ImmutableArray<StepState> steps, out Reasons because)
    {
        because = Reasons.None;
        _lastTriggered = -1;
        var failing = steps.Select(s => FedAs(s.Target)).Distinct().Where(id => Fails(Supply(id))).ToHashSet();
        if (failing.Count == 0)
            return steps;
        var last = -1;
        foreach (var step in steps.Where(s => failing.Contains(FedAs(s.Target)) && s.PhaseIndex > last))
        {
            if (TriggerMet(step.PhaseIndex, SupplyOf(step.Target)) is not { } met)
                continue;
            last = step.PhaseIndex;
            because = ReasonsFor(step, met);
        }
        var critical = failing.Where(id => Supply(id).IsCritical).ToHashSet();
        if (critical.Count > 0)
            because = ReasonsFor(
                steps.First(s => critical.Contains(FedAs(s.Target))),
                Supply(critical.First()).CriticalBecause ?? Sentence.Of($"critical")
            );
        _lastTriggered = critical.Count > 0 ? Plan.Phases.Length - 1 : last;
        var selected = steps
            .Select(s =>
                s.Selected
                || (failing.Contains(FedAs(s.Target)) && s.PhaseIndex <= last)
                || critical.Contains(FedAs(s.Target))
                    ? s with
                    {
                        Selected = true,
                    }
                    : s
            )
            .ToImmutableArray();
        return WithDependants(selected, failing);
    }

    private bool AnyCritical(ImmutableArray<StepState> steps) =>
        steps.Any(s => s.Selected && SupplyOf(s.Target) is { IsCritical: true, OffOnly: false });

    /// <summary>Which condition of a phase's trigger is met, in words, or null.</summary>
    private Sentence? TriggerMet(int phaseIndex, SupplyView supply)
    {
        var phase = Plan.Phases[phaseIndex];
        var trigger = phase.Trigger;
        if (supply.OnBatteryFor < TimeSpan.FromSeconds(Plan.OnBatteryDelaySeconds))
            return null;
        if (trigger.RuntimeBelowSeconds is { } runtime && supply.RuntimeSeconds < runtime)
            return Sentence.Of(
                $"runtime {Words.Duration(supply.RuntimeSeconds.Value)} is below {Words.Duration(runtime)}"
            );
        if (trigger.ChargeBelowPercent is { } charge && supply.ChargePercent < charge)
            return Sentence.Of(
                $"charge {supply.ChargePercent.Value.ToString("0", Words.Culture)} % is below {charge.ToString("0", Words.Culture)} %"
            );
        if (trigger.OnBatteryForSeconds is { } seconds && supply.OnBatteryFor >= TimeSpan.FromSeconds(seconds))
            return Sentence.Of($"on battery for {Words.Duration(seconds)}");
        if (trigger.LowBattery && supply.LowBattery)
            return Sentence.Of($"low battery");
        return trigger.Auto ? AutoMet(phaseIndex, supply) : null;
    }

    private Sentence? AutoMet(int phaseIndex, SupplyView supply)
    {
        var need = Plan.Phases.Skip(phaseIndex).Sum(StepList.BoundSeconds) + SafetyMarginSeconds;
        if (supply.RuntimeSeconds is { } left)
            return left <= need
                ? Sentence.Of($"runtime {Words.Duration(left)} is what the rest needs ({Words.Duration(need)})")
                : null;
        return supply.OnBatteryFor >= TimeSpan.FromSeconds(120)
            ? Sentence.Of($"on battery for 120 s, runtime unknown")
            : null;
    }

    private Reasons ReasonsFor(StepState step, Sentence because)
    {
        var supply = SupplyOf(step.Target);
        return Reasons.Of(
            because,
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
}

using System.Collections.Immutable;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>When a phase's time has come (POLICY C1, C2).</summary>
internal sealed partial class Turn
{
    /// <summary>C2: an auto trigger that knows no runtime acts after so long on battery.</summary>
    private static readonly TimeSpan AutoWithoutRuntime = TimeSpan.FromSeconds(120);

    /// <summary>Which condition of a phase's trigger is met, in words, or null. Unknown values neither meet nor block (A8).</summary>
    private Sentence? TriggerMet(int phaseIndex, int hostId, ImmutableArray<StepState> steps)
    {
        var supply = Supply(hostId);
        var trigger = Plan.Phases[phaseIndex].Trigger;
        if (supply.OnBatteryFor < TimeSpan.FromSeconds(Plan.OnBatteryDelaySeconds))
            return null;
        return ByValue(trigger, supply) ?? (trigger.Auto ? AutoMet(hostId, supply, steps) : null);
    }

    private static Sentence? ByValue(TriggerDefinition trigger, SupplyView supply)
    {
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
        if (trigger.DepletionAbovePercentPerMinute is { } rate && supply.DepletionPercentPerMinute > rate)
            return Sentence.Of(
                $"charge is lost at {supply.DepletionPercentPerMinute.Value.ToString("0.#", Words.Culture)} % a minute, faster than {rate.ToString("0.#", Words.Culture)}"
            );
        return null;
    }

    /// <summary>C1: the latest moment that still fits, by the forecast of all that is open.</summary>
    private Sentence? AutoMet(int hostId, SupplyView supply, ImmutableArray<StepState> steps)
    {
        if (supply.RuntimeSeconds is not { } left)
            return supply.OnBatteryFor >= AutoWithoutRuntime
                ? Sentence.Of($"on battery for {Words.Duration(AutoWithoutRuntime.TotalSeconds)}, runtime unknown")
                : null;
        var need = LookAhead(steps).Needed.GetValueOrDefault(hostId) + Plan.SafetyMarginSeconds;
        return left <= need
            ? Sentence.Of($"runtime {Words.Duration(left)} is what the rest needs ({Words.Duration(need)})")
            : null;
    }

    /// <summary>When time alone will next meet a trigger, or end the plan's delay: time on battery, and a runtime that is
    /// only estimated and so runs down by itself.</summary>
    private TimeSpan? TriggerDeadline()
    {
        if (_state.Cycle is null)
            return null;
        var spans = Plan
            .Phases.Select(p => p.Trigger.OnBatteryForSeconds)
            .Append(Plan.OnBatteryDelaySeconds)
            .Append((int)AutoWithoutRuntime.TotalSeconds)
            .OfType<int>()
            .ToList();
        return Model
            .Hosts.Keys.Append(0)
            .Where(id => Supply(id).Failing)
            .SelectMany(id =>
                spans
                    .Select(span => (TimeSpan?)(Now + TimeSpan.FromSeconds(span) - Supply(id).OnBatteryFor))
                    .Concat(RuntimeDeadlines(id))
            )
            .Where(t => t > Now)
            .Min();
    }

    private IEnumerable<TimeSpan?> RuntimeDeadlines(int hostId)
    {
        if (Supply(hostId).RuntimeSeconds is not { } left)
            return [];
        var needed = _state.Ahead?.Needed.GetValueOrDefault(hostId) ?? 0;
        return Plan
            .Phases.Select(p => p.Trigger)
            .SelectMany(t => new double?[] { t.RuntimeBelowSeconds, t.Auto ? needed + Plan.SafetyMarginSeconds : null })
            .OfType<double>()
            .Select(seconds => (TimeSpan?)(Now + TimeSpan.FromSeconds(left - seconds)));
    }
}

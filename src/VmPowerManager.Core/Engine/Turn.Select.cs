using System.Collections.Immutable;

namespace VmPowerManager.Core.Engine;

/// <summary>Which steps go down now: triggers against the supplies of each target (B1, C1).</summary>
internal sealed partial class Turn
{
    /// <summary>Marks the steps whose time has come (B1, C1). A phase begins when the worst of its targets meets its
    /// trigger, and pulls the earlier ones; within them only targets whose own supplies fail go down, and what depends
    /// on such a target.</summary>
    private ImmutableArray<StepState> Select(ImmutableArray<StepState> steps, out Reasons because)
    {
        because = Reasons.None;
        _lastTriggered = -1;
        int[] fed = [.. steps.Select(s => FedAs(s.Target))];
        var failing = fed.Distinct().Where(id => Fails(Supply(id))).ToHashSet();
        if (failing.Count == 0)
            return steps;
        var last = -1;
        for (var i = 0; i < fed.Length; i++)
        {
            var step = steps[i];
            if (step.PhaseIndex <= last || !failing.Contains(fed[i]))
                continue;
            if (TriggerMet(step.PhaseIndex, fed[i], steps) is not { } met)
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
            .Select(
                (s, i) => (s.PhaseIndex <= last && failing.Contains(fed[i])) || critical.Contains(fed[i]) ? Taken(s) : s
            )
            .ToImmutableArray();
        return WithDependants(selected, failing);
    }

    /// <summary>Called off when mains returned, and mains is lost again while the run still lasts: taken up anew (I12).</summary>
    private static StepState Taken(StepState step) =>
        step is { Selected: true, Status: not StepStatus.Cancelled } ? step
        : step.Status != StepStatus.Cancelled ? step with { Selected = true }
        : step with
        {
            Selected = true,
            Status = StepStatus.Pending,
            Rung = 0,
            Effect = null,
            RungAt = null,
            BeganAt = null,
            AskedAt = null,
            AcceptedAt = null,
            OverAt = null,
            StartedAt = null,
            EndedAt = null,
            Detail = null,
        };

    private bool AnyCritical(ImmutableArray<StepState> steps) =>
        steps.Any(s => s.Selected && SupplyOf(s.Target) is { IsCritical: true, OffOnly: false });

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
}

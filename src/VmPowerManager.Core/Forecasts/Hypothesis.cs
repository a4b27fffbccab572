using System.Collections.Immutable;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Forecasts;

/// <summary>What the batteries would give if mains failed everywhere now: by the same reckoning as triggers (POLICY B3).
/// What cannot be trusted now is left as it is, so that it counts as it would then.</summary>
public static class Hypothesis
{
    /// <summary>Runtime falls faster than load rises: lead-acid batteries follow Peukert's law.</summary>
    private const double Peukert = 1.15;

    /// <summary>How runtime changes when the load becomes <paramref name="percent"/> of what it is.</summary>
    public static double LoadFactor(double percent) => Math.Pow(100 / percent, Peukert);

    /// <param name="atFullCharge">Runtime as it would be with full batteries; unknown where the charge is.</param>
    public static ImmutableSortedDictionary<int, UpsEvidence> AllOnBattery(
        ImmutableSortedDictionary<int, UpsEvidence> evidence,
        TimeSpan now,
        bool atFullCharge
    ) => evidence.ToImmutableSortedDictionary(e => e.Key, e => OnBattery(e.Value, now, atFullCharge));

    /// <summary>Seconds that the batteries of a host last: measured while its supplies fail, else as they would.</summary>
    public static double? RuntimeOf(
        PlanModel model,
        int hostId,
        ImmutableSortedDictionary<int, UpsEvidence> evidence,
        TimeSpan now
    ) =>
        (
            model.Hosts.TryGetValue(hostId, out var host)
                ? model.SupplyOf(host, evidence, now)
                : model.PlanSupply(evidence, now)
        ).TimeLeftSeconds;

    private static UpsEvidence OnBattery(UpsEvidence ups, TimeSpan now, bool atFullCharge)
    {
        if (!ups.Policy.Enabled || ups.Comm != Comm.Ok || ups.Last is not { } last)
            return ups;
        var charge = ups.ChargePercent(now);
        double? runtime = ups.RuntimeSeconds(now);
        if (atFullCharge)
            runtime = charge > 0 ? runtime * 100 / charge : null;
        return ups with
        {
            ConfirmedAt = ups.ConfirmedAt ?? now,
            OnBatterySince = ups.OnBatterySince ?? now,
            OnLineSince = null,
            Runtime = runtime is { } seconds ? new Known(seconds, now, now) : null,
            Last = last with { Status = UpsStatus.OB, BatteryRuntimeSeconds = runtime },
        };
    }
}

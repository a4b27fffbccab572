using System.Collections.Immutable;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups.History;

/// <summary>A value that history keeps.</summary>
/// <param name="Name">As the API writes it.</param>
/// <param name="Column">Prefix of its columns.</param>
/// <param name="DeadBand">A smaller change makes no raw sample.</param>
internal sealed record HistoryMetric(string Name, string Column, double DeadBand, Func<UpsReading, double?> Of)
{
    /// <summary>In the order of the columns. To add one raises <see cref="HistoryDb.Version"/>.</summary>
    public static readonly ImmutableArray<HistoryMetric> All =
    [
        new("batteryChargePercent", "charge", 1, r => r.BatteryChargePercent),
        new("batteryRuntimeSeconds", "runtime", 30, r => r.BatteryRuntimeSeconds),
        new("batteryVoltage", "bvolt", 0.2, r => r.BatteryVoltage),
        new("batteryTemperature", "btemp", 1, r => r.BatteryTemperature),
        new("inputVoltage", "ivolt", 2, r => r.InputVoltage),
        new("inputFrequency", "ifreq", 0.2, r => r.InputFrequency),
        new("outputVoltage", "ovolt", 2, r => r.OutputVoltage),
        new("loadPercent", "load", 2, r => r.LoadPercent),
        new("realPower", "power", 20, r => r.RealPower),
    ];

    /// <summary>The share of time on battery, 0-1, is kept beside the metrics.</summary>
    public const string OnBatteryColumn = "ob";
}

/// <summary>One raw sample: values in the order of <see cref="HistoryMetric.All"/>.</summary>
internal sealed record HistorySample(int UpsId, long AtMs, int Status, bool OnBattery, ImmutableArray<double?> Values)
{
    /// <summary>Whether this one says something that <paramref name="before"/> does not.</summary>
    public bool DiffersFrom(HistorySample before)
    {
        if (Status != before.Status || OnBattery != before.OnBattery)
            return true;
        for (var i = 0; i < Values.Length; i++)
        {
            var (now, then) = (Values[i], before.Values[i]);
            if (now.HasValue != then.HasValue || Math.Abs((now ?? 0) - (then ?? 0)) >= HistoryMetric.All[i].DeadBand)
                return true;
        }
        return false;
    }
}

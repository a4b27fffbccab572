using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups.Outages;

/// <summary>An outage as followed in memory; immutable.</summary>
internal sealed record Outage(int UpsId, string UpsName, DateTimeOffset StartedAt)
{
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Seconds on battery before a restart of this process.</summary>
    public double EarlierSeconds { get; init; }
    public double SecondsOnBattery { get; init; }
    public double? LowestChargePercent { get; init; }
    public double? LowestRuntimeSeconds { get; init; }
    public double? HighestLoadPercent { get; init; }
    public bool LowBattery { get; init; }
    public string? CriticalBecause { get; init; }
    public bool CommLost { get; init; }

    /// <summary>Begins with the first OB reading, which was <c>OnBatterySince</c> ago (DESIGN: Words).</summary>
    public static Outage Begin(UpsSnapshot seen, TimeSpan now, DateTimeOffset wall) =>
        new(seen.Config.Id, seen.Config.Label, wall - (now - (seen.Evidence.OnBatterySince ?? now)));

    public static Outage From(OutageRow row) =>
        new(row.UpsId, row.UpsName, row.StartedAt)
        {
            EarlierSeconds = row.SecondsOnBattery,
            SecondsOnBattery = row.SecondsOnBattery,
            LowestChargePercent = row.LowestChargePercent,
            LowestRuntimeSeconds = row.LowestRuntimeSeconds,
            HighestLoadPercent = row.HighestLoadPercent,
            LowBattery = row.LowBattery,
            CriticalBecause = row.CriticalBecause,
            CommLost = row.CommLost,
        };

    public Outage With(UpsSnapshot seen, TimeSpan now)
    {
        var last = seen.Evidence.Last;
        return this with
        {
            SecondsOnBattery = Math.Round(
                EarlierSeconds + (seen.Evidence.OnBatteryFor(now) ?? TimeSpan.Zero).TotalSeconds,
                1
            ),
            LowestChargePercent = Least(LowestChargePercent, last?.BatteryChargePercent),
            LowestRuntimeSeconds = Least(LowestRuntimeSeconds, last?.BatteryRuntimeSeconds),
            HighestLoadPercent = -Least(-HighestLoadPercent, -last?.LoadPercent),
            LowBattery = LowBattery || seen.Facts.LowBattery,
            CriticalBecause = CriticalBecause ?? seen.Facts.CriticalBecause,
            CommLost = CommLost || seen.Evidence.Comm == Comm.Lost,
        };
    }

    public void Write(OutageRow row)
    {
        row.EndedAt = EndedAt;
        row.SecondsOnBattery = SecondsOnBattery;
        row.LowestChargePercent = LowestChargePercent;
        row.LowestRuntimeSeconds = LowestRuntimeSeconds;
        row.HighestLoadPercent = HighestLoadPercent;
        row.LowBattery = LowBattery;
        row.CriticalBecause = CriticalBecause;
        row.CommLost = CommLost;
    }

    private static double? Least(double? one, double? other) =>
        one is null ? other
        : other is null ? one
        : Math.Min(one.Value, other.Value);
}

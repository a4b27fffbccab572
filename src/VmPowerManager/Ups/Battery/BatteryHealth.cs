using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace VmPowerManager.Ups.Battery;

/// <summary>Who says since when a battery is in use.</summary>
public enum BatteryDateSource
{
    Unknown,

    /// <summary>Entered by a person.</summary>
    User,

    /// <summary>The device's own date of the last replacement.</summary>
    Device,

    /// <summary>The device's date of manufacture: the battery may have been put in later.</summary>
    Made,
}

/// <summary>What is known of a UPS's battery beyond its reading: what the API answers and pages show.</summary>
public sealed record BatteryHealth
{
    public required BatteryNeed Need { get; init; }
    public required ImmutableArray<BatteryReason> Reasons { get; init; }
    public DateTimeOffset? InstalledAt { get; init; }
    public BatteryDateSource InstalledAtSource { get; init; }

    /// <summary>What it should last by the settings, at 25 °C.</summary>
    public double LifeYears { get; init; }

    /// <summary>The same at its mean temperature.</summary>
    public double ExpectedLifeYears { get; init; }

    /// <summary>Of the last 90 days; null where the device measures none.</summary>
    public double? MeanTemperature { get; init; }
    public SelfTest? LastTest { get; init; }

    /// <summary>Something is known that could speak for it or against it.</summary>
    [JsonIgnore]
    public bool IsJudged =>
        Need != BatteryNeed.Nothing || InstalledAt is not null || LastTest is not null || Runtime is not null;

    /// <summary>Null while there is too little to compare.</summary>
    public RuntimeTrend? Runtime { get; init; }
}

using System.Collections.Immutable;

namespace VmPowerManager.Core.Power;

/// <summary>Status flags in NUT's vocabulary; every driver maps to these (DESIGN: Words). <see cref="None"/> means
/// that the device gave no usable status (empty, WAIT, or only tokens we do not know): unknown, never on line (A2).</summary>
[Flags]
public enum UpsStatus
{
    None = 0,
    OL = 1 << 0,
    OB = 1 << 1,
    LB = 1 << 2,
    HB = 1 << 3,
    RB = 1 << 4,
    CHRG = 1 << 5,
    DISCHRG = 1 << 6,
    BYPASS = 1 << 7,
    CAL = 1 << 8,
    TEST = 1 << 9,
    OFF = 1 << 10,
    OVER = 1 << 11,
    TRIM = 1 << 12,
    BOOST = 1 << 13,
    ECO = 1 << 14,
    FSD = 1 << 15,
    ALARM = 1 << 16,
}

/// <summary>One immutable observation of a UPS. A value that the device does not report, or that
/// the plausibility filter took out (A1), is null.</summary>
public sealed record UpsReading
{
    /// <summary>Wall time when it was taken, for people.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Elapsed time when it was taken, on the clock of <see cref="EngineTime"/>; decisions use this (F6).</summary>
    public required TimeSpan Taken { get; init; }

    public UpsStatus Status { get; init; }

    /// <summary>Status tokens outside NUT's vocabulary, as the device wrote them; WAIT is one.</summary>
    public ImmutableArray<string> UnknownFlags { get; init; } = [];

    /// <summary>Percent, 0-100.</summary>
    public double? BatteryChargePercent { get; init; }

    /// <summary>Seconds that the device expects to last at the present load.</summary>
    public double? BatteryRuntimeSeconds { get; init; }

    /// <summary>The device's own low-battery threshold in seconds (battery.runtime.low).</summary>
    public double? BatteryRuntimeLowSeconds { get; init; }

    public double? BatteryVoltage { get; init; }

    /// <summary>Degrees Celsius.</summary>
    public double? BatteryTemperature { get; init; }

    public double? InputVoltage { get; init; }
    public double? InputFrequency { get; init; }

    /// <summary>Volts; null when neither the device nor the user says it.</summary>
    public double? NominalInputVoltage { get; init; }
    public double? OutputVoltage { get; init; }

    /// <summary>Percent of capacity; above 100 is an overload.</summary>
    public double? LoadPercent { get; init; }

    /// <summary>Watts.</summary>
    public double? RealPower { get; init; }

    public string? Vendor { get; init; }
    public string? Model { get; init; }
    public string? Serial { get; init; }
    public string? Firmware { get; init; }

    /// <summary>The SNMP dialect in use; null for other drivers.</summary>
    public string? Mib { get; init; }

    /// <summary>Everything else, under NUT names.</summary>
    public ImmutableSortedDictionary<string, string> Variables { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>Why a poll gave no trustworthy reading (A2). <see cref="Words"/> are the peer's own where it spoke.</summary>
public sealed record CommFault(CommFaultKind Kind, string Words);

public enum CommFaultKind
{
    /// <summary>Nobody answered, or the conversation broke.</summary>
    Unreachable,

    /// <summary>The server answers, the device behind it does not (DATA-STALE, DRIVER-NOT-CONNECTED, noComm).</summary>
    Stale,

    /// <summary>Somebody answers, but not what was asked for: wrong login, unknown UPS, garbage.</summary>
    Refused,
}

/// <summary>What one poll of one UPS brought: a reading or a fault. Exactly one of the two is set.</summary>
public sealed record UpsObservation(int UpsId, TimeSpan Taken, UpsReading? Reading, CommFault? Fault);

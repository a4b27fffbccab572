using System.Collections.Immutable;
using System.Text.Json.Serialization;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups;

/// <summary>The API's <c>reading</c> (API.md: UPSes). Every key is always there.</summary>
public sealed record UpsReadingView
{
    /// <summary>The variable that says in the device's words what an ALARM is.</summary>
    public const string AlarmText = "ups.alarm";

    private static readonly ImmutableArray<UpsStatus> AllFlags =
    [
        .. Enum.GetValues<UpsStatus>().Where(flag => flag != UpsStatus.None),
    ];

    public required DateTimeOffset At { get; init; }
    public required double AgeSeconds { get; init; }
    public required Comm Comm { get; init; }
    public required IReadOnlyList<string> Status { get; init; }
    public required IReadOnlyList<string> UnknownFlags { get; init; }
    public bool OnBattery { get; init; }
    public bool LowBattery { get; init; }
    public bool Critical { get; init; }
    public MaskKind? Masked { get; init; }
    public bool FsdLatched { get; init; }
    public double? OnBatterySeconds { get; init; }
    public double? BatteryChargePercent { get; init; }
    public double? BatteryRuntimeSeconds { get; init; }
    public double? BatteryVoltage { get; init; }
    public double? BatteryTemperature { get; init; }
    public double? InputVoltage { get; init; }
    public double? InputFrequency { get; init; }
    public double? OutputVoltage { get; init; }
    public double? LoadPercent { get; init; }
    public double? RealPower { get; init; }
    public string? Vendor { get; init; }
    public string? Model { get; init; }
    public string? Serial { get; init; }
    public string? Firmware { get; init; }
    public string? Mib { get; init; }

    /// <summary>Why the newest poll brought nothing, in the peer's words.</summary>
    public string? Error { get; init; }
    public required IReadOnlyList<string> Estimated { get; init; }

    /// <summary>How often each value was out of range (A1), by name.</summary>
    public required IReadOnlyDictionary<string, int> Implausible { get; init; }
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>What the device has to complain about, in its own words; null: nothing.</summary>
    [JsonIgnore]
    public string? Alarm =>
        Variables.GetValueOrDefault(AlarmText) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    /// <summary>Null before the first poll. A UPS that was never read but failed to be shows its error.</summary>
    public static UpsReadingView? Of(UpsSnapshot snapshot, TimeSpan now, DateTimeOffset wall)
    {
        var evidence = snapshot.Evidence;
        if (snapshot.Latest is not { } latest)
            return null;
        // Before the first trustworthy reading an untrusted one (WAIT) is shown, else nothing but the error.
        var shown = evidence.Shown(now) ?? latest.Reading;
        var age = now - (shown?.Taken ?? latest.Taken);
        var reading = shown ?? new UpsReading { At = wall - age, Taken = latest.Taken };
        return new UpsReadingView
        {
            At = reading.At,
            AgeSeconds = Math.Round(Math.Max(0, age.TotalSeconds), 1),
            Comm = evidence.Comm,
            Status = Tokens(reading),
            UnknownFlags = reading.UnknownFlags,
            OnBattery = evidence.OnBattery,
            LowBattery = evidence.LowBattery(now),
            Critical = evidence.Critical(now),
            Masked = evidence.MaskedAt(now),
            FsdLatched = evidence.FsdLatched,
            OnBatterySeconds = evidence.OnBatteryFor(now) is { } time ? Math.Round(time.TotalSeconds, 1) : null,
            BatteryChargePercent = reading.BatteryChargePercent,
            BatteryRuntimeSeconds = reading.BatteryRuntimeSeconds,
            BatteryVoltage = reading.BatteryVoltage,
            BatteryTemperature = reading.BatteryTemperature,
            InputVoltage = reading.InputVoltage,
            InputFrequency = reading.InputFrequency,
            OutputVoltage = reading.OutputVoltage,
            LoadPercent = reading.LoadPercent,
            RealPower = reading.RealPower,
            Vendor = reading.Vendor,
            Model = reading.Model,
            Serial = reading.Serial,
            Firmware = reading.Firmware,
            Mib = reading.Mib,
            Error = evidence.Fault?.Words,
            Estimated = evidence.Estimated(now),
            Implausible = snapshot.Implausible,
            Variables = reading.Variables,
        };
    }

    /// <summary>The flags as NUT's words, in their fixed order.</summary>
    public static IReadOnlyList<string> Tokens(UpsReading? reading) =>
        reading is null
            ? []
            : [.. AllFlags.Where(flag => reading.Status.HasFlag(flag)).Select(flag => flag.ToString())];
}

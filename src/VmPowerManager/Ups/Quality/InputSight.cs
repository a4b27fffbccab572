using System.Globalization;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups.Quality;

/// <summary>What one reading says about the mains.</summary>
internal sealed record InputSight(DateTimeOffset At, TimeSpan Taken)
{
    public double? Voltage { get; init; }
    public double? NominalVoltage { get; init; }
    public double? Frequency { get; init; }
    public double? NominalFrequency { get; init; }
    public bool Boost { get; init; }
    public bool Trim { get; init; }
    public bool Bypass { get; init; }

    /// <summary>On battery for whatever reason, a test included: nothing else about the input counts meanwhile.</summary>
    public bool Discharging { get; init; }

    /// <summary>On battery though no test or calibration makes it (A4, A5).</summary>
    public bool OnBattery { get; init; }

    /// <summary>On battery for long enough to count (A4).</summary>
    public bool Confirmed { get; init; }
    public string? Reason { get; init; }

    /// <summary>What is longer is a gap, over which nothing is known to go on.</summary>
    public TimeSpan LongestGap { get; init; } = TimeSpan.FromSeconds(10);

    public static InputSight Of(UpsReading reading, UpsFacts facts, double pollSeconds) =>
        new(reading.At, reading.Taken)
        {
            Voltage = reading.InputVoltage,
            NominalVoltage = reading.NominalInputVoltage ?? Number(reading, "input.voltage.nominal"),
            Frequency = reading.InputFrequency,
            NominalFrequency = Number(reading, "input.frequency.nominal"),
            Boost = reading.Status.HasFlag(UpsStatus.BOOST),
            Trim = reading.Status.HasFlag(UpsStatus.TRIM),
            Bypass = reading.Status.HasFlag(UpsStatus.BYPASS),
            Discharging = reading.Status.HasFlag(UpsStatus.OB) || facts.OnBatterySeen,
            OnBattery = facts.OnBatterySeen,
            Confirmed = facts.OnBattery,
            Reason = Text(reading, "input.transfer.reason"),
            LongestGap = TimeSpan.FromSeconds(Math.Max(10, 3 * pollSeconds)),
        };

    private static double? Number(UpsReading reading, string name) =>
        double.TryParse(Text(reading, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && number > 0
            ? number
            : null;

    private static string? Text(UpsReading reading, string name) =>
        reading.Variables.TryGetValue(name, out var text) && text.Trim() is { Length: > 0 } said ? said : null;
}

using System.Globalization;

namespace VmPowerManager.Ups.Pages;

/// <summary>One thing that a device says, under its NUT name.</summary>
public sealed record UpsVariable(string Name, string Value)
{
    /// <summary>Everything that a reading holds, by name. What is estimated was not said by the device, and is left out.</summary>
    public static IReadOnlyList<UpsVariable> Of(UpsReadingView reading)
    {
        var charge = reading.Estimated.Contains("batteryChargePercent") ? null : reading.BatteryChargePercent;
        var runtime = reading.Estimated.Contains("batteryRuntimeSeconds") ? null : reading.BatteryRuntimeSeconds;
        (string Name, string? Value)[] read =
        [
            ("ups.status", string.Join(' ', reading.Status.Concat(reading.UnknownFlags))),
            ("battery.charge", Number(charge)),
            ("battery.runtime", Number(runtime)),
            ("battery.voltage", Number(reading.BatteryVoltage)),
            ("battery.temperature", Number(reading.BatteryTemperature)),
            ("input.voltage", Number(reading.InputVoltage)),
            ("input.frequency", Number(reading.InputFrequency)),
            ("output.voltage", Number(reading.OutputVoltage)),
            ("ups.load", Number(reading.LoadPercent)),
            ("ups.realpower", Number(reading.RealPower)),
            ("device.mfr", reading.Vendor),
            ("device.model", reading.Model),
            ("device.serial", reading.Serial),
            ("ups.firmware", reading.Firmware),
        ];
        return
        [
            .. read.Where(v => !string.IsNullOrEmpty(v.Value))
                .Select(v => new UpsVariable(v.Name, v.Value ?? ""))
                .Concat(reading.Variables.Select(v => new UpsVariable(v.Key, v.Value)))
                .DistinctBy(v => v.Name)
                .OrderBy(v => v.Name, StringComparer.Ordinal),
        ];
    }

    public bool Matches(string search) =>
        search
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .All(word =>
                Name.Contains(word, StringComparison.OrdinalIgnoreCase)
                || Value.Contains(word, StringComparison.OrdinalIgnoreCase)
            );

    private static string? Number(double? value) => value?.ToString("0.###", CultureInfo.InvariantCulture);
}

/// <summary>What a variable was set to, and what became of it.</summary>
public sealed record UpsVariableChange(string Value, UpsCommandOutcome Outcome);

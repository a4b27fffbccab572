using System.Collections.Immutable;
using System.Globalization;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups.Nut;

/// <summary>From NUT's variables (NUT: docs/nut-names.txt) to a reading. Numbers are invariant: a decimal dot.</summary>
internal static class NutReadings
{
    public const string Status = "ups.status";
    public const string Alarm = "ups.alarm";
    public const string Charge = "battery.charge";
    public const string Runtime = "battery.runtime";
    public const string InputVoltage = "input.voltage";

    /// <summary>What a status read asks for besides <see cref="Status"/>.</summary>
    public static readonly ImmutableArray<string> Deciding = [Charge, Runtime, InputVoltage];

    /// <param name="variables">What the device told, by NUT name; missing ones are unknown.</param>
    public static UpsReading Map(IReadOnlyDictionary<string, string> variables, DateTimeOffset at, TimeSpan taken)
    {
        var taker = new Taker(variables);
        var (flags, unknown) = NutStatus.Parse(taker.Text(Status));
        return new UpsReading
        {
            At = at,
            Taken = taken,
            Status = flags,
            UnknownFlags = unknown,
            BatteryChargePercent = taker.Number(Charge),
            BatteryRuntimeSeconds = taker.Number(Runtime),
            BatteryRuntimeLowSeconds = taker.Number("battery.runtime.low"),
            BatteryVoltage = taker.Number("battery.voltage"),
            BatteryTemperature = taker.Number("battery.temperature"),
            InputVoltage = taker.Number(InputVoltage),
            InputFrequency = taker.Number("input.frequency"),
            NominalInputVoltage = taker.Number("input.voltage.nominal"),
            OutputVoltage = taker.Number("output.voltage"),
            LoadPercent = taker.Number("ups.load"),
            RealPower = taker.Number("ups.realpower"),
            Vendor = taker.Text("device.mfr", "ups.mfr"),
            Model = taker.Text("device.model", "ups.model"),
            Serial = taker.Text("device.serial", "ups.serial"),
            Firmware = taker.Text("ups.firmware"),
            Variables = taker.Rest(),
        };
    }

    /// <summary>Notes which variables found their place, so that the rest can be kept as they are.</summary>
    private sealed class Taker(IReadOnlyDictionary<string, string> variables)
    {
        private readonly HashSet<string> _taken = [];

        /// <summary>A number that cannot be read is unknown, and stays visible among the rest.</summary>
        public double? Number(string name)
        {
            if (
                !variables.TryGetValue(name, out var text)
                || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            )
                return null;
            _taken.Add(name);
            return number;
        }

        /// <summary>The first of these names that says something; all of them count as taken.</summary>
        public string? Text(params ReadOnlySpan<string> names)
        {
            string? found = null;
            foreach (var name in names)
            {
                if (!variables.TryGetValue(name, out var text))
                    continue;
                _taken.Add(name);
                found ??= text.Trim().Length == 0 ? null : text.Trim();
            }
            return found;
        }

        public ImmutableSortedDictionary<string, string> Rest() =>
            variables
                .Where(v => !_taken.Contains(v.Key))
                .ToImmutableSortedDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal);
    }
}

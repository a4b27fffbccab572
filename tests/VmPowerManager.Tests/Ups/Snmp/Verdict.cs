using System.Globalization;
using System.Text.Json;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Tests.Ups.Snmp;

/// <summary>Compares a reading with what is expected of a recording: the tolerance is 1 % or one unit of the last digit, as
/// the recordings' README says.</summary>
internal sealed class Verdict(Recording recording)
{
    private readonly List<string> _faults = [];

    public int Fields { get; private set; }
    public int Right { get; private set; }
    public int Wrong { get; private set; }
    public int Missing { get; private set; }
    public IReadOnlyList<string> Faults => _faults;

    private JsonElement Expected => recording.Expected.GetProperty("expected");

    public void Compare(bool isUps, UpsReading? reading)
    {
        foreach (var field in Expected.EnumerateObject())
        {
            if (field.Name == "is_ups")
                Count(field.Name, isUps == field.Value.GetBoolean() ? true : null, $"{isUps}");
            else if (isUps || reading is not null)
                CompareField(field.Name, field.Value, reading);
        }
        foreach (var name in Names("must_be_unknown"))
        {
            Fields++;
            if (Number(name, reading) is { } told)
                Fail(name, $"must be unknown, but is {told}");
            else
                Right++;
        }
        foreach (var name in Names("zero_or_unknown"))
        {
            Fields++;
            if (Number(name, reading) is { } told && told != 0)
                Fail(name, $"must be 0 or unknown, but is {told}");
            else
                Right++;
        }
        ComparePhases(reading);
    }

    private void CompareField(string name, JsonElement expected, UpsReading? reading)
    {
        var allowed = new List<JsonElement> { expected };
        if (
            recording.Expected.TryGetProperty("also_acceptable", out var also)
            && also.TryGetProperty(name, out var others)
        )
            allowed.AddRange(others.EnumerateArray());
        switch (name)
        {
            case "vendor":
                Text(name, reading?.Vendor, told => allowed.Any(a => Same(a.GetString(), told)));
                break;
            case "model":
                Text(name, reading?.Model, told => allowed.Any(a => Contains(a.GetString() ?? "", told)));
                break;
            case "status":
                var tokens = Tokens(reading);
                bool? right = tokens.Count == 0 ? null : allowed.Any(a => tokens.SetEquals(Strings(a)));
                // Economy is a way to be on line: the recordings take one, the other or both.
                Count(name, right, string.Join(' ', tokens));
                break;
            default:
                var number = Number(name, reading);
                Count(
                    name,
                    number is null ? null : allowed.Any(a => IsNear(a.GetDouble(), number.Value)),
                    $"{number} for {string.Join(" or ", allowed)}"
                );
                break;
        }
    }

    private void ComparePhases(UpsReading? reading)
    {
        if (!recording.Expected.TryGetProperty("phases", out var phases))
            return;
        foreach (var phase in phases.EnumerateObject())
        {
            var expected = phase.Value.EnumerateArray().Select(p => p.GetDouble()).ToArray();
            for (var line = 1; line <= expected.Length; line++)
            {
                if (Line(phase.Name, line, reading) is not { } told)
                    continue;
                Fields++;
                if (IsNear(expected[line - 1], told))
                    Right++;
                else
                    Fail(phase.Name, $"line {line} is {told}, not {expected[line - 1]}");
            }
        }
    }

    private static double? Line(string name, int line, UpsReading? reading)
    {
        string[] between = ["L1-L2", "L2-L3", "L3-L1"];
        string[] names = name switch
        {
            "input_voltage_volts" => [$"input.L{line}-N.voltage", $"input.{between[line - 1]}.voltage"],
            "output_voltage_volts" => [$"output.L{line}-N.voltage", $"output.{between[line - 1]}.voltage"],
            "input_frequency_hz" => [$"input.L{line}.frequency"],
            "output_load_percent" => [$"output.L{line}.power.percent"],
            _ => [],
        };
        foreach (var candidate in names)
        {
            if (reading?.Variables.TryGetValue(candidate, out var text) == true)
                return double.Parse(text, CultureInfo.InvariantCulture);
        }
        return null;
    }

    private static double? Number(string name, UpsReading? reading) =>
        name switch
        {
            "battery_charge_percent" => reading?.BatteryChargePercent,
            "runtime_seconds" => reading?.BatteryRuntimeSeconds,
            "battery_voltage_volts" => reading?.BatteryVoltage,
            "temperature_celsius" => reading?.BatteryTemperature,
            "input_voltage_volts" => reading?.InputVoltage,
            "input_frequency_hz" => reading?.InputFrequency,
            "output_voltage_volts" => reading?.OutputVoltage,
            "output_load_percent" => reading?.LoadPercent,
            _ => throw new InvalidDataException($"No such field: {name}."),
        };

    /// <summary>The recordings' words for the flags that they speak of.</summary>
    private static HashSet<string> Tokens(UpsReading? reading)
    {
        var tokens = new HashSet<string>(StringComparer.Ordinal);
        if (reading is null)
            return tokens;
        foreach (
            var (flag, token) in new[]
            {
                (UpsStatus.OL, "online"),
                (UpsStatus.OB, "on-battery"),
                (UpsStatus.LB, "low-battery"),
                (UpsStatus.RB, "replace-battery"),
                (UpsStatus.BYPASS, "bypass"),
                (UpsStatus.BOOST, "boost"),
                (UpsStatus.TRIM, "trim"),
                (UpsStatus.ECO, "eco"),
                (UpsStatus.OFF, "off"),
                (UpsStatus.OVER, "overload"),
                (UpsStatus.TEST, "test"),
            }
        )
        {
            if (reading.Status.HasFlag(flag))
                tokens.Add(token);
        }
        if (reading.UnknownFlags.Contains("standby"))
            tokens.Remove("off");
        tokens.UnionWith(reading.UnknownFlags.Where(w => w is "other" or "unknown" or "standby"));
        return tokens;
    }

    private void Text(string name, string? told, Func<string, bool> isRight) =>
        Count(name, told is null ? null : isRight(told), told ?? "");

    private void Count(string name, bool? right, string told)
    {
        Fields++;
        if (right == true)
        {
            Right++;
            return;
        }
        if (right is null)
        {
            Missing++;
            _faults.Add($"{recording.Name} {name}: not told");
        }
        else
        {
            Fail(name, told);
        }
    }

    private void Fail(string name, string told)
    {
        Wrong++;
        _faults.Add($"{recording.Name} {name}: {told}");
    }

    private IEnumerable<string> Names(string list) =>
        recording.Expected.TryGetProperty(list, out var names) ? names.EnumerateObject().Select(n => n.Name) : [];

    private static IEnumerable<string> Strings(JsonElement list) =>
        list.EnumerateArray().Select(s => s.GetString() ?? "");

    private static bool Same(string? a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static bool Contains(string a, string b) =>
        a.Contains(b, StringComparison.OrdinalIgnoreCase) || b.Contains(a, StringComparison.OrdinalIgnoreCase);

    private static bool IsNear(double expected, double told) =>
        Math.Abs(expected - told) <= Math.Max(Math.Abs(expected) * 0.01, 0.1);
}

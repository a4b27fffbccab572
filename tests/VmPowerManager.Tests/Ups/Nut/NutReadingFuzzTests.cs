using System.Globalization;
using VmPowerManager.Core.Power;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Nut;

namespace VmPowerManager.Tests.Ups.Nut;

/// <summary>Whatever variables hold, a reading comes of them, and what cannot be true is unknown in it.</summary>
public sealed class NutReadingFuzzTests
{
    private const int Inputs = 50_000;

    private static readonly string[] Names =
    [
        "ups.status",
        "ups.alarm",
        "battery.charge",
        "battery.runtime",
        "battery.runtime.low",
        "battery.voltage",
        "battery.temperature",
        "input.voltage",
        "input.voltage.nominal",
        "input.frequency",
        "output.voltage",
        "ups.load",
        "ups.realpower",
        "ups.mfr",
        "device.mfr",
        "",
    ];

    private static readonly string[] Values =
    [
        "",
        " ",
        "0",
        "100",
        "-1",
        "058.4 ",
        "65535",
        "4294967295",
        "1e308",
        "1e309",
        "-1e309",
        "NaN",
        "Infinity",
        "∞",
        "1:57",
        "XX.X",
        "1,5",
        "1,234.5",
        "0x1F",
        "(5)",
        "OL",
        "OB LB",
        "FSD OL",
        "WAIT OL",
        "ALARM OL RB",
        "ol\tdischrg",
        "\0",
        "\uD800",
        "9999999999999999999999999999999999999999999999999999999999999999",
    ];

    [Fact]
    public void Variables_OfAnyKind_MakeAReadingWithoutNonsense()
    {
        var given = Environment.GetEnvironmentVariable("VMPM_FUZZ");
        var inputs = int.TryParse(given, CultureInfo.InvariantCulture, out var many) ? many : Inputs;
        var random = new Random(20260101);
        for (var i = 0; i < inputs; i++)
        {
            var variables = Names
                .Where(_ => random.Next(3) > 0)
                .ToDictionary(name => name, _ => Value(random), StringComparer.Ordinal);
            var reading = NutReadings.Map(variables, DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(1));
            Check(Plausibility.Filter(reading).Reading, variables);
        }
    }

    private static string Value(Random random)
    {
        var value = Values[random.Next(Values.Length)];
        return random.Next(4) switch
        {
            0 => value + Values[random.Next(Values.Length)],
            1 when value.Length > 0 => value.Remove(random.Next(value.Length), 1),
            _ => value,
        };
    }

    private static void Check(UpsReading reading, Dictionary<string, string> variables)
    {
        var text = string.Join(", ", variables);
        Assert.True(reading.BatteryChargePercent is null or (>= 0 and <= 100), text);
        Assert.True(reading.BatteryRuntimeSeconds is null or (>= 0 and < 65535 * 60), text);
        Assert.True(reading.LoadPercent is null or (>= 0 and <= 200), text);
        Assert.True(reading.InputVoltage is null or (>= 0 and <= 1000), text);
        var status = variables.GetValueOrDefault("ups.status", "");
        var words = status.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var said = words.Contains("OL", StringComparer.OrdinalIgnoreCase);
        var waits = words.Contains("WAIT", StringComparer.OrdinalIgnoreCase);
        Assert.True(reading.Status.HasFlag(UpsStatus.OL) == (said && !waits), text);
        Assert.All(
            UpsReadingView.Tokens(reading),
            token => Assert.True(Enum.IsDefined(typeof(UpsStatus), token), text)
        );
    }
}

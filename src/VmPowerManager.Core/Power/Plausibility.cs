using System.Collections.Immutable;

namespace VmPowerManager.Core.Power;

/// <summary>A reading without the values that cannot be true, and which those were (POLICY A1).</summary>
/// <param name="Reading">Implausible values are null in it.</param>
/// <param name="Removed">Their names as the API writes them (<c>batteryChargePercent</c> ...), in a fixed order.</param>
public sealed record PlausibleReading(UpsReading Reading, ImmutableArray<string> Removed);

/// <summary>Takes out values that no UPS can mean: all ones of a missing sensor (255, 65535), negative and infinite
/// numbers, runtime 0 on mains with a full battery (POLICY A1). Pure; knows no device.</summary>
public static class Plausibility
{
    /// <summary>65535 minutes and more are "no such value"; so are 65535 s. A rack of batteries may well hold for days.</summary>
    private const double LongestRuntimeSeconds = 65535 * 60.0;
    private const double FullChargePercent = 99;
    private const double AllOnes16 = 65535;
    private const double AllOnes32 = uint.MaxValue;
    private const double AllOnes31 = int.MaxValue;

    /// <summary>Returns <paramref name="reading"/> with what is implausible taken out.</summary>
    public static PlausibleReading Filter(UpsReading reading)
    {
        var sieve = new Sieve();
        var filtered = reading with
        {
            BatteryChargePercent = sieve.Keep("batteryChargePercent", reading.BatteryChargePercent, 0, 100),
            BatteryRuntimeSeconds = sieve.Keep(
                "batteryRuntimeSeconds",
                reading.BatteryRuntimeSeconds,
                IsRuntime(reading)
            ),
            BatteryRuntimeLowSeconds = sieve.Keep(
                "batteryRuntimeLowSeconds",
                reading.BatteryRuntimeLowSeconds,
                seconds => seconds is >= 0 and < LongestRuntimeSeconds and not AllOnes16
            ),
            BatteryVoltage = sieve.Keep("batteryVoltage", reading.BatteryVoltage, 0, 1000),
            BatteryTemperature = sieve.Keep("batteryTemperature", reading.BatteryTemperature, -40, 120),
            InputVoltage = sieve.Keep("inputVoltage", reading.InputVoltage, 0, 1000),
            InputFrequency = sieve.Keep("inputFrequency", reading.InputFrequency, 0, 500),
            NominalInputVoltage = sieve.Keep("nominalInputVoltage", reading.NominalInputVoltage, 1, 1000),
            OutputVoltage = sieve.Keep("outputVoltage", reading.OutputVoltage, 0, 1000),
            LoadPercent = sieve.Keep("loadPercent", reading.LoadPercent, load => load is >= 0 and <= 200),
            RealPower = sieve.Keep(
                "realPower",
                reading.RealPower,
                watts => watts is >= 0 and <= 10e6 and not AllOnes16
            ),
        };
        return new PlausibleReading(filtered, sieve.Removed);
    }

    private static Func<double, bool> IsRuntime(UpsReading reading)
    {
        // A card that has not measured yet says 0; believed, it would end every ride-through at once.
        var zeroIsUnknown =
            reading.Status.HasFlag(UpsStatus.OL)
            && !reading.Status.HasFlag(UpsStatus.OB)
            && reading.BatteryChargePercent is >= FullChargePercent and <= 100;
        return seconds =>
            seconds is >= 0 and < LongestRuntimeSeconds and not (AllOnes16 or AllOnes31 or AllOnes32)
            && !(seconds == 0 && zeroIsUnknown);
    }

    private sealed class Sieve
    {
        private readonly ImmutableArray<string>.Builder _removed = ImmutableArray.CreateBuilder<string>();

        public ImmutableArray<string> Removed => _removed.ToImmutable();

        public double? Keep(string name, double? value, double least, double most) =>
            Keep(name, value, number => number >= least && number <= most);

        public double? Keep(string name, double? value, Func<double, bool> isPlausible)
        {
            // NaN passes no comparison.
            if (value is null || isPlausible(value.Value))
                return value;
            _removed.Add(name);
            return null;
        }
    }
}

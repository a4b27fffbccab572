using System.Globalization;
using VmPowerManager.Core;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups.History;

/// <summary>Energy drawn from a UPS and the time that it is known for, apart by how it is known: the device reports its
/// power, or its load and rated power, of which power is the product.</summary>
internal readonly record struct Energy(
    double MeasuredWattHours,
    double MeasuredSeconds,
    double DerivedWattHours,
    double DerivedSeconds
)
{
    public bool IsNothing => MeasuredSeconds <= 0 && DerivedSeconds <= 0;

    public static Energy operator +(Energy one, Energy other) =>
        new(
            one.MeasuredWattHours + other.MeasuredWattHours,
            one.MeasuredSeconds + other.MeasuredSeconds,
            one.DerivedWattHours + other.DerivedWattHours,
            one.DerivedSeconds + other.DerivedSeconds
        );
}

/// <summary>Power at a moment. Pure.</summary>
/// <param name="Taken">On the clock of <see cref="EngineTime"/>: a wall clock that is set must not make energy.</param>
/// <param name="IsMeasured">The device reports it; else it is load times rated power.</param>
internal readonly record struct PowerSight(TimeSpan Taken, double Watts, bool IsMeasured)
{
    private const string RatedPower = "ups.realpower.nominal";

    /// <summary>Three polls may fail before what lies between two readings is a gap; quick polls get some seconds.</summary>
    private const double PollsMissed = 3;
    private const double LeastGapSeconds = 10;

    /// <summary>Null where the device reports neither its power nor both load and rated power.</summary>
    public static PowerSight? Of(UpsReading reading) =>
        reading.RealPower is { } watts ? new PowerSight(reading.Taken, watts, true)
        : reading.LoadPercent is { } load && Rated(reading) is { } rated
            ? new PowerSight(reading.Taken, load / 100 * rated, false)
        : null;

    /// <summary>What was drawn since the reading before; nothing over a gap.</summary>
    public Energy Since(PowerSight before, double pollSeconds)
    {
        var seconds = (Taken - before.Taken).TotalSeconds;
        if (
            IsMeasured != before.IsMeasured
            || seconds <= 0
            || seconds > Math.Max(LeastGapSeconds, PollsMissed * pollSeconds)
        )
            return default;
        var wattHours = (before.Watts + Watts) / 2 * seconds / 3600;
        return IsMeasured ? new Energy(wattHours, seconds, 0, 0) : new Energy(0, 0, wattHours, seconds);
    }

    private static double? Rated(UpsReading reading) =>
        reading.Variables.TryGetValue(RatedPower, out var text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var watts)
        && watts is > 0 and < 10_000_000
            ? watts
            : null;
}

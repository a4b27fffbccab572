using System.Collections.Immutable;
using VmPowerManager.Components;

namespace VmPowerManager.Ups.Pages;

/// <summary>A status flag in plain words.</summary>
/// <param name="Token">NUT's word.</param>
/// <param name="Word">A key of <see cref="Strings"/>; the token itself where nobody knows what it means.</param>
/// <param name="Condition">Attention where it asks for something; else nothing that a colour should say.</param>
public sealed record UpsFlag(string Token, string Word, Condition Condition)
{
    /// <summary>Gravest first.</summary>
    private static readonly ImmutableArray<UpsFlag> Known =
    [
        new("FSD", "Forced shutdown is set", Condition.Attention),
        new("OFF", "Output is off", Condition.Attention),
        new("OVER", "Overloaded", Condition.Attention),
        new("LB", "Low battery", Condition.Attention),
        new("BYPASS", "On bypass", Condition.Attention),
        new("RB", "Replace the battery", Condition.Attention),
        new("ALARM", "Alarm", Condition.Attention),
        new("HB", "Battery voltage is high", Condition.Attention),
        new("OB", "On battery", Condition.Attention),
        new("TEST", "Self-test runs", Condition.Working),
        new("CAL", "Calibration runs", Condition.Working),
        new("CHRG", "Charging", Condition.Normal),
        new("DISCHRG", "Discharging", Condition.Normal),
        new("TRIM", "Lowers the voltage", Condition.Normal),
        new("BOOST", "Raises the voltage", Condition.Normal),
        new("ECO", "Eco mode", Condition.Normal),
        new("OL", "On mains", Condition.Normal),
    ];

    /// <summary>All flags of a reading, gravest first, those that nobody knows last and as they are.</summary>
    public static IEnumerable<UpsFlag> Of(UpsReadingView reading) =>
        Known
            .Where(flag => reading.Status.Contains(flag.Token))
            .Concat(reading.UnknownFlags.Select(token => new UpsFlag(token, token, Condition.Unknown)));

    /// <summary>Those that say more than the word beside the icon and more than <c>On mains</c> does.</summary>
    public static IEnumerable<UpsFlag> Beside(UpsReadingView reading)
    {
        var said = UpsCondition.Of(reading).Word;
        return Of(reading).Where(flag => flag.Token is not ("OL" or "OB") && flag.Word != said);
    }
}

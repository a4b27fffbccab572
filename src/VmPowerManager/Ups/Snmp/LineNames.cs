using System.Globalization;

namespace VmPowerManager.Ups.Snmp;

/// <summary>NUT's names for the values of one line (phase).</summary>
internal static class LineNames
{
    /// <summary>Above this it is the voltage between two lines: nobody has it between a line and neutral.</summary>
    private const double LowestBetweenLines = 360;

    private static readonly string[] BetweenLines = ["L1-L2", "L2-L3", "L3-L1"];

    /// <summary>The side whose lines these are: <c>input</c>, <c>output</c>, <c>input.bypass</c>.</summary>
    public static string? GroupOf(string name) =>
        name switch
        {
            Names.Load or Names.RealPower or Names.Power => "output",
            _ when name.StartsWith("input.bypass.", StringComparison.Ordinal) => "input.bypass",
            _ when name.StartsWith("input.", StringComparison.Ordinal) => "input",
            _ when name.StartsWith("output.", StringComparison.Ordinal) => "output",
            _ => null,
        };

    /// <param name="name">Of the whole: <c>input.voltage</c>.</param>
    /// <param name="line">From 1.</param>
    /// <param name="value">Of line 1: tells voltages to neutral from those between lines.</param>
    public static string Of(string name, int line, double value)
    {
        var (group, what) = name switch
        {
            Names.Load => ("output", "power.percent"),
            Names.RealPower => ("output", "realpower"),
            Names.Power => ("output", "power"),
            _ when GroupOf(name) is { } side => (side, name[(side.Length + 1)..]),
            _ => ("ups", name),
        };
        var at = line.ToString(CultureInfo.InvariantCulture);
        if (!what.StartsWith("voltage", StringComparison.Ordinal))
            return $"{group}.L{at}.{what}";
        return value >= LowestBetweenLines ? $"{group}.{BetweenLines[line - 1]}.{what}" : $"{group}.L{at}-N.{what}";
    }
}

using System.Globalization;

namespace VmPowerManager.EndToEnd.Driving;

/// <summary>What a series of measurements comes to.</summary>
public static class Figures
{
    /// <param name="part">0.95 for p95: the smallest value that so many are not above.</param>
    public static double Percentile(IReadOnlyCollection<double> values, double part) =>
        values.Order().ElementAt((int)Math.Ceiling(part * values.Count) - 1);

    public static string Line(IReadOnlyCollection<double> values, string unit, string format = "0.00")
    {
        string Text(double value) => $"{value.ToString(format, CultureInfo.InvariantCulture)} {unit}";
        return $"n {values.Count}, p50 {Text(Percentile(values, 0.5))}, p95 {Text(Percentile(values, 0.95))}, max {Text(values.Max())}";
    }
}

using System.Collections.Immutable;
using VmPowerManager.Ups.History;

namespace VmPowerManager.Ups.Pages;

/// <summary>One chart of a UPS, ready to be drawn. Pure.</summary>
/// <param name="Title">A key of the localised strings.</param>
public sealed record UpsChartView(string Title, string Unit, int Decimals, IReadOnlyList<ChartLine> Lines)
{
    public double? Least { get; init; }
    public double? Most { get; init; }

    /// <summary>The axis spans at least so much.</summary>
    public double LeastSpan { get; init; }
}

/// <summary>Which charts a UPS has.</summary>
public static class UpsChartSet
{
    private sealed record Kind(string Title, string Unit, int Decimals, params (string Name, string Metric)[] Lines)
    {
        public double Factor { get; init; } = 1;
        public double? Least { get; init; }
        public double? Most { get; init; }
        public double LeastSpan { get; init; }
    }

    private static readonly ImmutableArray<Kind> Kinds =
    [
        new("Battery charge", "%", 0, ("Charge", "batteryChargePercent")) { Least = 0, Most = 100 },
        new("Runtime", "min", 1, ("Runtime", "batteryRuntimeSeconds")) { Factor = 1 / 60.0, Least = 0 },
        new("Load", "%", 0, ("Load", "loadPercent")) { Least = 0 },
        new("Voltage", "V", 1, ("Input", "inputVoltage"), ("Output", "outputVoltage")) { LeastSpan = 20 },
        new("Frequency", "Hz", 2, ("Input", "inputFrequency")) { LeastSpan = 1 },
        new("Battery voltage", "V", 1, ("Battery", "batteryVoltage")) { LeastSpan = 2 },
        new("Battery temperature", "°C", 1, ("Temperature", "batteryTemperature")) { LeastSpan = 10 },
        new("Power", "W", 0, ("Power", "realPower")) { Least = 0 },
    ];

    /// <summary>Charts for what was read, and the names of those for which nothing was.</summary>
    public static (IReadOnlyList<UpsChartView> Charts, IReadOnlyList<string> Absent) Of(HistorySeries series)
    {
        var charts = new List<UpsChartView>();
        var absent = new List<string>();
        foreach (var kind in Kinds)
        {
            var lines = kind
                .Lines.Select(line => new ChartLine(line.Name, Scaled(UpsTrace.Line(series, line.Metric), kind.Factor)))
                .Where(line => line.Known.Any())
                .ToList();
            if (lines.Count == 0)
                absent.Add(kind.Title);
            else
                charts.Add(
                    new UpsChartView(kind.Title, kind.Unit, kind.Decimals, lines)
                    {
                        Least = kind.Least,
                        Most = kind.Most,
                        LeastSpan = kind.LeastSpan,
                    }
                );
        }
        return (charts, absent);
    }

    private static IReadOnlyList<(double At, HistoryValue? Value)> Scaled(
        IReadOnlyList<(double At, HistoryValue? Value)> line,
        double factor
    ) =>
        factor is 1
            ? line
            :
            [
                .. line.Select(p =>
                    (p.At, p.Value is { } v ? new HistoryValue(v.Min * factor, v.Mean * factor, v.Max * factor) : null)
                ),
            ];
}

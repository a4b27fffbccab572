using System.Globalization;
using System.Text;
using VmPowerManager.Ups.History;

namespace VmPowerManager.Ups.Pages;

/// <summary>One value over time, as a chart draws it.</summary>
/// <param name="Name">A key of the localised strings.</param>
/// <param name="Points">Places from 0 to 1; null is a gap.</param>
public sealed record ChartLine(string Name, IReadOnlyList<(double At, HistoryValue? Value)> Points)
{
    public const int Width = 1000;
    public const int Height = 200;

    public IEnumerable<HistoryValue> Known => Points.Where(p => p.Value is not null).Select(p => p.Value!); // not null: filtered

    /// <summary>The means: chart.js reads its values from these figures, so they are not rounded further.</summary>
    public string Path(ChartScale scale)
    {
        var path = new StringBuilder();
        var pen = 'M';
        foreach (var (at, value) in Points)
        {
            if (value is not null)
            {
                path.Append(pen).Append(N(at * Width)).Append(' ').Append(N(scale.Place(value.Mean) * Height));
                // A lone point is a dot.
                if (pen == 'M')
                    path.Append("h.01");
            }
            pen = value is null ? 'M' : 'L';
        }
        return path.ToString();
    }

    /// <summary>A stroke from the highest to the lowest of each point.</summary>
    public string Spread(ChartScale scale)
    {
        var path = new StringBuilder();
        foreach (var (at, value) in Points)
        {
            if (value is not null && value.Max > value.Min)
                path.Append('M')
                    .Append(N(at * Width))
                    .Append(' ')
                    .Append(N(scale.Place(value.Max) * Height))
                    .Append('V')
                    .Append(N(scale.Place(value.Min) * Height));
        }
        return path.ToString();
    }

    private static string N(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}

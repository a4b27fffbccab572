using VmPowerManager.Ups.History;

namespace VmPowerManager.Ups.Pages;

/// <summary>A history as lines and bands over its span, places from 0 to 1. Pure.</summary>
public static class UpsTrace
{
    /// <summary>A sample comes at least every 60 s, or with every poll where polls are rarer: a longer hole is one in
    /// which nothing was read.</summary>
    private const double LongestGapSeconds = 90;

    /// <summary>Minimum, mean and maximum of a value at a place; null marks a gap.</summary>
    public static IReadOnlyList<(double At, HistoryValue? Value)> Line(HistorySeries series, string metric)
    {
        var line = new List<(double At, HistoryValue? Value)>(series.Items.Count + 8);
        var gap = TimeSpan.FromSeconds(
            Math.Max(Math.Max(1.5 * series.BucketSeconds, LongestGapSeconds), 2.5 * UsualSeconds(series))
        );
        DateTimeOffset? before = null;
        foreach (var item in series.Items)
        {
            var at = Place(series, item.At.AddSeconds(series.BucketSeconds / 2));
            if (item.At - before > gap)
                line.Add((at, null));
            line.Add((at, item.Values.GetValueOrDefault(metric)));
            before = item.At;
        }
        return line;
    }

    /// <summary>The means alone.</summary>
    public static IReadOnlyList<(double At, double? Value)> Means(HistorySeries series, string metric) =>
        [.. Line(series, metric).Select(p => (p.At, p.Value?.Mean))];

    /// <summary>Spans with time on battery; buckets side by side are one.</summary>
    public static IReadOnlyList<(double From, double To)> OnBattery(HistorySeries series)
    {
        var bands = new List<(double From, double To)>();
        DateTimeOffset? end = null;
        foreach (var item in series.Items.Where(i => i.OnBatteryShare > 0))
        {
            var next = item.At.AddSeconds(series.BucketSeconds);
            if (end is { } last && item.At - last <= TimeSpan.FromSeconds(series.BucketSeconds / 2))
                bands[^1] = (bands[^1].From, Place(series, next));
            else
                bands.Add((Place(series, item.At), Place(series, next)));
            end = next;
        }
        return bands;
    }

    /// <summary>The usual distance of two points: more than a bucket where polls are rarer than buckets.</summary>
    private static double UsualSeconds(HistorySeries series)
    {
        var steps = series.Items.Zip(series.Items.Skip(1), (one, next) => (next.At - one.At).TotalSeconds).ToList();
        if (steps.Count == 0)
            return 0;
        steps.Sort();
        var usual = steps[steps.Count / 2];
        return usual > series.BucketSeconds * 1.5 ? usual : 0;
    }

    private static double Place(HistorySeries series, DateTimeOffset at) =>
        Math.Clamp((at - series.From) / (series.To - series.From), 0, 1);
}

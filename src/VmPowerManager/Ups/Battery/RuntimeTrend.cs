namespace VmPowerManager.Ups.Battery;

/// <summary>An hour on mains at full charge: the mean load, and the runtime that the device expected at it.</summary>
public sealed record FullHour(DateTimeOffset At, double LoadPercent, double RuntimeSeconds);

/// <summary>How the runtime at full charge compares with what it was at a similar load. Pure.</summary>
/// <param name="Since">When the hours it is compared with began.</param>
public sealed record RuntimeTrend(double NowSeconds, double ThenSeconds, double LoadPercent, DateTimeOffset Since)
{
    private static readonly TimeSpan Recent = TimeSpan.FromDays(14);

    /// <summary>What it is compared with is at least so old, and so much of it is taken.</summary>
    private static readonly TimeSpan Earlier = TimeSpan.FromDays(60);
    private static readonly TimeSpan Taken = TimeSpan.FromDays(60);
    private const int LeastHours = 24;

    /// <summary>Loads count as similar within this share, or this many percent of capacity.</summary>
    private const double SimilarShare = 0.15;
    private const double SimilarPercent = 3;

    /// <summary>1: as it was.</summary>
    public double Share => Math.Round(NowSeconds / ThenSeconds, 3);

    /// <summary>Null while there are too few hours to compare.</summary>
    /// <param name="hours">Of one battery, oldest first.</param>
    public static RuntimeTrend? Of(IReadOnlyList<FullHour> hours, DateTimeOffset now)
    {
        var recent = hours.Where(h => h.At > now - Recent).ToList();
        if (recent.Count < LeastHours)
            return null;
        var load = Median(recent.Select(h => h.LoadPercent));
        var near = Math.Max(SimilarPercent, SimilarShare * load);
        bool IsSimilar(FullHour hour) => Math.Abs(hour.LoadPercent - load) <= near;
        var then = hours.Where(h => h.At < now - Earlier && IsSimilar(h)).ToList();
        if (then.Count < LeastHours)
            return null;
        var since = then[0].At;
        then = then.FindAll(h => h.At < since + Taken);
        recent = recent.FindAll(IsSimilar);
        return then.Count < LeastHours || recent.Count < LeastHours
            ? null
            : new RuntimeTrend(
                Math.Round(Median(recent.Select(h => h.RuntimeSeconds))),
                Math.Round(Median(then.Select(h => h.RuntimeSeconds))),
                Math.Round(load, 1),
                since
            );
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1
            ? sorted[sorted.Count / 2]
            : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}

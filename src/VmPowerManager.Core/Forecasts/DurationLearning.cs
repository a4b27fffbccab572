using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Forecasts;

/// <summary>What past runs teach about a duration, robustly (POLICY C2): weighted quantiles. A sample weighs half for every
/// ten newer ones and for every 90 days of age, so that a machine that has changed is known again after a few runs. One
/// freak among at least four samples counts as at most twice the next longest; what happens twice is no freak.</summary>
public static class DurationLearning
{
    /// <summary>Samples kept of one key: the oldest of them weighs an eighth of the newest.</summary>
    public const int Kept = 30;
    private const double HalfLifeSamples = 10;
    private const double HalfLifeDays = 90;
    private const int FewestToClip = 4;

    /// <summary>Null without any sample.</summary>
    public static LearnedDuration? Of(IReadOnlyCollection<DurationSample> samples, DateTimeOffset now)
    {
        if (samples.Count == 0)
            return null;
        var weighed = samples
            .OrderByDescending(s => s.At)
            .Take(Kept)
            .Select((s, newer) => (s.Seconds, s.AtLeast, Weight: WeightOf(newer, now - s.At)))
            .OrderBy(s => s.Seconds)
            .ToList();
        // A failure is no freak: it says "longer than that".
        if (weighed is { Count: >= FewestToClip } && !weighed[^1].AtLeast)
            weighed[^1] = weighed[^1] with { Seconds = Math.Min(weighed[^1].Seconds, 2 * weighed[^2].Seconds) };
        return new LearnedDuration(Quantile(0.5), Quantile(0.95), weighed.Count);

        double Quantile(double share)
        {
            var wanted = share * weighed.Sum(s => s.Weight);
            var sum = 0.0;
            foreach (var (seconds, _, weight) in weighed)
            {
                sum += weight;
                if (sum >= wanted - 1e-9)
                    return Math.Round(seconds, 1);
            }
            return Math.Round(weighed[^1].Seconds, 1);
        }
    }

    private static double WeightOf(int newer, TimeSpan age) =>
        Math.Pow(0.5, (newer / HalfLifeSamples) + (Math.Max(0, age.TotalDays) / HalfLifeDays));
}

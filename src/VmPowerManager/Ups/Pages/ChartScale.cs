namespace VmPowerManager.Ups.Pages;

/// <summary>A vertical axis with round figures. Pure.</summary>
public sealed record ChartScale(double Least, double Most, double Step)
{
    private const int Intervals = 4;

    /// <summary>From the lowest tick to the highest.</summary>
    public IEnumerable<double> Ticks
    {
        get
        {
            var count = (int)Math.Round((Most - Least) / Step);
            return Enumerable.Range(0, count + 1).Select(i => Math.Round(Least + (i * Step), 6));
        }
    }

    /// <summary>Figures after the decimal point that tell the ticks apart.</summary>
    public int Decimals =>
        Enumerable.Range(0, 6).First(n => n == 5 || Math.Abs(Math.Round(Step, n) - Step) < 1e-9 * Step);

    /// <summary>Holds these values, and these ends where they are given.</summary>
    public static ChartScale Of(double lowest, double highest, double? least = null, double? most = null)
    {
        var (from, to) = (Math.Min(lowest, least ?? lowest), Math.Max(highest, most ?? highest));
        // A value that never changes lies in the middle, not on an axis.
        if (to - from < 1e-9)
            (from, to) = (least ?? from - 1, most ?? to + 1);
        if (to - from < 1e-9)
            to = from + 1;
        var step = Round((to - from) / Intervals);
        return new ChartScale(Math.Floor((from / step) + 1e-9) * step, Math.Ceiling((to / step) - 1e-9) * step, step);
    }

    /// <summary>From the top, 0, to the bottom, 1.</summary>
    public double Place(double value) => Math.Clamp((Most - value) / (Most - Least), 0, 1);

    /// <summary>1, 2, 2.5 or 5 times a power of ten, not below <paramref name="step"/>.</summary>
    private static double Round(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        foreach (var nice in (ReadOnlySpan<double>)[1, 2, 2.5, 5])
        {
            if (nice * power >= step - 1e-9)
                return nice * power;
        }
        return 10 * power;
    }
}

using System.Globalization;

namespace VmPowerManager.Core.Engine;

/// <summary>How the engine writes figures in sentences.</summary>
internal static class Words
{
    public static CultureInfo Culture => CultureInfo.InvariantCulture;

    /// <summary>Live durations: <c>00:42</c>, <c>1:02:03</c>.</summary>
    public static string Clock(TimeSpan span)
    {
        var positive = span < TimeSpan.Zero ? TimeSpan.Zero : span;
        return positive.ToString(positive.TotalHours >= 1 ? @"h\:mm\:ss" : @"mm\:ss", Culture);
    }

    /// <summary>Rough durations: <c>42 s</c>, <c>47 min</c>, <c>2 h 05 min</c>.</summary>
    public static string Duration(double seconds) =>
        seconds < 120 ? $"{seconds.ToString("0", Culture)} s"
        : seconds < 7200 ? $"{Math.Floor(seconds / 60).ToString("0", Culture)} min"
        : TimeSpan.FromSeconds(seconds).ToString(@"h\ \h\ mm\ \m\i\n", Culture);
}

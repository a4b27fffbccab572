using System.Globalization;

namespace VmPowerManager.Components;

/// <summary>Durations as every screen writes them: <c>3:12</c> below an hour, <c>1 h 04 min</c> below two days, then
/// <c>3 d 4 h</c>. live.js writes those that tick in the same way.</summary>
public static class Durations
{
    public static string Text(double seconds)
    {
        var whole = (long)Math.Max(0, Math.Round(seconds));
        FormattableString text = whole switch
        {
            < 3600 => $"{whole / 60}:{whole % 60:00}",
            < 48 * 3600 => $"{whole / 3600} h {whole / 60 % 60:00} min",
            _ => $"{whole / 86400} d {whole / 3600 % 24} h",
        };
        return text.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>For sentences and limits that do not tick: <c>45 s</c>, <c>5 min</c>, <c>47 min</c>, <c>1 h 04 min</c>.</summary>
    public static string Words(double seconds)
    {
        var whole = (long)Math.Max(0, Math.Round(seconds));
        FormattableString text = whole switch
        {
            < 90 => $"{whole} s",
            < 600 when whole % 60 != 0 => $"{whole / 60} min {whole % 60:00} s",
            < 3600 => $"{whole / 60} min",
            _ => $"{Text(whole)}",
        };
        return text.ToString(CultureInfo.InvariantCulture);
    }
}

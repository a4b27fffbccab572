using System.Globalization;
using System.Text.RegularExpressions;

namespace VmPowerManager.Plans.Pages;

/// <summary>A setting in seconds as a person writes and reads it: <c>90 s</c>, <c>5 min</c>, <c>1 h 30 min</c>. Nothing is
/// rounded away: what is shown is what is stored. Pure.</summary>
public static partial class DurationText
{
    /// <summary>All of it, in the largest units that leave no rest unsaid; below two minutes in seconds unless it is one.</summary>
    public static string Exact(int seconds)
    {
        if (seconds is 0 or (< 120 and not 60))
            return string.Create(CultureInfo.InvariantCulture, $"{seconds} s");
        var parts = new List<string>();
        foreach (var (unit, length) in new[] { ("d", 86400), ("h", 3600), ("min", 60), ("s", 1) })
        {
            if (seconds / length is > 0 and var count)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {unit}"));
            seconds %= length;
        }
        return string.Join(' ', parts);
    }

    /// <summary>Seconds, or null when it cannot be read. A bare number is in <paramref name="bareUnit"/> seconds;
    /// <c>3:12</c> is minutes and seconds.</summary>
    public static int? Parse(string? text, int bareUnit)
    {
        var said = (text ?? "").Trim().ToLowerInvariant();
        if (
            double.TryParse(
                said.Replace(',', '.'),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var bare
            )
        )
            return Whole(bare * bareUnit);
        if (Clock().Match(said) is { Success: true } clock)
            return Whole((Number(clock, 1) * 60) + Number(clock, 2));
        if (Units().Match(said) is not { Success: true } units || said.Length == 0)
            return null;
        double[] lengths = [86400, 3600, 60, 1];
        return Whole(lengths.Select((length, i) => Number(units, i + 1) * length).Sum());
    }

    private static double Number(Match match, int group) =>
        match.Groups[group].Success
            ? double.Parse(match.Groups[group].Value.Replace(',', '.'), CultureInfo.InvariantCulture)
            : 0;

    private static int? Whole(double seconds) => seconds is >= 0 and <= int.MaxValue ? (int)Math.Round(seconds) : null;

    [GeneratedRegex(@"^(\d{1,7}):([0-5]\d)$")]
    private static partial Regex Clock();

    [GeneratedRegex(
        @"^(?:(\d{1,7}(?:[.,]\d{1,3})?)\s*d(?:ays?|)\s*)?(?:(\d{1,7}(?:[.,]\d{1,3})?)\s*h(?:ours?|)\s*)?(?:(\d{1,7}(?:[.,]\d{1,3})?)\s*m(?:in(?:utes?)?|)\s*)?(?:(\d{1,7}(?:[.,]\d{1,3})?)\s*s(?:ec(?:onds?)?|)\s*)?$"
    )]
    private static partial Regex Units();
}

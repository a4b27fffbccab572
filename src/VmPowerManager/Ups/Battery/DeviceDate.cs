using System.Globalization;

namespace VmPowerManager.Ups.Battery;

/// <summary>Dates as devices write them. Pure.</summary>
internal static class DeviceDate
{
    /// <summary>American order before European: what drivers pass on is month first wherever both could be meant.</summary>
    private static readonly string[] Formats =
    [
        "yyyy-M-d",
        "yyyy/M/d",
        "yyyyMMdd",
        "M/d/yyyy",
        "M/d/yy",
        "M-d-yyyy",
        "d.M.yyyy",
        "d/M/yyyy",
        "d/M/yy",
    ];

    /// <summary>Some APC models say this for ever, whatever their battery is.</summary>
    private static readonly DateTimeOffset FactoryDefault = new(2001, 9, 25, 0, 0, 0, TimeSpan.Zero);

    /// <summary>No battery lasts so long: a clock that began anew at 2000, or a date that nobody ever set.</summary>
    private const int MostYears = 20;

    /// <summary>Null for what is no date, cannot be one of a battery or a test, or lies ahead.</summary>
    public static DateTimeOffset? Parse(string? text, DateTimeOffset now)
    {
        if (text?.Trim() is not { Length: > 0 } said || Read(said) is not { } date)
            return null;
        return date < now.AddYears(-MostYears) || date > now.AddDays(1) || date == FactoryDefault ? null : date;
    }

    private static DateTimeOffset? Read(string said)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var day = said.Split(' ', 'T')[0];
        // With a time of day only where the date's order leaves no doubt.
        if (
            day.Length < said.Length
            && day is [_, _, _, _, '-', ..]
            && DateTimeOffset.TryParse(said, CultureInfo.InvariantCulture, utc, out var moment)
        )
            return moment;
        return DateTimeOffset.TryParseExact(day, Formats, CultureInfo.InvariantCulture, utc, out var date)
            ? date
            : null;
    }
}

using System.Globalization;

namespace VmPowerManager.Events.Pages;

/// <summary>A choice of events as the address of the page has it. Pure.</summary>
/// <param name="Problem">What in the address cannot be read, or null.</param>
public sealed record EventChoice(EventFilter Filter, string? Problem)
{
    /// <summary>Beginnings of types that a person may want, with their names (keys of <see cref="Components.Strings"/>).</summary>
    public static IReadOnlyList<(string Prefix, string Name)> Types { get; } =
    [
        ("ups.*", "UPSes"),
        ("host.*", "Hosts"),
        ("guest.*", "Guests"),
        ("plan.*", "Plans"),
        ("run.*", "Runs"),
        ("step.*", "Steps of runs"),
        ("accounts.*", "Accounts"),
        ("notification.*", "Notifications"),
        ("storage.*", "Storage"),
    ];

    public static EventChoice Read(string? q, string? severity, string? type, string? source, string? from, string? to)
    {
        var (since, until) = (Time(from), Time(to));
        var unread =
            from is { Length: > 0 } && since is null ? from
            : to is { Length: > 0 } && until is null ? to
            : null;
        return new(
            new EventFilter
            {
                Text = q,
                Severities = Severities(severity),
                Type = type,
                Source = source,
                From = since,
                To = until,
            },
            unread is null ? null : $"“{unread}” is no time that can be read."
        );
    }

    /// <summary>Lists compare by what is in them.</summary>
    public bool Same(EventChoice other) =>
        Problem == other.Problem
        && Filter.Severities.SequenceEqual(other.Filter.Severities)
        && Filter == other.Filter with { Severities = Filter.Severities };

    public static TimeZoneInfo Zone(string? name) =>
        name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>What an input of date and time shows.</summary>
    public static string? ToLocal(string? utc, TimeZoneInfo zone) =>
        Time(utc) is { } time
            ? TimeZoneInfo.ConvertTime(time, zone).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture)
            : null;

    /// <summary>What the address keeps: the same for every reader.</summary>
    public static string? ToUtc(string? local, TimeZoneInfo zone)
    {
        if (!DateTime.TryParse(local, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return null;
        var said = DateTime.SpecifyKind(time, DateTimeKind.Unspecified);
        // An hour that a clock change leaves out is taken as the one after it.
        if (zone.IsInvalidTime(said))
            said = said.AddHours(1);
        return TimeZoneInfo
            .ConvertTimeToUtc(said, zone)
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }

    private static IReadOnlyList<Severity> Severities(string? text) =>
        [
            .. (text ?? "")
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(s => Enum.TryParse<Severity>(s, ignoreCase: true, out var known) ? known : (Severity?)null)
                .OfType<Severity>()
                .Distinct(),
        ];

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : null;
}

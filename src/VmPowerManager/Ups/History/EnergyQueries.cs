using VmPowerManager.Core;

namespace VmPowerManager.Ups.History;

/// <summary>Energy of one day or month of a time zone.</summary>
/// <param name="WattHours">Null where no power was known in it.</param>
/// <param name="MeasuredSeconds">For so long the device reported its power.</param>
/// <param name="DerivedSeconds">For so long it was load times rated power.</param>
public sealed record EnergySpan(
    DateTimeOffset From,
    DateTimeOffset To,
    double? WattHours,
    double MeasuredSeconds,
    double DerivedSeconds
);

public enum EnergyPer
{
    Day,
    Month,
}

/// <summary>Sums energy by days or months. What was not read counts nothing. Blocks for some milliseconds.</summary>
internal sealed class EnergyQueries(HistoryDb database, IConfiguration configuration)
{
    private const int MostSpans = 1000;

    /// <summary><c>Site:TimeZone</c>, else the machine's.</summary>
    public TimeZoneInfo SiteZone { get; } =
        configuration["Site:TimeZone"] is { Length: > 0 } name
        && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
            ? zone
            : TimeZoneInfo.Local;

    /// <summary>Whole days or months that touch a span, oldest first.</summary>
    /// <exception cref="InvalidInputException">The span.</exception>
    public IReadOnlyList<EnergySpan> Read(
        int upsId,
        DateTimeOffset from,
        DateTimeOffset to,
        EnergyPer per,
        TimeZoneInfo zone
    )
    {
        if (from >= to)
            throw new InvalidInputException("from", "Must be before to.");
        var borders = Borders(from, to, per, zone);
        using var connection = database.OpenForReading();
        if (connection is null)
            return [.. borders.Zip(borders.Skip(1), (begin, end) => new EnergySpan(begin, end, null, 0, 0))];
        using var command = HistoryStore.Command(connection, HistorySql.SelectEnergy);
        command.Parameters.AddWithValue("@ups", upsId);
        var (begins, ends) = (command.Parameters.AddWithValue("@from", 0L), command.Parameters.AddWithValue("@to", 0L));
        var spans = new List<EnergySpan>(borders.Count);
        foreach (var (begin, end) in borders.Zip(borders.Skip(1)))
        {
            (begins.Value, ends.Value) = (begin.ToUnixTimeMilliseconds(), end.ToUnixTimeMilliseconds());
            using var reader = command.ExecuteReader();
            reader.Read();
            var (measured, derived) = (reader.GetDouble(1), reader.GetDouble(3));
            double? wattHours =
                measured + derived > 0 ? Math.Round(reader.GetDouble(0) + reader.GetDouble(2), 3) : null;
            spans.Add(new EnergySpan(begin, end, wattHours, Math.Round(measured), Math.Round(derived)));
        }
        return spans;
    }

    /// <summary>Midnights, of days or of the first of months, as the zone's clocks have them.</summary>
    private static List<DateTimeOffset> Borders(
        DateTimeOffset from,
        DateTimeOffset to,
        EnergyPer per,
        TimeZoneInfo zone
    )
    {
        var day = TimeZoneInfo.ConvertTime(from, zone).Date;
        if (per == EnergyPer.Month)
            day = new DateTime(day.Year, day.Month, 1);
        var borders = new List<DateTimeOffset> { Midnight(day, zone) };
        while (borders[^1] < to)
        {
            if (borders.Count > MostSpans)
                throw new InvalidInputException("from", $"Asks for more than {MostSpans} spans.");
            day = per == EnergyPer.Month ? day.AddMonths(1) : day.AddDays(1);
            borders.Add(Midnight(day, zone));
        }
        return borders;
    }

    /// <summary>Where clocks skip midnight the day begins when they go on; where they strike it twice, with the first.</summary>
    private static DateTimeOffset Midnight(DateTime day, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(day))
            day = day.AddMinutes(15);
        var offset = zone.IsAmbiguousTime(day) ? zone.GetAmbiguousTimeOffsets(day).Max() : zone.GetUtcOffset(day);
        return new DateTimeOffset(day, offset).ToUniversalTime();
    }
}

using System.Globalization;
using Microsoft.Data.Sqlite;
using VmPowerManager.Core;
using VmPowerManager.Ups.History;

namespace VmPowerManager.Ups.Quality;

/// <summary>Which disturbances are wanted; null or empty asks for all.</summary>
public sealed record QualityFilter
{
    /// <summary>Still going on then, or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Begun before.</summary>
    public DateTimeOffset? To { get; init; }
    public IReadOnlyList<InputEventKind> Kinds { get; init; } = [];

    internal long FromMs => From?.ToUnixTimeMilliseconds() ?? long.MinValue;
    internal long ToMs => To?.ToUnixTimeMilliseconds() ?? long.MaxValue;
    internal long Bits =>
        Kinds.Count == 0 ? long.MaxValue : Kinds.Aggregate(0L, (bits, kind) => bits | (1L << (int)kind));
}

/// <summary>How often a kind of disturbance came, and for how long in all.</summary>
public sealed record QualityCount(InputEventKind Kind, int Times, double Seconds);

/// <summary>Reads the power-quality log of a UPS, newest first. Blocks for some milliseconds.</summary>
internal sealed class QualityQueries(HistoryDb database)
{
    public const int MostAtOnce = 1000;

    /// <summary>A page.</summary>
    /// <exception cref="InvalidInputException">The cursor is none of ours, or the limit is out of range.</exception>
    public Page<InputEvent> Read(int upsId, QualityFilter filter, string? cursor, int limit)
    {
        if (limit is < 1 or > MostAtOnce)
            throw new InvalidInputException("limit", $"Must be between 1 and {MostAtOnce}.");
        var place = Place(cursor);
        using var connection = database.OpenForReading();
        if (connection is null)
            return new Page<InputEvent>([]);
        var found = HistoryStore.Select(
            connection,
            QualitySql.Select,
            Row,
            ("@ups", upsId),
            ("@from", filter.FromMs),
            ("@to", filter.ToMs),
            ("@kinds", filter.Bits),
            ("@before", place.Begin),
            ("@beforeSource", place.Source),
            ("@most", limit + 1)
        );
        return found.Count <= limit
            ? new Page<InputEvent>(found)
            : new Page<InputEvent>(found[..limit], Cursor(found[limit - 1]));
    }

    public IReadOnlyList<QualityCount> Count(int upsId, QualityFilter filter)
    {
        using var connection = database.OpenForReading();
        return connection is null
            ? []
            : HistoryStore.Select(
                connection,
                QualitySql.Count,
                row => new QualityCount((InputEventKind)row.GetInt32(0), row.GetInt32(1), row.GetDouble(2)),
                ("@ups", upsId),
                ("@from", filter.FromMs),
                ("@to", filter.ToMs)
            );
    }

    private static InputEvent Row(SqliteDataReader row) =>
        new(
            (InputSource)row.GetInt32(1),
            (InputEventKind)row.GetInt32(2),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0))
        )
        {
            End = row.IsDBNull(3) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)),
            Seconds = row.GetDouble(4),
            Extreme = row.IsDBNull(5) ? null : row.GetDouble(5),
            Nominal = row.IsDBNull(6) ? null : row.GetDouble(6),
            Reason = row.IsDBNull(7) ? null : row.GetString(7),
            Cut = row.GetBoolean(8),
        };

    private static string Cursor(InputEvent last) =>
        string.Create(CultureInfo.InvariantCulture, $"{last.Begin.ToUnixTimeMilliseconds()}-{(int)last.Source}");

    private static (long Begin, int Source) Place(string? cursor)
    {
        if (cursor is null)
            return (long.MaxValue, int.MaxValue);
        return
            cursor.Split('-') is [var begin, var source]
            && long.TryParse(begin, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && int.TryParse(source, NumberStyles.None, CultureInfo.InvariantCulture, out var of)
            ? (at, of)
            : throw new InvalidInputException("cursor", "Is not a cursor that this list gave out.");
    }
}

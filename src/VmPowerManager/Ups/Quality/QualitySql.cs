namespace VmPowerManager.Ups.Quality;

/// <summary>The table of disturbances in history.db. Times are Unix milliseconds; kind and source are the numbers of their
/// enumerations.</summary>
internal static class QualitySql
{
    /// <summary>A regulator that flaps all day must not push out the outages: each kind has its own room.</summary>
    public const int MostOfAKind = 2000;

    public static readonly string[] Tables = ["input_event"];

    public const string Schema = """
        CREATE TABLE IF NOT EXISTS input_event (
          ups INTEGER NOT NULL, begin INTEGER NOT NULL, source INTEGER NOT NULL, kind INTEGER NOT NULL, end INTEGER,
          seconds REAL NOT NULL, extreme REAL, nominal REAL, reason TEXT, cut INTEGER NOT NULL,
          PRIMARY KEY (ups, begin, source)) WITHOUT ROWID;
        """;

    public const string Write = """
        INSERT OR REPLACE INTO input_event (ups, begin, source, kind, end, seconds, extreme, nominal, reason, cut)
        VALUES (@ups, @begin, @source, @kind, @end, @seconds, @extreme, @nominal, @reason, @cut)
        """;

    /// <summary>At a start: whatever was open when the process ended ended nobody knows when, at the last sample at the
    /// earliest.</summary>
    public const string CloseOpen = """
        UPDATE input_event SET cut = 1,
          end = MAX(begin, COALESCE((SELECT MAX(at) FROM sample WHERE sample.ups = input_event.ups), begin)),
          seconds = MAX(seconds, (COALESCE((SELECT MAX(at) FROM sample WHERE sample.ups = input_event.ups), begin) - begin) / 1000.0)
        WHERE end IS NULL
        """;

    public const string DeleteOldest = """
        DELETE FROM input_event WHERE ups = @ups AND (begin, source) IN (
          SELECT begin, source FROM (
            SELECT begin, source, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY begin DESC) AS place
            FROM input_event WHERE ups = @ups)
          WHERE place > @most)
        """;

    /// <summary>Newest first, from a place on; the kinds are a set of bits.</summary>
    public const string Select = """
        SELECT begin, source, kind, end, seconds, extreme, nominal, reason, cut FROM input_event
        WHERE ups = @ups AND begin < @to AND (end IS NULL OR end >= @from) AND (@kinds >> kind) & 1 = 1
          AND (begin, source) < (@before, @beforeSource)
        ORDER BY begin DESC, source DESC LIMIT @most
        """;

    public const string Count = """
        SELECT kind, COUNT(*), TOTAL(seconds) FROM input_event
        WHERE ups = @ups AND begin < @to AND (end IS NULL OR end >= @from) GROUP BY kind ORDER BY kind
        """;
}

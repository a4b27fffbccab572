namespace VmPowerManager.Ups.History;

/// <summary>The statements of history.db, made from the list of metrics. Times are Unix milliseconds. A rollup row holds
/// least, mean and most of each value, and the number of readings behind it as the weight of its means.</summary>
internal static class HistorySql
{
    private static readonly string[] Columns = [.. HistoryMetric.All.Select(metric => metric.Column)];

    public static readonly string Schema = $"""
        CREATE TABLE IF NOT EXISTS sample (
          ups INTEGER NOT NULL, at INTEGER NOT NULL, status INTEGER NOT NULL, ob INTEGER NOT NULL,
          {Each(c => $"{c} REAL")}, PRIMARY KEY (ups, at)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS rollup (
          ups INTEGER NOT NULL, step INTEGER NOT NULL, at INTEGER NOT NULL, n INTEGER NOT NULL, ob REAL NOT NULL,
          {Each(c => $"{c}_min REAL, {c}_avg REAL, {c}_max REAL")}, PRIMARY KEY (ups, step, at)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS energy (
          ups INTEGER NOT NULL, at INTEGER NOT NULL, measured_wh REAL NOT NULL, measured_s REAL NOT NULL,
          derived_wh REAL NOT NULL, derived_s REAL NOT NULL, PRIMARY KEY (ups, at)) WITHOUT ROWID;
        """;

    public static readonly string InsertSample = $"""
        INSERT OR REPLACE INTO sample (ups, at, status, ob, {Each(c => c)})
        VALUES (@ups, @at, @status, @ob, {Each(c => $"@{c}")})
        """;

    /// <summary>A minute that a restart cut in two is put together again.</summary>
    public static readonly string InsertMinute = $"""
        INSERT INTO rollup (ups, step, at, n, ob, {Each(c => $"{c}_min, {c}_avg, {c}_max")})
        VALUES (@ups, {HistorySteps.Minute}, @at, @n, @ob, {Each(c => $"@{c}_min, @{c}_avg, @{c}_max")})
        ON CONFLICT (ups, step, at) DO UPDATE SET
          ob = (ob * n + excluded.ob * excluded.n) / (n + excluded.n),
          {Each(c =>
            $"""
            {c}_min = MIN(COALESCE({c}_min, excluded.{c}_min), COALESCE(excluded.{c}_min, {c}_min)),
            {c}_avg = CASE WHEN {c}_avg IS NULL THEN excluded.{c}_avg WHEN excluded.{c}_avg IS NULL THEN {c}_avg
              ELSE ({c}_avg * n + excluded.{c}_avg * excluded.n) / (n + excluded.n) END,
            {c}_max = MAX(COALESCE({c}_max, excluded.{c}_max), COALESCE(excluded.{c}_max, {c}_max))
            """)},
          n = n + excluded.n
        """;

    /// <summary>Minutes of which raw samples were written but no sum, because the process was killed before their end.
    /// A minute's samples stand in for its readings.</summary>
    public static readonly string InsertMissedMinutes = $"""
        INSERT INTO rollup (ups, step, at, n, ob, {Each(c => $"{c}_min, {c}_avg, {c}_max")})
        SELECT ups, {HistorySteps.Minute}, at - at % {HistorySteps.Minute} AS minute, COUNT(*), AVG(ob),
          {Each(c => $"MIN({c}), AVG({c}), MAX({c})")}
        FROM sample WHERE ups = @ups AND at >= @from GROUP BY minute
        ON CONFLICT DO NOTHING
        """;

    public const string SelectNewest = """
        SELECT MAX(at) FROM rollup WHERE ups = @ups AND step = @step
        """;

    /// <summary>The begins of the coarse rows that a stretch of finer ones belongs to.</summary>
    public const string SelectCoarse = """
        SELECT DISTINCT at - at % @step FROM rollup WHERE ups = @ups AND step = @finer AND at >= @from
        """;

    /// <summary>Energy by quarters of an hour: every time zone's days begin with one.</summary>
    public const string AddEnergy = """
        INSERT INTO energy (ups, at, measured_wh, measured_s, derived_wh, derived_s) VALUES (@ups, @at, @mwh, @ms, @dwh, @ds)
        ON CONFLICT (ups, at) DO UPDATE SET measured_wh = measured_wh + excluded.measured_wh,
          measured_s = measured_s + excluded.measured_s, derived_wh = derived_wh + excluded.derived_wh,
          derived_s = derived_s + excluded.derived_s
        """;
    public const string SelectEnergy = """
        SELECT TOTAL(measured_wh), TOTAL(measured_s), TOTAL(derived_wh), TOTAL(derived_s)
        FROM energy WHERE ups = @ups AND at >= @from AND at < @to
        """;

    /// <summary>Makes one coarse row from the finer ones within it.</summary>
    public static readonly string RollUp = $"""
        INSERT OR REPLACE INTO rollup (ups, step, at, n, ob, {Each(c => $"{c}_min, {c}_avg, {c}_max")})
        SELECT @ups, @step, @at, SUM(n), SUM(ob * n) / SUM(n), {Each(Aggregate)}
        FROM rollup WHERE ups = @ups AND step = @finer AND at >= @at AND at < @at + @step HAVING SUM(n) > 0
        """;

    /// <summary>Rows of one rollup step, put into buckets of @bucket milliseconds from @from, and the raw samples that are
    /// too new to be rolled up.</summary>
    public static readonly string SelectRollup = $"""
        SELECT (at - @from) / @bucket AS b, SUM(ob * n) / SUM(n), {Each(Aggregate)} FROM (
          SELECT at, n, ob, {Each(c => $"{c}_min, {c}_avg, {c}_max")}
          FROM rollup WHERE ups = @ups AND step = @step AND at >= @from AND at < @to
          UNION ALL
          SELECT at, 1, ob, {Each(c => $"{c}, {c}, {c}")}
          FROM sample WHERE ups = @ups AND at < @to AND at >= MAX(@from, COALESCE(
            (SELECT MAX(at) + {HistorySteps.Minute} FROM rollup WHERE ups = @ups AND step = {HistorySteps.Minute}), 0)))
        GROUP BY b ORDER BY b
        """;

    public static readonly string SelectSamples = $"""
        SELECT (at - @from) / @bucket AS b, AVG(ob), {Each(c => $"MIN({c}), AVG({c}), MAX({c})")}
        FROM sample WHERE ups = @ups AND at >= @from AND at < @to GROUP BY b ORDER BY b
        """;

    /// <summary>Deletes the oldest rows, at most @most of them.</summary>
    public const string DeleteSamples = """
        DELETE FROM sample WHERE (ups, at) IN (SELECT ups, at FROM sample WHERE ups = @ups AND at < @before ORDER BY at LIMIT @most)
        """;
    public const string DeleteRollups = """
        DELETE FROM rollup WHERE (ups, step, at) IN (
          SELECT ups, step, at FROM rollup WHERE ups = @ups AND step = @step AND at < @before ORDER BY at LIMIT @most)
        """;

    /// <summary>Every UPS with rows, found by the index without a scan of all rows.</summary>
    public const string SelectUpsIds = """
        WITH RECURSIVE s(ups) AS (SELECT MIN(ups) FROM sample UNION ALL SELECT (SELECT MIN(ups) FROM sample WHERE ups > s.ups) FROM s WHERE s.ups IS NOT NULL),
        r(ups) AS (SELECT MIN(ups) FROM rollup UNION ALL SELECT (SELECT MIN(ups) FROM rollup WHERE ups > r.ups) FROM r WHERE r.ups IS NOT NULL)
        SELECT ups FROM s WHERE ups IS NOT NULL UNION SELECT ups FROM r WHERE ups IS NOT NULL
        """;

    private static string Aggregate(string c) =>
        $"MIN({c}_min), SUM({c}_avg * n) / SUM(CASE WHEN {c}_avg IS NULL THEN 0 ELSE n END), MAX({c}_max)";

    private static string Each(Func<string, string> column) => string.Join(", ", Columns.Select(column));
}

/// <summary>Widths of the rollups in milliseconds, how long each is kept, and which of them fits a question.</summary>
internal static class HistorySteps
{
    public const long Minute = 60_000;
    public const long Quarter = 15 * Minute;
    public const long Hour = 60 * Minute;

    /// <summary>So that a year or ten are read as fast as a day.</summary>
    public const long QuarterDay = 6 * Hour;

    /// <summary>Stands for the raw samples.</summary>
    public const long Raw = 0;

    private static readonly long Day = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    /// <summary>Finest first.</summary>
    public static readonly (long Step, long KeptMs)[] All =
    [
        (Raw, 2 * Day),
        (Minute, 30 * Day),
        (Quarter, 366 * Day),
        (Hour, long.MaxValue),
        (QuarterDay, long.MaxValue),
    ];

    /// <summary>Each with the one that it is made from, finest first.</summary>
    public static readonly (long Finer, long Step)[] Coarser = [(Minute, Quarter), (Quarter, Hour), (Hour, QuarterDay)];

    /// <summary>About 20 ms.</summary>
    private const long MostRows = 6_000;

    /// <summary>Raw samples come as often as a UPS is read.</summary>
    private const long RawStep = 1000;

    /// <summary>The coarsest one that still has a row a bucket, but none that no longer reaches back to
    /// <paramref name="from"/>, or of which there are too many to be read at once.</summary>
    public static long For(long from, long to, long bucketMs, long now)
    {
        var finest = All.First(s =>
            s.KeptMs >= now - from && (to - from) / Math.Max(s.Step, RawStep) <= MostRows || s.Step == QuarterDay
        ).Step;
        return All.Last(s => s.Step <= Math.Max(bucketMs, finest)).Step;
    }
}

namespace VmPowerManager.Ups.Battery;

/// <summary>The tables about batteries in history.db. Times are Unix milliseconds.</summary>
internal static class BatterySql
{
    public const int MostTests = 1000;

    public static readonly string[] Tables = ["self_test", "battery_told"];

    public const string Schema = """
        CREATE TABLE IF NOT EXISTS self_test (
          ups INTEGER NOT NULL, at INTEGER NOT NULL, outcome INTEGER NOT NULL, result TEXT, seconds REAL, seen INTEGER NOT NULL,
          PRIMARY KEY (ups, at)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS battery_told (
          ups INTEGER NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (ups, reason)) WITHOUT ROWID;
        """;

    /// <summary>A test that the device tells of may be one that was seen, or told of before this process began.</summary>
    public const string WriteTest = """
        INSERT OR REPLACE INTO self_test (ups, at, outcome, result, seconds, seen)
        SELECT @ups, @at, @outcome, @result, @seconds, @seen WHERE @seen = 1 OR NOT EXISTS (
          SELECT 1 FROM self_test WHERE ups = @ups
            AND (ABS(at - @at) < @window OR ABS(at + 1000 * COALESCE(seconds, 0) - @at) < @window))
        """;

    public const string DeleteOldest = """
        DELETE FROM self_test WHERE ups = @ups AND at < (
          SELECT at FROM self_test WHERE ups = @ups ORDER BY at DESC LIMIT 1 OFFSET @most)
        """;

    public const string SelectTests = """
        SELECT at, outcome, result, seconds, seen FROM self_test WHERE ups = @ups AND at < @before ORDER BY at DESC LIMIT @most
        """;

    public const string WriteTold = """
        INSERT OR REPLACE INTO battery_told (ups, reason, at) VALUES (@ups, @reason, @at)
        """;

    /// <summary>What no longer holds may be told again.</summary>
    public const string ForgetTold = """
        DELETE FROM battery_told WHERE ups = @ups AND reason = @reason AND at < @at
        """;

    public const string SelectTold = """
        SELECT reason FROM battery_told WHERE ups = @ups
        """;

    /// <summary>By days: the battery's temperature, weighted by readings.</summary>
    public const string SelectTemperature = """
        SELECT SUM(btemp_avg * n) / SUM(n) FROM rollup
        WHERE ups = @ups AND step = @step AND at >= @from AND btemp_avg IS NOT NULL
        """;

    /// <summary>Whole hours on mains at full charge: what runtime the device expected at which load.</summary>
    public const string SelectRuntimes = """
        SELECT at, load_avg, runtime_avg FROM rollup
        WHERE ups = @ups AND step = @step AND at >= @from AND ob = 0 AND charge_min >= 99
          AND load_avg IS NOT NULL AND runtime_avg > 0
        ORDER BY at
        """;
}

using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace VmPowerManager.Ups.History;

/// <summary>The one writer of history.db: fetches what the recorder gathered every 10 s, one transaction a batch, and
/// deletes what has aged, in chunks. Best effort: while it cannot write, the recorder keeps what fits.</summary>
internal sealed partial class HistoryWriter(
    HistoryDb database,
    HistoryRecorder recorder,
    TimeProvider time,
    ILogger<HistoryWriter> logger
) : BackgroundService
{
    private const int Chunk = 2000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Cleaning = TimeSpan.FromMinutes(10);

    private readonly ConcurrentQueue<int> _deleted = [];
    private SqliteConnection? _connection;
    private bool _failing;
    private DateTimeOffset _cleaned;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The calls below block: off the start-up thread at once.
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var now = time.GetUtcNow();
            Write(stoppingToken.IsCancellationRequested ? long.MaxValue : now.ToUnixTimeMilliseconds());
            if (!stoppingToken.IsCancellationRequested && now - _cleaned >= Cleaning)
            {
                _cleaned = now;
                Attempt(connection => Clean(connection, now.ToUnixTimeMilliseconds()));
            }
        }
        _connection?.Dispose();
    }

    /// <summary>Writes what waits; see <see cref="HistoryRecorder.Take"/>.</summary>
    internal void Write(long wholeUntilMs)
    {
        var batch = recorder.Take(wholeUntilMs);
        if (!batch.IsEmpty && !Attempt(connection => WriteBatch(connection, batch)))
            recorder.PutBack(batch);
        DeleteGone();
    }

    /// <summary>Deletes what is kept no longer (DESIGN 4).</summary>
    internal static void Clean(SqliteConnection connection, long nowMs)
    {
        foreach (var upsId in UpsIds(connection))
        {
            foreach (var (step, kept) in HistorySteps.All.Where(s => s.KeptMs < nowMs))
                DeleteBefore(connection, upsId, step, nowMs - kept);
        }
    }

    /// <summary>A UPS is gone: all of its history goes, with the next batch. Any thread.</summary>
    public void DeleteSoon(int upsId)
    {
        recorder.Forget(upsId);
        _deleted.Enqueue(upsId);
    }

    private void DeleteGone()
    {
        while (_deleted.TryPeek(out var upsId) && Attempt(connection => DeleteAll(connection, upsId)))
            _deleted.TryDequeue(out _);
    }

    private static void DeleteAll(SqliteConnection connection, int upsId)
    {
        foreach (var (step, _) in HistorySteps.All)
            DeleteBefore(connection, upsId, step, long.MaxValue);
    }

    private bool Attempt(Action<SqliteConnection> action)
    {
        try
        {
            action(_connection ??= database.OpenForWriting());
            _failing = false;
            return true;
        }
        catch (Exception e)
        {
            Recover(e);
            return false;
        }
    }

    private void Recover(Exception e)
    {
        _connection?.Dispose();
        _connection = null;
        if (!_failing)
            LogNotWritten(logger, e);
        _failing = true;
        if (e is not SqliteException corrupt || !HistoryDb.IsCorrupt(corrupt))
            return;
        try
        {
            _connection = database.Rebuild(corrupt);
        }
        catch (Exception again) when (again is SqliteException or IOException or UnauthorizedAccessException)
        {
            LogNotWritten(logger, again);
        }
    }

    private static void WriteBatch(SqliteConnection connection, HistoryBatch batch)
    {
        using var transaction = connection.BeginTransaction();
        using (var insert = Command(connection, HistorySql.InsertSample))
        {
            foreach (var sample in batch.Samples)
                Execute(insert, Values(sample));
        }
        using (var insert = Command(connection, HistorySql.InsertMinute))
        {
            foreach (var minute in batch.Minutes)
                Execute(insert, Values(minute));
        }
        using var rollUp = Command(connection, HistorySql.RollUp);
        RollUp(rollUp, batch.Minutes, HistorySteps.Minute, HistorySteps.Quarter);
        RollUp(rollUp, batch.Minutes, HistorySteps.Quarter, HistorySteps.Hour);
        transaction.Commit();
    }

    private static void RollUp(SqliteCommand command, IReadOnlyList<HistoryMinute> minutes, long finer, long step)
    {
        foreach (var (upsId, at) in minutes.Select(m => (m.UpsId, m.StartMs - (m.StartMs % step))).Distinct())
            Execute(command, [("@ups", upsId), ("@step", step), ("@finer", finer), ("@at", at)]);
    }

    private static IEnumerable<(string, object?)> Values(HistorySample sample) =>
        [
            ("@ups", sample.UpsId),
            ("@at", sample.AtMs),
            ("@status", sample.Status),
            ("@ob", sample.OnBattery ? 1 : 0),
            .. HistoryMetric.All.Select((metric, i) => ($"@{metric.Column}", (object?)sample.Values[i])),
        ];

    private static IEnumerable<(string, object?)> Values(HistoryMinute minute) =>
        [
            ("@ups", minute.UpsId),
            ("@at", minute.StartMs),
            ("@n", minute.Readings),
            ("@ob", minute.OnBattery / (double)minute.Readings),
            .. HistoryMetric.All.SelectMany(
                (metric, i) =>
                    new (string, object?)[]
                    {
                        ($"@{metric.Column}_min", minute[i]?.Least),
                        ($"@{metric.Column}_avg", minute[i]?.Mean),
                        ($"@{metric.Column}_max", minute[i]?.Most),
                    }
            ),
        ];

    private static List<int> UpsIds(SqliteConnection connection)
    {
        using var command = Command(connection, HistorySql.SelectUpsIds);
        using var reader = command.ExecuteReader();
        var ids = new List<int>();
        while (reader.Read())
            ids.Add(reader.GetInt32(0));
        return ids;
    }

    private static void DeleteBefore(SqliteConnection connection, int upsId, long step, long before)
    {
        using var command = Command(
            connection,
            step == HistorySteps.Raw ? HistorySql.DeleteSamples : HistorySql.DeleteRollups
        );
        (string, object?)[] values = [("@ups", upsId), ("@before", before), ("@most", Chunk), ("@step", step)];
        while (Execute(command, step == HistorySteps.Raw ? values[..3] : values) == Chunk) { }
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static int Execute(SqliteCommand command, IEnumerable<(string Name, object? Value)> values)
    {
        command.Parameters.Clear();
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command.ExecuteNonQuery();
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "History cannot be written now; it is kept in memory as far as it fits"
    )]
    private static partial void LogNotWritten(ILogger logger, Exception exception);
}

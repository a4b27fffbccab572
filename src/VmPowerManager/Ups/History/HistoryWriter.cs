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
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Cleaning = TimeSpan.FromMinutes(10);

    private readonly ConcurrentQueue<int> _deleted = [];
    private SqliteConnection? _connection;
    private bool _failing;
    private bool _caughtUp;
    private DateTimeOffset _cleaned;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The calls below block: off the start-up thread at once.
        await Task.Yield();
        // The tables and what a killed process left, before the first page asks.
        Attempt(_ => { });
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var now = time.GetUtcNow();
            Write(stoppingToken.IsCancellationRequested ? long.MaxValue : now.ToUnixTimeMilliseconds());
            if (!stoppingToken.IsCancellationRequested && now - _cleaned >= Cleaning)
                Attempt(connection => Clean(connection, now));
        }
        _connection?.Dispose();
    }

    /// <summary>Writes what waits; see <see cref="HistoryRecorder.Take"/>.</summary>
    internal void Write(long wholeUntilMs)
    {
        var batch = recorder.Take(wholeUntilMs);
        if (!batch.IsEmpty && !Attempt(connection => HistoryStore.Write(connection, batch)))
            recorder.PutBack(batch);
        DeleteGone();
    }

    /// <summary>A UPS is gone: all of its history goes, with the next batch. Any thread.</summary>
    public void DeleteSoon(int upsId)
    {
        recorder.Forget(upsId);
        _deleted.Enqueue(upsId);
    }

    private void DeleteGone()
    {
        while (_deleted.TryPeek(out var upsId) && Attempt(connection => HistoryUpkeep.Delete(connection, upsId)))
            _deleted.TryDequeue(out _);
    }

    private bool Attempt(Action<SqliteConnection> action)
    {
        try
        {
            action(_connection ??= Open());
            _failing = false;
            return true;
        }
        catch (Exception e)
        {
            Recover(e);
            return false;
        }
    }

    private SqliteConnection Open()
    {
        var connection = database.OpenForWriting();
        if (_caughtUp)
            return connection;
        try
        {
            HistoryUpkeep.CatchUp(connection);
            _caughtUp = true;
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>What is left, as after a long time switched off, is gone on with after the next batch.</summary>
    private void Clean(SqliteConnection connection, DateTimeOffset now)
    {
        if (HistoryUpkeep.Clean(connection, now.ToUnixTimeMilliseconds()))
            _cleaned = now;
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

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "History cannot be written now; it is kept in memory as far as it fits"
    )]
    private static partial void LogNotWritten(ILogger logger, Exception exception);
}

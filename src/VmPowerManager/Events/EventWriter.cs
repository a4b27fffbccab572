using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Storage;

namespace VmPowerManager.Events;

/// <summary>Stores events in batches, behind everybody's back. While the database is locked or full it keeps trying,
/// once a second; says so once when that begins and once when it ends.</summary>
internal sealed partial class EventWriter(
    EventLog log,
    LiveStream stream,
    EventStore store,
    SecretCanary canary,
    TimeProvider time,
    ILogger<EventWriter> logger
) : BackgroundService
{
    private const int Batch = 500;
    private const int Block = 10_000;
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReserveEvery = TimeSpan.FromSeconds(10);
    private long _reserved;
    private bool _failing;

    public override Task StartAsync(CancellationToken ct)
    {
        _reserved = stream.Sequence;
        if (canary.Fault is { } fault)
            log.Append(new NewEvent("storage.secretsUnreadable", Severity.Critical, "system", fault));
        return base.StartAsync(ct);
    }

    /// <summary>Last, after every other worker has stopped: what is left, and the exact end of the sequence.</summary>
    public override async Task StopAsync(CancellationToken ct)
    {
        await base.StopAsync(ct);
        while (!ct.IsCancellationRequested && log.Unstored().Count > 0 && Try(StoreBatch)) { }
        Try(() => store.Reserve(stream.Sequence));
    }

    protected override async Task ExecuteAsync(CancellationToken ct)
    {
        // The calls below block (STYLE: Toolchain 15): not on the thread that starts the program.
        await Task.Yield();
        while (!ct.IsCancellationRequested)
        {
            var appended = log.Appended();
            var went = Try(ReserveAhead) && Try(StoreBatch);
            try
            {
                if (!went)
                    await Task.Delay(Retry, time, ct);
                else if (log.Unstored().Count == 0)
                    await appended.WaitAsync(ReserveEvery, time, ct);
            }
            catch (TimeoutException)
            {
                // Nothing was appended; live messages may have used up numbers.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void ReserveAhead()
    {
        var wanted = stream.Sequence + Block;
        if (wanted - _reserved < Block / 2)
            return;
        store.Reserve(wanted);
        _reserved = wanted;
    }

    private void StoreBatch()
    {
        var unstored = log.Unstored();
        if (unstored.Count == 0)
            return;
        var batch = unstored.Take(Batch).ToList();
        store.Store(batch);
        log.MarkStored(batch[^1].Sequence);
        if (log.TakeLost() is > 0 and var lost)
            log.Append(
                new NewEvent(
                    "events.lost",
                    Severity.Critical,
                    "system",
                    $"{lost} events could not be stored while the database was away, and are lost."
                )
            );
    }

    private bool Try(Action action)
    {
        try
        {
            action();
            if (_failing)
                LogStoring(logger);
            _failing = false;
            return true;
        }
        catch (Exception e) when (e is SqliteException or DbUpdateException or IOException or TimeoutException)
        {
            if (!_failing)
                LogNotStoring(logger, e.InnerException?.Message ?? e.Message);
            _failing = true;
            log.MarkStalled();
            return false;
        }
        catch (Exception e)
        {
            // A bug here must not end the process (STYLE: Toolchain 10).
            LogUnexpected(logger, e);
            log.MarkStalled();
            return false;
        }
    }

    [LoggerMessage(LogLevel.Error, "Events cannot be stored now, and are kept in memory: {Reason}")]
    private static partial void LogNotStoring(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Information, "Events are stored again.")]
    private static partial void LogStoring(ILogger logger);

    [LoggerMessage(LogLevel.Error, "Storing events failed.")]
    private static partial void LogUnexpected(ILogger logger, Exception e);
}

using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace VmPowerManager.Notifications;

/// <summary>Stores what became of messages, behind the senders' backs. While the database is locked or full it keeps
/// trying, once a second; says so once when that begins and once when it ends.</summary>
internal sealed partial class DeliveryWriter(
    DeliveryBook book,
    DeliveryStore store,
    NotificationScreens screens,
    TimeProvider time,
    ILogger<DeliveryWriter> logger
) : BackgroundService
{
    private const int Batch = 200;
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private bool _failing;

    /// <summary>After the senders and the dispatcher have stopped.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        while (!cancellationToken.IsCancellationRequested && book.TakeUnstored(Batch, all: true) is { } left)
            if (!await TryAsync(left))
                return;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var changed = book.Changed();
                if (book.TakeUnstored(Batch) is not { } batch)
                    await changed.WaitAsync(stoppingToken);
                else if (!await TryAsync(batch))
                {
                    screens.Touch();
                    await Task.Delay(Retry, time, stoppingToken);
                }
                else
                    screens.Touch();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<bool> TryAsync((IReadOnlyList<Delivery> Changed, long Cursor) batch)
    {
        try
        {
            await Blocking.RunAsync(() => store.Save(batch.Changed, batch.Cursor), CancellationToken.None);
            book.MarkStored(batch.Changed, batch.Cursor);
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
            return false;
        }
        catch (Exception e)
        {
            // A bug here must not end the process (STYLE: Toolchain 10).
            LogBug(logger, e);
            return false;
        }
    }

    [LoggerMessage(
        LogLevel.Error,
        "What became of notifications cannot be stored now, and is kept in memory: {Reason}"
    )]
    private static partial void LogNotStoring(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Information, "What became of notifications is stored again.")]
    private static partial void LogStoring(ILogger logger);

    [LoggerMessage(LogLevel.Error, "Storing notifications failed by a bug.")]
    private static partial void LogBug(ILogger logger, Exception e);
}

using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Storage;

namespace VmPowerManager.Ups;

/// <summary>Runs one loop for each enabled UPS and owns what they see. After the start it needs no database. An edit ends
/// the loop of that UPS and begins a new one; the others do not notice.</summary>
internal sealed partial class UpsMonitor(
    IDbContextFactory<AppDb> databases,
    UpsConfigs configs,
    UpsDrivers drivers,
    UpsOutlets outlets,
    TimeProvider time,
    ILoggerFactory loggers
) : BackgroundService
{
    private static readonly TimeSpan LoadPause = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = loggers.CreateLogger<UpsMonitor>();
    private readonly ConcurrentDictionary<int, Watch> _watches = [];

    /// <summary>One change of the set at a time.</summary>
    private readonly SemaphoreSlim _changes = new(1, 1);

    /// <summary>What is known of a UPS now; null for one that does not exist.</summary>
    public UpsSnapshot? Find(int upsId) => _watches.GetValueOrDefault(upsId)?.Tracker.Snapshot;

    /// <summary>A UPS was added or edited.</summary>
    public async Task ApplyAsync(UpsConfig config)
    {
        await _changes.WaitAsync();
        try
        {
            await StopAsync(config.Id);
            Start(config);
        }
        finally
        {
            _changes.Release();
        }
    }

    /// <summary>A UPS was deleted.</summary>
    public async Task RemoveAsync(int upsId)
    {
        await _changes.WaitAsync();
        try
        {
            await StopAsync(upsId);
            outlets.Feed.Remove(upsId);
            outlets.Outages.Forget(upsId);
            outlets.Screens.Forget(upsId);
        }
        finally
        {
            _changes.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await LoadAsync(stoppingToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_watches.Keys.Select(StopAsync));
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        var failing = false;
        while (!ct.IsCancellationRequested)
        {
            await _changes.WaitAsync(CancellationToken.None);
            try
            {
                await using var db = await databases.CreateDbContextAsync(ct);
                var rows = await db.Set<UpsRow>().AsNoTracking().OrderBy(u => u.Id).ToListAsync(ct);
                foreach (var row in rows.Where(row => !_watches.ContainsKey(row.Id)))
                    Start(configs.Of(row));
                return;
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                if (!failing)
                    LogNotLoaded(_logger, e);
                failing = true;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            finally
            {
                _changes.Release();
            }
            await Task.Delay(LoadPause, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Start(UpsConfig config)
    {
        var tracker = new UpsTracker(config, outlets, time);
        var ending = new CancellationTokenSource();
        outlets.Feed.Set(config.Policy);
        var loop = config.Policy.Enabled ? Task.Run(() => RunAsync(config, tracker, ending.Token)) : Task.CompletedTask;
        _watches[config.Id] = new Watch(tracker, ending, loop);
    }

    private Task RunAsync(UpsConfig config, UpsTracker tracker, CancellationToken ct)
    {
        var logger = loggers.CreateLogger<UpsPoller>();
        return new UpsPoller(config, drivers, tracker, time, logger).RunAsync(ct);
    }

    private async Task StopAsync(int upsId)
    {
        if (!_watches.TryRemove(upsId, out var watch))
            return;
        await watch.Ending.CancelAsync();
        await watch.Loop;
        watch.Ending.Dispose();
    }

    private sealed record Watch(UpsTracker Tracker, CancellationTokenSource Ending, Task Loop);

    [LoggerMessage(Level = LogLevel.Error, Message = "The UPSes cannot be read from the database; trying again")]
    private static partial void LogNotLoaded(ILogger logger, Exception exception);
}

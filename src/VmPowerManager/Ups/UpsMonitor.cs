using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Events;
using VmPowerManager.Storage;

namespace VmPowerManager.Ups;

/// <summary>Runs one loop for each enabled UPS and owns what they see. After the start it needs no database. An edit ends
/// the loop of that UPS and begins a new one; the others do not notice.</summary>
internal sealed partial class UpsMonitor(
    IDbContextFactory<AppDb> databases,
    UpsConfigs configs,
    UpsDrivers drivers,
    UpsOutlets outlets,
    UpsNews news,
    TimeProvider time,
    ILoggerFactory loggers
) : BackgroundService
{
    private static readonly TimeSpan LoadPause = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = loggers.CreateLogger<UpsMonitor>();
    private readonly ConcurrentDictionary<int, Watch> _watches = [];

    /// <summary>One change of the set at a time.</summary>
    private readonly SemaphoreSlim _changes = new(1, 1);
    private bool _loaded;
    private bool _loadFails;

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
            outlets.Witnesses.Forget(upsId);
            outlets.Inputs.Forget(upsId);
            outlets.Tests.Forget(upsId);
        }
        finally
        {
            _changes.Release();
        }
    }

    /// <summary>Plans start after this and must meet the policies, or they forget what they knew of a UPS (F7, I7). A
    /// database that cannot be read now is tried again in the background.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryLoadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!_loaded && !stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(LoadPause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await TryLoadAsync(stoppingToken);
        }
        await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_watches.Keys.Select(StopAsync));
    }

    private async Task TryLoadAsync(CancellationToken ct)
    {
        await _changes.WaitAsync(CancellationToken.None);
        try
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            var rows = await db.Set<UpsRow>().AsNoTracking().OrderBy(u => u.Id).ToListAsync(ct);
            foreach (var row in rows.Where(row => !_watches.ContainsKey(row.Id)))
                TryStart(row);
            _loaded = true;
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            // Told to stop: there is nothing to load for.
        }
        catch (Exception e)
        {
            if (!_loadFails)
                LogNotLoaded(_logger, e);
            _loadFails = true;
        }
        finally
        {
            _changes.Release();
        }
    }

    /// <summary>A row that cannot be read costs no other UPS its watch. Plans still know the UPS: one not heard of.</summary>
    private void TryStart(UpsRow row)
    {
        try
        {
            Start(configs.Of(row));
        }
        catch (Exception e)
        {
            LogUnreadable(_logger, e, row.Name);
            outlets.Feed.Set(row.Policy());
            outlets.Events.Append(
                new NewEvent(
                    "ups.configurationUnreadable",
                    Severity.Critical,
                    row.Label,
                    $"{row.Label} is not watched: its stored configuration cannot be read; enter it again."
                )
                {
                    UpsId = row.Id,
                    Data = new { Error = e.Message },
                }
            );
        }
    }

    private void Start(UpsConfig config)
    {
        var tracker = new UpsTracker(config, outlets, time, loggers.CreateLogger<UpsTracker>());
        var ending = new CancellationTokenSource();
        outlets.Feed.Set(config.Policy);
        outlets.Screens.Show(config);
        var loop = config.Policy.Enabled ? Task.Run(() => RunAsync(config, tracker, ending.Token)) : Task.CompletedTask;
        _watches[config.Id] = new Watch(tracker, ending, loop);
    }

    private async Task RunAsync(UpsConfig config, UpsTracker tracker, CancellationToken ct)
    {
        var poller = new UpsPoller(config, drivers, tracker, time, loggers.CreateLogger<UpsPoller>());
        using var listed = news.List(config, poller.PollNow, poller.ReadNow);
        await poller.RunAsync(ct);
    }

    private async Task StopAsync(int upsId)
    {
        if (!_watches.TryRemove(upsId, out var watch))
            return;
        // Whatever happened to it: the next one must begin.
        await watch.Ending.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await watch.Loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        watch.Ending.Dispose();
    }

    private sealed record Watch(UpsTracker Tracker, CancellationTokenSource Ending, Task Loop);

    [LoggerMessage(Level = LogLevel.Error, Message = "The UPSes cannot be read from the database; trying again")]
    private static partial void LogNotLoaded(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The configuration of {Ups} cannot be read")]
    private static partial void LogUnreadable(ILogger logger, Exception exception, string ups);
}

using Microsoft.EntityFrameworkCore;
using VmPowerManager.Storage;

namespace VmPowerManager.Ups.Outages;

/// <summary>Keeps the record of outages, best effort: the poll loops only leave word here, and this loop writes when the
/// database lets it. A locked or full database delays the record, never a poll (STYLE: Safety first).</summary>
internal sealed partial class OutageRecorder(
    IDbContextFactory<AppDb> databases,
    OutageBook book,
    TimeProvider time,
    ILogger<OutageRecorder> logger
) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private volatile LoopAlarm? _alarm;
    private readonly Dictionary<int, Outage> _open = [];
    private readonly Dictionary<(int UpsId, DateTimeOffset StartedAt), Outage> _unsaved = [];

    /// <summary>Takes in what a UPS's loop saw. Returns at once.</summary>
    public void Follow(UpsSnapshot seen, TimeSpan now)
    {
        lock (_gate)
        {
            var id = seen.Config.Id;
            if (seen.Facts.InOutage)
                Put((_open.GetValueOrDefault(id) ?? Outage.Begin(seen, now, time.GetUtcNow())).With(seen, now));
            else if (seen.Evidence.OnLine && _open.TryGetValue(id, out var over))
                End(over);
        }
    }

    /// <summary>A UPS that is no longer watched: its outage is not known to go on.</summary>
    public void Forget(int upsId)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(upsId, out var outage))
                End(outage);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var alarm = new LoopAlarm(time);
        _alarm = alarm;
        var (loaded, failing) = (false, false);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!loaded)
                    await LoadAsync(stoppingToken);
                loaded = true;
                await SaveAsync(stoppingToken);
                failing = false;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                if (!failing)
                    LogNotSaved(logger, e);
                failing = true;
            }
            await ((Task)alarm.WaitAsync(Pause, stoppingToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await SaveAsync(cancellationToken);
        }
        catch (Exception e)
        {
            LogNotSaved(logger, e);
        }
    }

    /// <summary>Writes what is not written yet. What fails stays for the next time.</summary>
    internal async Task SaveAsync(CancellationToken ct)
    {
        Outage[] unsaved;
        lock (_gate)
            unsaved = [.. _unsaved.Values];
        foreach (var outage in unsaved)
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            var rows = db.Set<OutageRow>();
            var row = await rows.SingleOrDefaultAsync(
                o => o.UpsId == outage.UpsId && o.StartedAt == outage.StartedAt,
                ct
            );
            if (row is null)
            {
                row = new OutageRow
                {
                    UpsId = outage.UpsId,
                    UpsName = outage.UpsName,
                    StartedAt = outage.StartedAt,
                };
                rows.Add(row);
            }
            outage.Write(row);
            await db.SaveChangesAsync(ct);
            book.Put(row);
            lock (_gate)
            {
                if (_unsaved.GetValueOrDefault(Key(outage)) == outage)
                    _unsaved.Remove(Key(outage));
            }
        }
    }

    /// <summary>Outages that were open when the process ended go on, until their UPS says that mains is there.</summary>
    internal async Task LoadAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await db.Set<OutageRow>()
            .AsNoTracking()
            .OrderByDescending(o => o.Id)
            .Take(OutageBook.Kept)
            .Union(db.Set<OutageRow>().Where(o => o.EndedAt == null))
            .ToListAsync(ct);
        foreach (var row in rows)
            book.Put(row);
        lock (_gate)
        {
            foreach (var outage in rows.Where(r => r.EndedAt is null).Select(Outage.From))
            {
                if (!_open.TryAdd(outage.UpsId, outage))
                    _unsaved[Key(outage)] = outage with { EndedAt = _open[outage.UpsId].StartedAt };
            }
        }
    }

    private void Put(Outage outage)
    {
        if (_open.GetValueOrDefault(outage.UpsId) == outage)
            return;
        // What belongs to it wants to name it soon.
        if (_open.TryAdd(outage.UpsId, outage))
            _alarm?.Ring();
        _open[outage.UpsId] = outage;
        _unsaved[Key(outage)] = outage;
    }

    private void End(Outage outage)
    {
        _open.Remove(outage.UpsId);
        _unsaved[Key(outage)] = outage with { EndedAt = time.GetUtcNow() };
    }

    private static (int UpsId, DateTimeOffset StartedAt) Key(Outage outage) => (outage.UpsId, outage.StartedAt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Outages cannot be stored now; they are kept in memory")]
    private static partial void LogNotSaved(ILogger logger, Exception exception);
}

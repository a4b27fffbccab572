using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Storage;

namespace VmPowerManager.Hosts;

/// <summary>Keeps guests in the database, best effort and behind the picture: a locked or full database delays nobody,
/// the newest picture is written when it is free again. SQLite's calls block, so they have a thread of their own.</summary>
internal sealed partial class GuestStore(
    IDbContextFactory<AppDb> database,
    TimeProvider time,
    ILogger<GuestStore> logger
)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);
    private readonly Channel<HostPicture> _newest = Channel.CreateBounded<HostPicture>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest }
    );
    private readonly ConcurrentDictionary<(string Realm, string ExternalId), GuestSnapshot> _saved = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _upToDate = Done();
    private bool _failing;

    /// <summary>Tells the ids of all stored guests after each write.</summary>
    public event Action<IReadOnlyDictionary<(string Realm, string ExternalId), int>>? Stored;

    /// <summary>The newest picture wins. Returns at once.</summary>
    public void Changed(HostPicture picture)
    {
        lock (_gate)
        {
            if (_upToDate.Task.IsCompleted)
                _upToDate = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _newest.Writer.TryWrite(picture);
        }
    }

    /// <summary>Guests that were last seen on a host, as far as they are stored. Needs no database.</summary>
    public IReadOnlyList<KnownGuest> Of(int hostId) =>
        [
            .. _saved
                .Select(s => s.Value)
                .Where(g => g.HostId == hostId)
                .Select(g => new KnownGuest(g.Realm, g.ExternalId, g.Name, g.Kind, g.SeenAt)),
        ];

    /// <summary>A removed host took its guests with it: their ids are no more.</summary>
    public void Removed(int hostId)
    {
        foreach (var (key, _) in _saved.Where(s => s.Value.HostId == hostId))
            _saved.TryRemove(key, out _);
    }

    /// <summary>Waits until all is written, or <paramref name="limit"/>.</summary>
    public async Task SavedAsync(TimeSpan limit, CancellationToken ct)
    {
        try
        {
            await _upToDate.Task.WaitAsync(limit, time, ct);
        }
        catch (TimeoutException) { }
    }

    public async Task<IReadOnlyList<GuestSnapshot>> LoadAsync(CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var rows = await db.Set<GuestRow>().AsNoTracking().ToListAsync(ct);
        var guests = rows.Select(Snapshot).ToList();
        foreach (var guest in guests)
            _saved[(guest.Realm, guest.ExternalId)] = guest;
        return guests;
    }

    /// <summary>Writes until stopped.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await foreach (var picture in _newest.Reader.ReadAllAsync(ct))
                if (!await SaveAsync(picture, ct))
                {
                    await Task.Delay(Retry, time, ct);
                    // Tried again with the same picture, unless a newer one has come.
                    if (!_newest.Reader.TryPeek(out _))
                        _newest.Writer.TryWrite(picture);
                }
        }
        catch (OperationCanceledException) { }
    }

    private async Task<bool> SaveAsync(HostPicture picture, CancellationToken ct)
    {
        try
        {
            var changed = picture.Guests.Where(Differs).ToList();
            if (changed.Count > 0)
                await Task.Factory.StartNew(
                    () => Write(changed),
                    ct,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default
                );
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            if (!_failing)
                LogFailing(e);
            _failing = true;
            return false;
        }
        if (_failing)
            LogWorks();
        _failing = false;
        TellStored();
        lock (_gate)
            if (!_newest.Reader.TryPeek(out _))
                _upToDate.TrySetResult();
        return true;
    }

    private void TellStored()
    {
        try
        {
            Stored?.Invoke(_saved.ToDictionary(s => s.Key, s => s.Value.Id ?? 0));
        }
        catch (Exception e)
        {
            LogFollower(e);
        }
    }

    /// <summary>When it was last seen is written every ten minutes; all else at once.</summary>
    private bool Differs(GuestSnapshot guest) =>
        !_saved.TryGetValue((guest.Realm, guest.ExternalId), out var saved)
        || guest.SeenAt - saved.SeenAt > TimeSpan.FromMinutes(10)
        || guest with { Id = saved.Id, SeenAt = saved.SeenAt, Priority = saved.Priority } != saved;

    private void Write(List<GuestSnapshot> guests)
    {
        using var db = database.CreateDbContext();
        var hosts = db.Set<HostRow>().Select(h => h.Id).ToHashSet();
        var rows = new List<GuestRow>();
        // A host that was removed meanwhile took its guests with it.
        foreach (var guest in guests.Where(g => hosts.Contains(g.HostId)))
        {
            var row = db.Set<GuestRow>()
                .SingleOrDefault(r => r.Realm == guest.Realm && r.ExternalId == guest.ExternalId);
            if (row is null)
                db.Add(
                    row = new GuestRow
                    {
                        Realm = guest.Realm,
                        ExternalId = guest.ExternalId,
                        Name = guest.Name,
                    }
                );
            (row.HostId, row.Name, row.Kind, row.State) = (guest.HostId, guest.Name, guest.Kind, guest.State);
            (row.Agent, row.SeenAt, row.ControlsHosts) = (guest.Agent, guest.SeenAt, guest.ControlsHosts);
            rows.Add(row);
        }
        db.SaveChanges();
        foreach (var row in rows)
            _saved[(row.Realm, row.ExternalId)] = Snapshot(row);
    }

    private static GuestSnapshot Snapshot(GuestRow row) =>
        new()
        {
            Id = row.Id,
            HostId = row.HostId,
            Realm = row.Realm,
            ExternalId = row.ExternalId,
            Name = row.Name,
            Kind = row.Kind,
            State = row.State,
            Agent = row.Agent,
            Priority = row.Priority,
            ControlsHosts = row.ControlsHosts,
            SeenAt = row.SeenAt,
        };

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    [LoggerMessage(LogLevel.Warning, "Guests cannot be stored now; trying again")]
    private partial void LogFailing(Exception e);

    [LoggerMessage(LogLevel.Error, "Taking over the ids of stored guests failed by a bug")]
    private partial void LogFollower(Exception e);

    [LoggerMessage(LogLevel.Information, "Guests are stored again")]
    private partial void LogWorks();
}

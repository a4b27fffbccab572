using System.Collections.Immutable;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>Keeps the picture of all hosts and guests: one loop a host, so that a silent one delays no other. Everything
/// that plans see is in memory; storing guests is another worker's, at its leisure (DESIGN 3).</summary>
internal sealed partial class HostMonitor(
    HostDirectory directory,
    HostPower power,
    GuestStore store,
    HostCheckBook checks,
    EventLog events,
    TimeProvider time,
    ILogger<HostMonitor> logger
) : BackgroundService, IHostFeed
{
    private static readonly TimeSpan AfterBug = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private readonly Subscribers<HostSnapshot> _refreshed = new();
    private readonly Subscribers<bool> _configured = new();
    private readonly Subscribers<PersonAction> _actions = new();
    private ImmutableDictionary<int, HostWatch> _watches = ImmutableDictionary<int, HostWatch>.Empty;
    private readonly CancellationTokenSource _stopping = new();
    private IDisposable? _changes;

    /// <summary>The newest; written under the gate.</summary>
    public HostPicture Picture
    {
        get => Screens.Value;
        private set => Screens.Set(value);
    }

    /// <summary>The same for screens.</summary>
    public Live<HostPicture> Screens { get; } = new(HostPicture.Empty);

    public IReadOnlyList<HostSnapshot> Hosts => [.. Picture.Hosts.Values];

    /// <summary>Where this process was found to run.</summary>
    public Live<ManagerPlace?> Place { get; } = new(null);

    ManagerPlace? IHostFeed.ManagerPlace => Place.Value;

    public IDisposable Subscribe(Action<HostSnapshot> onRefreshed) => _refreshed.Add(onRefreshed);

    public IDisposable SubscribeConfiguration(Action onChanged) => _configured.Add(_ => onChanged());

    public IDisposable SubscribePersonActions(Action<PersonAction> onAction) => _actions.Add(onAction);

    public void Tell(PersonAction action) => _actions.Tell(action, LogFollower);

    public void Found(ManagerPlace? place)
    {
        if (place == Place.Value)
            return;
        Place.Set(place);
        _configured.Tell(true, LogFollower);
    }

    public void RefreshNow(IReadOnlyCollection<int> hostIds)
    {
        foreach (var id in hostIds)
            _watches.GetValueOrDefault(id)?.Hurry();
    }

    /// <summary>A person told this host or a guest of it something: what becomes of it is looked at closely for a while.</summary>
    public void WatchClosely(int hostId) => _watches.GetValueOrDefault(hostId)?.Closely();

    /// <summary>Refreshes one host now, with agent states, and waits until its guests have ids (or five seconds).</summary>
    public async Task<DeviceOutcome<HostInventory>> DiscoverAsync(int hostId, CancellationToken ct)
    {
        var outcome = await RefreshAsync(hostId, thorough: true, ct);
        if (outcome.Ok)
            await store.SavedAsync(TimeSpan.FromSeconds(5), ct);
        return outcome;
    }

    /// <summary>Takes over what was just stored.</summary>
    public void Prioritise(GuestSnapshot guest, int priority)
    {
        HostSnapshot? after;
        lock (_gate)
        {
            Picture = Picture.Prioritised(guest.Id ?? 0, priority);
            after = Picture.Guests.FirstOrDefault(g => g.Id == guest.Id) is { } now
                ? Picture.Hosts.GetValueOrDefault(now.HostId)
                : null;
        }
        if (after is not null)
            _refreshed.Tell(after, LogFollower);
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await directory.LoadAsync(cancellationToken);
        var guests = await store.LoadAsync(cancellationToken);
        lock (_gate)
            Picture = Picture.Configured(directory.Entries.Select(e => e.Configured)).Remembered(guests);
        // Not in ExecuteAsync, which begins at the leisure of the pool: a host saved until then would be unknown.
        _changes = directory.Subscribe(Reconfigure);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        store.Stored += OnStored;
        while (!stoppingToken.IsCancellationRequested)
            await WorkAsync(stoppingToken);
        _changes?.Dispose();
        await _stopping.CancelAsync();
        foreach (var watch in _watches.Values)
            await watch.DisposeAsync();
        store.Stored -= OnStored;
    }

    /// <summary>Until stopped, or until a bug: the process must outlive that.</summary>
    private async Task WorkAsync(CancellationToken ct)
    {
        try
        {
            Reconfigure();
            await store.RunAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogStopped(e);
            await Task.Delay(AfterBug, time, ct).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Takes over the directory: a changed host is watched anew, a removed one no more.</summary>
    private void Reconfigure()
    {
        lock (_gate)
        {
            var entries = directory.Entries.ToDictionary(e => e.Device.Id);
            Picture = Picture.Configured(entries.Values.Select(e => e.Configured));
            foreach (var (id, watch) in _watches)
            {
                if (entries.TryGetValue(id, out var entry) && ReferenceEquals(entry, watch.Entry))
                    continue;
                _ = watch.DisposeAsync().AsTask();
                if (entry is null)
                    store.Removed(id);
                _watches = _watches.Remove(id);
            }
            foreach (var entry in entries.Values.Where(e => e.Driver is not null && !_watches.ContainsKey(e.Device.Id)))
                _watches = _watches.Add(
                    entry.Device.Id,
                    HostWatch.Start(entry, RefreshWatchedAsync, time, _stopping.Token)
                );
        }
        checks.KeepOnly(directory.Entries);
        _configured.Tell(true, LogFollower);
    }

    private async Task RefreshWatchedAsync(int hostId, bool thorough, CancellationToken ct)
    {
        try
        {
            await RefreshAsync(hostId, thorough, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogBug(hostId, e);
        }
    }

    private async Task<DeviceOutcome<HostInventory>> RefreshAsync(int hostId, bool thorough, CancellationToken ct)
    {
        var limit = TimeSpan.FromSeconds(thorough ? 30 : 10);
        // As old as the question: a slow answer must not pass for newer than a quick one asked meanwhile.
        var (asked, elapsed) = (time.GetUtcNow(), time.Elapsed());
        var outcome = thorough
            ? await power.DiscoverAsync(hostId, limit, ct)
            : await power.GetStatesAsync(hostId, limit, ct);
        HostPicture before;
        HostSnapshot? after;
        lock (_gate)
        {
            before = Picture;
            Picture = outcome is { Ok: true, Value: { } seen }
                ? before.Refreshed(hostId, seen, asked, elapsed)
                : before.Failed(hostId, outcome.Words ?? "", outcome.Fault, elapsed);
            after = Picture.Hosts.GetValueOrDefault(hostId);
        }
        if (after is null)
            return outcome;
        _refreshed.Tell(after, LogFollower);
        store.Changed(Picture);
        HostEvents.Append(events, before, after, outcome.Fault == DeviceFault.TrustChanged);
        return outcome;
    }

    private void OnStored(IReadOnlyDictionary<(string Realm, string ExternalId), int> ids)
    {
        HostPicture before;
        HostPicture after;
        lock (_gate)
            (before, after) = (Picture, Picture = Picture.Stored(ids));
        foreach (var (id, host) in after.Hosts)
            if (!ReferenceEquals(host, before.Hosts.GetValueOrDefault(id)))
                _refreshed.Tell(host, LogFollower);
    }

    [LoggerMessage(LogLevel.Error, "A follower of the hosts failed by a bug")]
    private partial void LogFollower(Exception e);

    [LoggerMessage(LogLevel.Error, "Watching the hosts stopped by a bug; going on soon")]
    private partial void LogStopped(Exception e);

    [LoggerMessage(LogLevel.Error, "Refreshing host {HostId} failed by a bug")]
    private partial void LogBug(int hostId, Exception e);
}

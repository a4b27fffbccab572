using System.Threading.Channels;
using VmPowerManager.Core;
using VmPowerManager.Events;

namespace VmPowerManager.Hosts.SelfHost;

/// <summary>Finds out on which host this process runs: each host is asked which machine it is when it first answers, when
/// it answers again, when it was edited, and once a day. Guests move, so that every refresh is compared anew.</summary>
internal sealed partial class SelfHostWatch(
    HostDirectory directory,
    HostMonitor monitor,
    HostPower power,
    EventLog events,
    TimeProvider time,
    ILogger<SelfHostWatch> logger
) : BackgroundService
{
    private static readonly TimeSpan Daily = TimeSpan.FromDays(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(15);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly Dictionary<int, Asked> _asked = [];
    private (int? Found, int? Declared) _told;

    /// <summary>Where the file system of this process begins.</summary>
    public string Root { get; init; } = "/";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var refreshes = monitor.Subscribe(_ => _wake.Writer.TryWrite(true));
        using var changes = directory.Subscribe(() => _wake.Writer.TryWrite(true));
        await using var daily = time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, Daily, Daily);
        _wake.Writer.TryWrite(true);
        while (await _wake.Reader.WaitToReadAsync(stoppingToken))
        {
            _wake.Reader.TryRead(out _);
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogBug(e);
            }
        }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        var entries = directory.Entries.ToList();
        foreach (var gone in _asked.Keys.Except(entries.Select(e => e.Device.Id)).ToList())
            _asked.Remove(gone);
        await Task.WhenAll(entries.Select(e => AskAsync(e, ct)).ToList());
        var hosts = monitor.Hosts.Select(h => new KnownHost(h, Find(h.Id)?.Identity)).ToList();
        var place = new PlaceFinder(OwnMachine.Read(Root), hosts).Find();
        // A host that is silent just now has not told that we run elsewhere.
        if (place is null && monitor.Place.Value is { } last && hosts.Any(h => h.Host.Id == last.HostId))
            place = last;
        monitor.Found(place);
        Tell(place, hosts);
    }

    private Asked? Find(int hostId)
    {
        lock (_asked)
            return _asked.GetValueOrDefault(hostId);
    }

    private async Task AskAsync(HostEntry entry, CancellationToken ct)
    {
        var id = entry.Device.Id;
        var host = monitor.Picture.Hosts.GetValueOrDefault(id);
        if (entry.Driver is not IHostIdentity || host is null)
            return;
        var known = Find(id);
        if (host.Fault is not null || host.RefreshedAt is null)
        {
            // It may come back as another machine, or after another boot.
            if (known is not null)
                Keep(id, known with { Until = TimeSpan.Zero });
            return;
        }
        if (known is not null && ReferenceEquals(known.Entry, entry) && time.Elapsed() < known.Until)
            return;
        var outcome = await power.IdentifyAsync(id, AskLimit, ct);
        var identity = outcome.Value ?? (known?.Entry.Stamp == entry.Stamp ? known.Identity : null);
        Keep(id, new Asked(entry, identity, time.Elapsed() + (outcome.Ok ? Daily : RetryAfter)));
    }

    private void Keep(int hostId, Asked asked)
    {
        lock (_asked)
            _asked[hostId] = asked;
    }

    /// <summary>Loud, once, when what was found is not what was declared.</summary>
    private void Tell(ManagerPlace? place, List<KnownHost> hosts)
    {
        var declared = hosts.FirstOrDefault(h => h.Host.RunsManager)?.Host;
        if (place is null || _told == (place.HostId, declared?.Id))
            return;
        _told = (place.HostId, declared?.Id);
        var found = hosts.First(h => h.Host.Id == place.HostId).Host;
        if (declared?.Id == found.Id)
            return;
        var what = declared is null
            ? Sentence.Of(
                $"This program was found to run on {found.Name}: {place.Said}. No host is marked for that, so that {found.Name} goes down last. Mark it."
            )
            : Sentence.Of(
                $"This program was found to run on {found.Name}: {place.Said}. But {declared.Name} is marked for that, and goes down last. Mark the right one."
            );
        events.Append(
            new NewEvent("host.managerFound", Severity.Warning, found.Name, what)
            {
                HostId = found.Id,
                Data = new
                {
                    place.GuestId,
                    place.Sign,
                    place.Certainty,
                    declaredHostId = declared?.Id,
                },
            }
        );
    }

    /// <param name="Until">When it is asked again.</param>
    private sealed record Asked(HostEntry Entry, HostIdentity? Identity, TimeSpan Until);

    [LoggerMessage(LogLevel.Error, "Finding out where this program runs failed by a bug")]
    private partial void LogBug(Exception e);
}

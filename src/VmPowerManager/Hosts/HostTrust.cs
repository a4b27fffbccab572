using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Events;
using VmPowerManager.Protocols.Ssh;
using VmPowerManager.Storage;

namespace VmPowerManager.Hosts;

/// <summary>Trust on first use: the first key that a host without a pinned one shows is saved with it. Until that is
/// written, the connection pool holds other keys off (DESIGN 4).</summary>
internal sealed partial class HostTrust : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);
    private readonly IDbContextFactory<AppDb> _database;
    private readonly HostDirectory _directory;
    private readonly EventLog _events;
    private readonly TimeProvider _time;
    private readonly ILogger<HostTrust> _logger;
    private readonly SshConnectionPool _pool;
    private readonly Channel<(SshEndpoint Endpoint, string Key)> _seen;

    public HostTrust(
        IDbContextFactory<AppDb> database,
        HostDirectory directory,
        SshConnectionPool pool,
        FirstKeys firstKeys,
        EventLog events,
        TimeProvider time,
        ILogger<HostTrust> logger
    )
    {
        (_database, _directory, _pool, _seen) = (database, directory, pool, firstKeys.Seen);
        (_events, _time, _logger) = (events, time, logger);
    }

    /// <summary>A person changed what is trusted: connections of before are of no use.</summary>
    public void Forget(SshSettings ssh) => _pool.Forget(ssh.Host, ssh.Port);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (endpoint, key) in _seen.Reader.ReadAllAsync(stoppingToken))
            while (!await PinAsync(endpoint, key, stoppingToken))
                await Task.Delay(Retry, _time, stoppingToken);
    }

    private async Task<bool> PinAsync(SshEndpoint endpoint, string key, CancellationToken ct)
    {
        try
        {
            await using var db = await _database.CreateDbContextAsync(ct);
            var pinned = new List<HostRow>();
            foreach (var row in await db.Set<HostRow>().ToListAsync(ct))
            {
                if (HostSettings.TryParse(row.Settings) is not { Ssh: { HostKeyFingerprint: null } ssh } settings)
                    continue;
                if ((ssh.Host, ssh.Port) != (endpoint.Host, endpoint.Port))
                    continue;
                row.Settings = (settings with { Ssh = ssh with { HostKeyFingerprint = key } }).ToJson();
                pinned.Add(row);
            }
            if (pinned.Count == 0)
                return true;
            await db.SaveChangesAsync(ct);
            foreach (var row in pinned)
                _events.Append(
                    new NewEvent(
                        "host.trusted",
                        Severity.Info,
                        row.Name,
                        $"{row.Name} is known by its host key {key} from now on."
                    )
                    {
                        HostId = row.Id,
                        Data = new { hostKeyFingerprint = key },
                    }
                );
            await _directory.ReloadAsync();
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogNotSaved(endpoint, e);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The host key of {Endpoint} could not be saved; trying again")]
    private partial void LogNotSaved(SshEndpoint endpoint, Exception e);
}

/// <summary>Between the pool, which sees keys, and <see cref="HostTrust"/>, which saves them.</summary>
internal sealed class FirstKeys
{
    public Channel<(SshEndpoint Endpoint, string Key)> Seen { get; } =
        Channel.CreateUnbounded<(SshEndpoint Endpoint, string Key)>();

    public void Tell(SshEndpoint endpoint, string key) => Seen.Writer.TryWrite((endpoint, key));
}

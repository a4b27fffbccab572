using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Protocols.Ssh;
using VmPowerManager.Protocols.WsMan;
using VmPowerManager.Storage;

namespace VmPowerManager.Hosts;

/// <summary>Trust on first use: the first key or certificate that a host without a pinned one shows is saved with it. Until
/// that is written, those who keep the connections hold others off (DESIGN 4).</summary>
internal sealed partial class HostTrust : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);
    private readonly IDbContextFactory<AppDb> _database;
    private readonly HostDirectory _directory;
    private readonly EventLog _events;
    private readonly TimeProvider _time;
    private readonly ILogger<HostTrust> _logger;
    private readonly SshConnectionPool _ssh;
    private readonly HttpsAccess _https;
    private readonly WsmanClientPool _winrm;
    private readonly Channel<Pin> _seen;

    public HostTrust(
        IDbContextFactory<AppDb> database,
        HostDirectory directory,
        SshConnectionPool ssh,
        HttpsAccess https,
        WsmanClientPool winrm,
        FirstKeys firstKeys,
        EventLog events,
        TimeProvider time,
        ILogger<HostTrust> logger
    )
    {
        (_database, _directory, _seen) = (database, directory, firstKeys.Seen);
        (_ssh, _https, _winrm) = (ssh, https, winrm);
        (_events, _time, _logger) = (events, time, logger);
    }

    /// <summary>A person changed what is trusted: connections of before are of no use.</summary>
    public void Forget(HostSettings before, HostSettings after)
    {
        foreach (var pin in Pin.All(before).Except(Pin.All(after)))
            if (pin.Kind == PinKind.HostKey)
                _ssh.Forget(pin.Host, pin.Port);
            else
            {
                _https.Forget(pin.Host, pin.Port);
                _winrm.Forget(pin.Host, pin.Port);
            }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var pin in _seen.Reader.ReadAllAsync(stoppingToken))
            while (!await SaveAsync(pin, stoppingToken))
                await Task.Delay(Retry, _time, stoppingToken);
    }

    private async Task<bool> SaveAsync(Pin pin, CancellationToken ct)
    {
        try
        {
            await using var db = await _database.CreateDbContextAsync(ct);
            var pinned = new List<HostRow>();
            foreach (var row in await db.Set<HostRow>().ToListAsync(ct))
            {
                if (HostSettings.TryParse(row.Settings) is not { } settings)
                    continue;
                var with = pin.Added(settings).ToJson();
                if (with == settings.ToJson())
                    continue;
                row.Settings = with;
                pinned.Add(row);
            }
            if (pinned.Count == 0)
                return true;
            await db.SaveChangesAsync(ct);
            foreach (var row in pinned)
                Tell(row, pin);
            await _directory.ReloadAsync();
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogNotSaved($"{pin.Host}:{pin.Port}", e);
            return false;
        }
    }

    private void Tell(HostRow row, Pin pin) =>
        _events.Append(
            new NewEvent("host.trusted", Severity.Info, row.Name, Known(row.Name, pin))
            {
                HostId = row.Id,
                Data = pin.Data(null),
            }
        );

    private static Sentence Known(string name, Pin pin)
    {
        // Each a sentence of its own, so that each can be said in another language.
        if (pin.Kind == PinKind.HostKey)
            return $"{name} is known by its host key {pin.Fingerprint} from now on.";
        return $"{name} is known by its certificate {pin.Fingerprint} from now on.";
    }

    [LoggerMessage(LogLevel.Warning, "What {Address} is known by could not be saved; trying again")]
    private partial void LogNotSaved(string address, Exception e);
}

/// <summary>Between those who see keys and certificates, and <see cref="HostTrust"/>, which saves them.</summary>
internal sealed class FirstKeys
{
    public Channel<Pin> Seen { get; } = Channel.CreateUnbounded<Pin>();

    public void Tell(SshEndpoint endpoint, string key) =>
        Seen.Writer.TryWrite(new Pin(PinKind.HostKey, endpoint.Host, endpoint.Port, key));

    public void Tell(Uri server, string certificate) =>
        Seen.Writer.TryWrite(new Pin(PinKind.Certificate, server.IdnHost, server.Port, certificate));
}

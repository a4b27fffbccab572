using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Events;
using VmPowerManager.Storage;

namespace VmPowerManager.Hosts;

/// <summary>A configured host, ready for use: its settings and secrets in clear, its driver, its part of the feed.</summary>
/// <param name="Driver">Null when no driver of this program speaks its platform, or when what is stored of the host is
/// not readable: then it cannot be told anything, as its fault says.</param>
/// <param name="Configured">As the feed shows it before anything was seen of it.</param>
/// <param name="Stamp">The row as text: an unchanged host keeps its very entry, and what works with it goes on.</param>
internal sealed record HostEntry(
    HostDevice Device,
    IHostDriver? Driver,
    HostSettings Settings,
    HostSnapshot Configured,
    string Stamp
);

/// <summary>All configured hosts, in memory: read at start and after every change, so that acting needs no database
/// (DESIGN 3). Any thread.</summary>
internal sealed partial class HostDirectory(
    IDbContextFactory<AppDb> database,
    SecretBox box,
    IEnumerable<IHostDriver> drivers,
    EventLog events,
    TimeProvider time,
    ILogger<HostDirectory> logger
) : IDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);
    private static readonly ImmutableDictionary<string, string> NoSecrets = ImmutableDictionary<string, string>.Empty;
    private readonly CancellationTokenSource _stop = new();
    private readonly ImmutableDictionary<string, IHostDriver> _drivers = drivers.ToImmutableDictionary(d => d.Platform);
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly Subscribers<bool> _changed = new();
    private ImmutableDictionary<int, HostEntry> _entries = ImmutableDictionary<int, HostEntry>.Empty;

    public IReadOnlyCollection<HostEntry> Entries => [.. _entries.Values.OrderBy(e => e.Device.Id)];

    public IEnumerable<string> Platforms => _drivers.Keys.Order(StringComparer.Ordinal);

    public HostEntry? Find(int hostId) => _entries.GetValueOrDefault(hostId);

    public IHostDriver? Driver(string platform) => _drivers.GetValueOrDefault(platform);

    /// <summary>Told after <see cref="LoadAsync"/>. Only enqueue.</summary>
    public IDisposable Subscribe(Action onChanged) => _changed.Add(_ => onChanged());

    public async Task LoadAsync(CancellationToken ct)
    {
        await _loading.WaitAsync(ct);
        try
        {
            await using var db = await database.CreateDbContextAsync(ct);
            var rows = await db.Set<HostRow>()
                .AsNoTracking()
                .Include(h => h.Supplies.OrderBy(s => s.UpsId))
                .ToListAsync(ct);
            _entries = rows.Select(Entry).ToImmutableDictionary(e => e.Device.Id);
        }
        finally
        {
            _loading.Release();
        }
        _changed.Tell(true, LogFollower);
    }

    /// <summary>Takes over what was just saved, whatever became of the one who asked. With a locked database it goes on
    /// trying in the background until that works. Never throws.</summary>
    public async Task ReloadAsync()
    {
        if (!await TryLoadAsync())
            _ = RetryAsync(_stop.Token);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _loading.Dispose();
    }

    /// <summary>The secrets of a row, in clear; null when they cannot be decrypted (their key is gone).</summary>
    public IReadOnlyDictionary<string, string>? Secrets(HostRow row)
    {
        if (row.Secrets is null)
            return NoSecrets;
        try
        {
            return box.Unprotect<Dictionary<string, string>>(row.Secrets);
        }
        catch (Exception e) when (e is CryptographicException or JsonException or FormatException)
        {
            LogUnreadable(row.Name, e);
            return null;
        }
    }

    private async Task<bool> TryLoadAsync()
    {
        try
        {
            await LoadAsync(CancellationToken.None);
            return true;
        }
        catch (Exception e)
        {
            LogNotLoaded(e);
            return false;
        }
    }

    private async Task RetryAsync(CancellationToken ct)
    {
        try
        {
            do await Task.Delay(Retry, time, ct);
            while (!await TryLoadAsync());
        }
        catch (OperationCanceledException) { }
    }

    private HostEntry Entry(HostRow row)
    {
        var stamp = JsonSerializer.Serialize(row);
        if (Find(row.Id) is { } had && had.Stamp == stamp)
            return had;
        var (settings, secrets) = (HostSettings.TryParse(row.Settings), Secrets(row));
        var unreadable =
            settings is null ? "The stored settings of this host cannot be read: save it again."
            : secrets is null ? "The stored secrets of this host cannot be decrypted: set them again."
            : null;
        if (unreadable is not null)
            events.Append(
                new NewEvent("host.unreadable", Severity.Critical, row.Name, $"{row.Name} is not usable. {unreadable}")
                {
                    HostId = row.Id,
                }
            );
        settings ??= new HostSettings();
        var driver = unreadable is null ? Driver(row.Platform) : null;
        var device = new HostDevice(row.Id, row.Name, settings.ToElement(), secrets ?? NoSecrets);
        return new HostEntry(device, driver, settings, Configured(row, settings, driver, unreadable), stamp);
    }

    private static HostSnapshot Configured(
        HostRow row,
        HostSettings settings,
        IHostDriver? driver,
        string? unreadable
    ) =>
        new()
        {
            Id = row.Id,
            Name = row.Name,
            Platform = row.Platform,
            Role = row.Role,
            RunsManager = row.RunsManager,
            Supplies = [.. row.Supplies.OrderBy(s => s.UpsId).Select(s => new HostSupply(s.UpsId, s.PowerValue))],
            MinSupplies = row.MinSupplies,
            MaxParallelGuests = row.MaxParallelGuests,
            Witness = row.Witness,
            Address = settings.Reached(driver?.OwnAddress ?? ["ssh", "https", "winrm"])?.Host,
            WakeMethods = [.. settings.Wake.Select(w => w.Method)],
            OffSilenceSeconds = row.OffSilenceSeconds,
            Capabilities = driver?.Capabilities ?? HostCapabilities.None,
            Preparations = driver?.Preparations ?? [],
            SharedPreparations = driver?.SharedPreparations ?? [],
            Fault = unreadable ?? (driver is null ? $"No driver speaks the platform {row.Platform}." : null),
        };

    [LoggerMessage(LogLevel.Error, "A follower of the configured hosts failed by a bug")]
    private partial void LogFollower(Exception e);

    [LoggerMessage(LogLevel.Warning, "The configured hosts could not be read; trying again")]
    private partial void LogNotLoaded(Exception e);

    [LoggerMessage(LogLevel.Error, "The secrets of host {Host} cannot be decrypted: set them again")]
    private partial void LogUnreadable(string host, Exception e);
}

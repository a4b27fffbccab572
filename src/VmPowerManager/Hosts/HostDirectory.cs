using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Storage;

namespace VmPowerManager.Hosts;

/// <summary>A configured host, ready for use: its settings and secrets in clear, its driver, its part of the feed.</summary>
/// <param name="Driver">Null when no driver of this program speaks its platform.</param>
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
    ILogger<HostDirectory> logger
) : IDisposable
{
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
        _changed.Tell(true);
    }

    public void Dispose() => _loading.Dispose();

    /// <summary>The secrets of a row, in clear; none when their key is gone, which the log says.</summary>
    public IReadOnlyDictionary<string, string> Secrets(HostRow row)
    {
        if (row.Secrets is null)
            return ImmutableDictionary<string, string>.Empty;
        try
        {
            return box.Unprotect<Dictionary<string, string>>(row.Secrets);
        }
        catch (CryptographicException e)
        {
            LogUnreadable(row.Name, e);
            return ImmutableDictionary<string, string>.Empty;
        }
    }

    private HostEntry Entry(HostRow row)
    {
        var stamp = JsonSerializer.Serialize(row);
        if (Find(row.Id) is { } had && had.Stamp == stamp)
            return had;
        var settings = HostSettings.Parse(row.Settings);
        var driver = Driver(row.Platform);
        var device = new HostDevice(row.Id, row.Name, settings.ToElement(), Secrets(row));
        var configured = new HostSnapshot
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
            OffSilenceSeconds = row.OffSilenceSeconds,
            Capabilities = driver?.Capabilities ?? HostCapabilities.None,
            Fault = driver is null ? $"No driver speaks the platform {row.Platform}." : null,
        };
        return new HostEntry(device, driver, settings, configured, stamp);
    }

    [LoggerMessage(LogLevel.Error, "The secrets of host {Host} cannot be decrypted: set them again")]
    private partial void LogUnreadable(string host, Exception e);
}

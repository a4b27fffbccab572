using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Events;
using VmPowerManager.Hosts;
using VmPowerManager.Storage;

namespace VmPowerManager.Notifications;

/// <summary>A channel as its sender and the dispatcher use it.</summary>
/// <param name="Target">Null: it cannot be used, and <paramref name="Unusable"/> says why.</param>
internal sealed record ChannelEntry(
    int Id,
    string Name,
    string Kind,
    bool Enabled,
    ChannelTarget? Target,
    string? Unusable,
    ImmutableArray<SubscriptionRow> Subscriptions
)
{
    public bool Wants(EventEntry what) =>
        Enabled
        && !IsAboutItself(what)
        && Subscriptions.Any(s => what.Severity >= s.MinimumSeverity && EventPattern.Matches(s.EventType, what.Type));

    /// <summary>Telling a channel that it fails would make it fail again.</summary>
    private bool IsAboutItself(EventEntry what) =>
        what.Type.StartsWith(NotificationEvents.Prefix, StringComparison.Ordinal)
        && what.Data is { ValueKind: JsonValueKind.Object } data
        && data.TryGetProperty("channelId", out var id)
        && id.ValueKind == JsonValueKind.Number
        && id.TryGetInt32(out var about)
        && about == Id;
}

/// <summary>The channels and their subscriptions, in memory: nothing waits for the database to know who wants what.</summary>
internal sealed partial class ChannelDirectory(
    IDbContextFactory<AppDb> databases,
    SecretBox box,
    NotificationScreens screens,
    ILogger<ChannelDirectory> logger
) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly Subscribers<IReadOnlyList<ChannelEntry>> _subscribers = new();
    private ImmutableArray<ChannelEntry> _channels = [];

    public IReadOnlyList<ChannelEntry> Channels
    {
        get
        {
            // Boxed on the way out; the field itself is replaced as a whole.
            var channels = _channels;
            return channels;
        }
    }

    public ChannelEntry? Find(int id) => Channels.FirstOrDefault(c => c.Id == id);

    /// <summary>Tells of every change, until disposed.</summary>
    public IDisposable Subscribe(Action<IReadOnlyList<ChannelEntry>> told) => _subscribers.Add(told);

    /// <summary>Reads again what was saved.</summary>
    public async Task ReloadAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            var rows = await db.Set<ChannelRow>().AsNoTracking().OrderBy(c => c.Id).ToListAsync(ct);
            var subscriptions = (await db.Set<SubscriptionRow>().AsNoTracking().ToListAsync(ct)).ToLookup(s =>
                s.ChannelId
            );
            ImmutableInterlocked.InterlockedExchange(
                ref _channels,
                [.. rows.Select(r => Entry(r, [.. subscriptions[r.Id]]))]
            );
        }
        finally
        {
            _one.Release();
        }
        _subscribers.Tell(Channels, e => LogBug(logger, e));
        screens.Touch();
    }

    public void Dispose() => _one.Dispose();

    private ChannelEntry Entry(ChannelRow row, ImmutableArray<SubscriptionRow> subscriptions)
    {
        var entry = new ChannelEntry(row.Id, row.Name, row.Kind, row.Enabled, null, null, subscriptions);
        if (ChannelSecrets.TryOpen(row, box) is not { } secrets)
            return entry with
            {
                Unusable = "Its secrets cannot be decrypted with the keys of this data folder; enter them again.",
            };
        try
        {
            return entry with { Target = new(JsonElement.Parse(row.Settings), secrets) };
        }
        catch (JsonException)
        {
            return entry with { Unusable = "Its stored settings cannot be read; enter them again." };
        }
    }

    [LoggerMessage(LogLevel.Error, "Telling that channels changed failed by a bug.")]
    private static partial void LogBug(ILogger logger, Exception e);
}

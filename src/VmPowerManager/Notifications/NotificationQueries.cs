using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Storage;

namespace VmPowerManager.Notifications;

/// <summary>Reads of channels, subscriptions and messages.</summary>
internal sealed class NotificationQueries(
    IDbContextFactory<AppDb> databases,
    ChannelKinds kinds,
    ChannelDirectory directory,
    ChannelHealths healths,
    DeliveryBook book,
    SecretBox box
)
{
    public const int MostAtOnce = 500;

    public IReadOnlyCollection<INotificationChannel> Kinds => kinds.All;

    /// <summary>All channels, by name. Only administrators see parts of an address that may be secret.</summary>
    public async Task<IReadOnlyList<ChannelView>> ChannelsAsync(ClaimsPrincipal actor, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await db.Set<ChannelRow>().AsNoTracking().OrderBy(c => c.Name).ToListAsync(ct);
        var delivered = await LastDeliveredAsync(db, null, ct);
        return rows.ConvertAll(r => View(actor, r, delivered));
    }

    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    public async Task<ChannelView> ChannelAsync(ClaimsPrincipal actor, int id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var row =
            await db.Set<ChannelRow>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, ct)
            ?? throw new NotFoundException($"Channel {id}");
        return View(actor, row, await LastDeliveredAsync(db, id, ct));
    }

    /// <summary>All subscriptions, by channel and event type.</summary>
    public async Task<IReadOnlyList<SubscriptionView>> SubscriptionsAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Set<SubscriptionRow>()
            .AsNoTracking()
            .OrderBy(s => s.ChannelId)
            .ThenBy(s => s.EventType)
            .Select(s => new SubscriptionView(s.Id, s.ChannelId, s.EventType, s.MinimumSeverity))
            .ToListAsync(ct);
    }

    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    public async Task<SubscriptionView> SubscriptionAsync(int id, CancellationToken ct) =>
        (await SubscriptionsAsync(ct)).FirstOrDefault(s => s.Id == id)
        ?? throw new NotFoundException($"Subscription {id}");

    /// <summary>A page of messages, newest first, also of those that are not stored yet.</summary>
    /// <exception cref="InvalidInputException">The cursor is none of ours, or the limit is out of range.</exception>
    public async Task<Page<DeliveryView>> DeliveriesAsync(
        ClaimsPrincipal actor,
        DeliveryFilter filter,
        string? cursor,
        int limit,
        CancellationToken ct
    )
    {
        if (limit is < 1 or > MostAtOnce)
            throw new InvalidInputException("limit", $"must be between 1 and {MostAtOnce}.");
        var before = long.MaxValue;
        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
            throw new InvalidInputException("cursor", "is not a cursor that this list gave out.");
        var found = await FindAsync(actor, filter, before, limit + 1, ct);
        return found.Count <= limit
            ? new Page<DeliveryView>(found)
            : new Page<DeliveryView>(found[..limit], found[limit - 1].Id.ToString(CultureInfo.InvariantCulture));
    }

    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    public async Task<DeliveryView> DeliveryAsync(ClaimsPrincipal actor, long id, CancellationToken ct)
    {
        if (book.Find(id) is { } known)
            return View(actor, known);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await db.Set<DeliveryRow>().AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, ct);
        return row is null ? throw new NotFoundException($"Delivery {id}") : View(actor, row);
    }

    /// <summary>What memory knows is newer than what is stored: it is merged in, and stands for the same message.</summary>
    private async Task<List<DeliveryView>> FindAsync(
        ClaimsPrincipal actor,
        DeliveryFilter filter,
        long before,
        int count,
        CancellationToken ct
    )
    {
        var unstored = book.Unstored();
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = db.Set<DeliveryRow>().AsNoTracking().Where(d => d.Id < before);
        if (filter.ChannelId is { } channel)
            rows = rows.Where(d => d.ChannelId == channel);
        if (filter.State is { } state)
            rows = rows.Where(d => d.State == state);
        var newer = unstored.Select(d => d.Id).ToHashSet();
        // What memory knows better may not match any more: it must not make a page look like the last.
        var stored = await rows.OrderByDescending(d => d.Id).Take(count + newer.Count).ToListAsync(ct);
        return
        [
            .. unstored
                .Where(d => d.Id < before)
                .Where(d => filter.ChannelId is null || d.ChannelId == filter.ChannelId)
                .Where(d => filter.State is null || d.State == filter.State)
                .Select(d => View(actor, d))
                .Concat(stored.Where(r => !newer.Contains(r.Id)).Select(r => View(actor, r)))
                .OrderByDescending(d => d.Id)
                .Take(count),
        ];
    }

    private ChannelView View(ClaimsPrincipal actor, ChannelRow row, Dictionary<int, DateTimeOffset> delivered)
    {
        var entry = directory.Find(row.Id);
        var (target, block) = Shown(actor, row);
        return new ChannelView(
            row.Id,
            row.Name,
            row.Kind,
            row.Enabled,
            target,
            block,
            entry?.Unusable,
            Status(row, delivered.TryGetValue(row.Id, out var at) ? at : null)
        );
    }

    private (string Target, JsonObject? Block) Shown(ClaimsPrincipal actor, ChannelRow row)
    {
        if (kinds.Find(row.Kind) is not { } kind)
            return ("", null);
        try
        {
            var settings = JsonElement.Parse(row.Settings);
            var held = ChannelSecrets.TryOpen(row, box)?.Keys.ToHashSet() ?? [];
            var block = kind.Show(settings, held);
            if (!Access.Allows(actor, Role.Administrator))
                foreach (var key in kind.Confidential)
                    block[key] = null;
            return (kind.Target(settings), block);
        }
        catch (Exception e) when (e is JsonException or UriFormatException or InvalidOperationException)
        {
            // Shown all the same, so that a person may enter it again.
            return ("", null);
        }
    }

    private ChannelStatus Status(ChannelRow row, DateTimeOffset? delivered)
    {
        var health = healths.Of(row.Id).State;
        var state = row switch
        {
            { Enabled: false } => "disabled",
            _ when health.FailingSince is not null => "failing",
            _ => delivered is null ? "unknown" : "ok",
        };
        return new(state, book.Waiting(row.Id).Count, health.FailingSince, health.LastError, delivered);
    }

    private static async Task<Dictionary<int, DateTimeOffset>> LastDeliveredAsync(
        AppDb db,
        int? channelId,
        CancellationToken ct
    )
    {
        var newest = await db.Set<DeliveryRow>()
            .Where(d => d.DeliveredAt != null && (channelId == null || d.ChannelId == channelId))
            .GroupBy(d => d.ChannelId)
            .Select(g => new { g.Key, Id = g.Max(d => d.Id) })
            .ToListAsync(ct);
        var ids = newest.ConvertAll(n => n.Id);
        return await db.Set<DeliveryRow>()
            .Where(d => ids.Contains(d.Id) && d.DeliveredAt != null)
            // Not null: filtered just above.
            .ToDictionaryAsync(d => d.ChannelId, d => d.DeliveredAt!.Value, ct);
    }

    private string? NameOf(int channelId) => directory.Find(channelId)?.Name;

    private DeliveryView View(ClaimsPrincipal actor, Delivery delivery) =>
        Seen(actor, DeliveryView.Of(delivery, NameOf(delivery.ChannelId)), () => delivery.Content.Event);

    private DeliveryView View(ClaimsPrincipal actor, DeliveryRow row) =>
        Seen(
            actor,
            View(row),
            () => JsonElement.Parse(row.Content).TryGetProperty("event", out var what) ? what : null
        );

    /// <summary>As an event is seen, so is what was made of it.</summary>
    private static DeliveryView Seen(ClaimsPrincipal actor, DeliveryView view, Func<JsonElement?> made)
    {
        if (EventAudience.SeesActors(actor) || made()?.Deserialize<EventEntry>(Json.Options) is not { } what)
            return view;
        return view with { Title = what.Hide(view.Title, actor), Source = what.For(actor).Source };
    }

    private DeliveryView View(DeliveryRow row) =>
        new(
            row.Id,
            row.ChannelId,
            NameOf(row.ChannelId),
            row.EventSequence,
            row.EventType,
            row.Severity,
            row.Source,
            row.Title,
            row.State,
            row.Attempts,
            row.CreatedAt,
            row.LastAttemptAt,
            row.NextTryAt,
            row.DeliveredAt,
            row.LastError,
            row.Answer
        );
}

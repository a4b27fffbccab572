using System.Security.Claims;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Storage;
using VmPowerManager.Ups;

namespace VmPowerManager.Notifications;

/// <summary>The only writer of subscriptions.</summary>
internal sealed class SubscriptionCommands(
    IDbContextFactory<AppDb> databases,
    ChannelDirectory directory,
    DeliveryBook book,
    EventLog events
)
{
    private const int UniqueViolation = 2067;

    /// <param name="body"><c>{channelId, eventType, minimumSeverity}</c>.</param>
    /// <returns>The new id.</returns>
    /// <exception cref="InvalidInputException">Fields that are wrong.</exception>
    /// <exception cref="ConflictException">The channel is subscribed to that already.</exception>
    public async Task<int> CreateAsync(ClaimsPrincipal actor, JsonElement body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        await using var db = await databases.CreateDbContextAsync(ct);
        var (channel, input) = await ParseAsync(db, body, null, ct);
        var row = new SubscriptionRow
        {
            ChannelId = channel.Id,
            EventType = input.EventType,
            MinimumSeverity = input.MinimumSeverity,
        };
        db.Add(row);
        await SaveAsync(db, channel, input.EventType, ct);
        await ToldAsync(actor, channel, $"{channel.Name} is told of {row.EventType}.");
        return row.Id;
    }

    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="InvalidInputException">Fields that are wrong.</exception>
    /// <exception cref="ConflictException">The channel is subscribed to that already.</exception>
    public async Task UpdateAsync(ClaimsPrincipal actor, int id, JsonElement body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await FindAsync(db, id, ct);
        var (channel, input) = await ParseAsync(db, body, row.ChannelId, ct);
        (row.ChannelId, row.EventType, row.MinimumSeverity) = (channel.Id, input.EventType, input.MinimumSeverity);
        await SaveAsync(db, channel, input.EventType, ct);
        await ToldAsync(actor, channel, $"{channel.Name} is told of {row.EventType}.");
    }

    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    public async Task DeleteAsync(ClaimsPrincipal actor, int id, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await FindAsync(db, id, ct);
        var channel = await ChannelAsync(db, row.ChannelId, ct);
        db.Remove(row);
        await db.SaveChangesAsync(ct);
        await ToldAsync(actor, channel, $"{channel.Name} is no longer told of {row.EventType}.");
    }

    /// <summary>Turns all event types of a group on or off for a channel.</summary>
    /// <exception cref="NotFoundException">No such channel or group.</exception>
    public async Task SetGroupAsync(ClaimsPrincipal actor, int channelId, string groupId, bool on, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        var group = EventGroups.All.FirstOrDefault(g => g.Id == groupId) ?? throw new NotFoundException(groupId);
        await using var db = await databases.CreateDbContextAsync(ct);
        var channel = await ChannelAsync(db, channelId, ct);
        var there = await db.Set<SubscriptionRow>()
            .Where(s => s.ChannelId == channelId && group.Patterns.Contains(s.EventType))
            .ToListAsync(ct);
        if (on)
            db.AddRange(
                group
                    .Patterns.Except(there.Select(s => s.EventType))
                    .Select(p => new SubscriptionRow
                    {
                        ChannelId = channelId,
                        EventType = p,
                        MinimumSeverity = group.MinimumSeverity,
                    })
            );
        else
            db.RemoveRange(there);
        await SaveAsync(db, channel, group.Title, ct);
        var types = string.Join(", ", group.Patterns);
        await ToldAsync(
            actor,
            channel,
            on
                ? Sentence.Of($"{channel.Name} is told of {types}.")
                : Sentence.Of($"{channel.Name} is no longer told of {types}.")
        );
    }

    private static async Task<(ChannelRow Channel, SubscriptionInput Input)> ParseAsync(
        AppDb db,
        JsonElement body,
        int? otherwise,
        CancellationToken ct
    )
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw new InvalidInputException("", "The body must be a JSON object.");
        var errors = new FieldErrors();
        var fields = new JsonFields(body, "", errors);
        var input = SubscriptionInput.Parse(body, "", errors);
        var id = fields.Number("channelId", 1, int.MaxValue) is { } sent ? (int)sent : otherwise;
        var channel = await db.Set<ChannelRow>().AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, ct);
        if (channel is null)
            errors.Add("channelId", "Must be the id of a channel.");
        errors.ThrowIfAny();
        // ThrowIfAny has thrown where it is null.
        return (channel!, input);
    }

    private static async Task<SubscriptionRow> FindAsync(AppDb db, int id, CancellationToken ct) =>
        await db.Set<SubscriptionRow>().SingleOrDefaultAsync(s => s.Id == id, ct)
        ?? throw new NotFoundException($"Subscription {id}");

    private static async Task<ChannelRow> ChannelAsync(AppDb db, int id, CancellationToken ct) =>
        await db.Set<ChannelRow>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, ct)
        ?? throw new NotFoundException($"Channel {id}");

    private static async Task SaveAsync(AppDb db, ChannelRow channel, string what, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e)
            when (e.InnerException is SqliteException { SqliteExtendedErrorCode: UniqueViolation })
        {
            throw new ConflictException($"{channel.Name} is told of {what} already.");
        }
    }

    private async Task ToldAsync(ClaimsPrincipal actor, ChannelRow channel, Sentence message)
    {
        events.Append(
            new NewEvent("channel.subscriptionsChanged", Severity.Info, channel.Name, message)
            {
                Actor = Access.Name(actor),
                Data = new { channelId = channel.Id },
            }
        );
        book.Settle();
        await directory.ReloadAsync(CancellationToken.None);
    }
}

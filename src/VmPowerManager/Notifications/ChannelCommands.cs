using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Storage;

namespace VmPowerManager.Notifications;

/// <summary>The only writer of channels.</summary>
internal sealed class ChannelCommands(
    IDbContextFactory<AppDb> databases,
    ChannelKinds kinds,
    ChannelDirectory directory,
    ChannelCall call,
    DeliveryBook book,
    NotificationWorkers workers,
    NotificationComposer composer,
    SecretBox box,
    EventLog events,
    TimeProvider time
)
{
    private const int Most = 50;
    private const int UniqueViolation = 2067;

    /// <param name="body">The API's channel object; <c>subscriptions</c> in place of the usual ones.</param>
    /// <returns>The new id.</returns>
    /// <exception cref="InvalidInputException">Fields that are wrong.</exception>
    /// <exception cref="ConflictException">The name is taken, or there are too many.</exception>
    public async Task<int> CreateAsync(ClaimsPrincipal actor, JsonElement body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        var input = ChannelInput.Parse(body, kinds);
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.Set<ChannelRow>().CountAsync(ct) >= Most)
            throw new ConflictException($"There are {Most} channels already.");
        var row = new ChannelRow
        {
            Name = input.Name,
            Kind = input.Kind.Kind,
            Settings = "{}",
        };
        Write(row, input, ChannelSecrets.Sent(input));
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        db.Add(row);
        await SaveAsync(db, row, ct);
        var wanted = input.Subscriptions?.Select(s => (s.EventType, s.MinimumSeverity)) ?? EventGroups.Usual;
        foreach (var (type, severity) in wanted)
            db.Add(
                new SubscriptionRow
                {
                    ChannelId = row.Id,
                    EventType = type,
                    MinimumSeverity = severity,
                }
            );
        await SaveAsync(db, row, ct);
        await transaction.CommitAsync(ct);
        Append(actor, "channel.created", row, $"The notification channel {row.Name} was added.");
        await ApplyAsync(row.Id);
        return row.Id;
    }

    /// <summary>Replaces the configuration; a secret left out or null is kept, "" clears. Subscriptions stay.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="InvalidInputException">Fields that are wrong, or a secret that must be entered again.</exception>
    /// <exception cref="ConflictException">The name is taken.</exception>
    public async Task UpdateAsync(ClaimsPrincipal actor, int id, JsonElement body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await FindAsync(db, id, ct);
        var input = ChannelInput.Parse(body, kinds);
        Write(row, input, ChannelSecrets.Merge(row, input, box));
        await SaveAsync(db, row, ct);
        Append(actor, "channel.updated", row, $"The notification channel {row.Name} was changed.");
        await ApplyAsync(id);
    }

    /// <summary>With its subscriptions and its messages, sent or not.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    public async Task DeleteAsync(ClaimsPrincipal actor, int id, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await FindAsync(db, id, ct);
        db.Remove(row);
        await db.SaveChangesAsync(ct);
        Append(actor, "channel.deleted", row, $"The notification channel {row.Name} was deleted.");
        await directory.ReloadAsync(CancellationToken.None);
    }

    /// <summary>Sends a message that says that it is a test, by the stored settings.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="PeerRefusedException">It did not arrive; the peer's own words.</exception>
    public async Task<ChannelTestResult> TestAsync(ClaimsPrincipal actor, int id, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await FindAsync(db, id, ct);
        if (ChannelSecrets.TryOpen(row, box) is not { } secrets)
            throw new PeerRefusedException("Its secrets cannot be decrypted; enter them again.", "secrets");
        var result = await TestAsync(actor, row.Name, row.Kind, new(JsonElement.Parse(row.Settings), secrets), ct);
        Append(actor, "channel.tested", row, $"The notification channel {row.Name} was tested: {result.Answer}");
        return result;
    }

    /// <summary>The same by settings that are not saved.</summary>
    /// <param name="body">As for a new channel; with the <c>id</c> of an existing one its stored secrets serve where none
    /// are sent, under the same rule as in an edit.</param>
    /// <exception cref="InvalidInputException">Fields that are wrong.</exception>
    /// <exception cref="PeerRefusedException">It did not arrive; the peer's own words.</exception>
    public async Task<ChannelTestResult> TestAsync(ClaimsPrincipal actor, JsonElement body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        var input = ChannelInput.Parse(body, kinds);
        var secrets = ChannelSecrets.Sent(input);
        if (
            body.TryGetProperty("id", out var id)
            && id.ValueKind == JsonValueKind.Number
            && id.TryGetInt32(out var known)
        )
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            secrets = ChannelSecrets.Merge(await FindAsync(db, known, ct), input, box);
        }
        return await TestAsync(actor, input.Name, input.Kind.Kind, new(input.Block.Settings, secrets), ct);
    }

    private async Task<ChannelTestResult> TestAsync(
        ClaimsPrincipal actor,
        string name,
        string kind,
        ChannelTarget target,
        CancellationToken ct
    )
    {
        var key = $"test-{Guid.NewGuid():N}";
        var outcome = await call.SendAsync(
            kind,
            target,
            composer.Test(name, Access.Name(actor), key, time.GetUtcNow()),
            ct
        );
        return outcome.Delivered
            ? new ChannelTestResult(true, outcome.Words)
            : throw new PeerRefusedException(outcome.Words, "send");
    }

    private async Task ApplyAsync(int id)
    {
        book.Settle();
        await directory.ReloadAsync(CancellationToken.None);
        workers.Hurry(id);
    }

    private void Write(ChannelRow row, ChannelInput input, IReadOnlyDictionary<string, string> secrets)
    {
        // First: it compares with what is stored.
        row.Secrets = ChannelSecrets.Seal(row, input, secrets, box);
        row.Name = input.Name;
        row.Kind = input.Kind.Kind;
        row.Enabled = input.Enabled;
        row.Settings = input.Block.Settings.GetRawText();
    }

    private static async Task<ChannelRow> FindAsync(AppDb db, int id, CancellationToken ct) =>
        await db.Set<ChannelRow>().SingleOrDefaultAsync(c => c.Id == id, ct)
        ?? throw new NotFoundException(string.Create(CultureInfo.InvariantCulture, $"Channel {id}"));

    private static async Task SaveAsync(AppDb db, ChannelRow row, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e)
            when (e.InnerException is SqliteException { SqliteExtendedErrorCode: UniqueViolation })
        {
            throw new ConflictException($"Another channel is named {row.Name}.");
        }
    }

    private void Append(ClaimsPrincipal actor, string type, ChannelRow row, Sentence message) =>
        events.Append(
            new NewEvent(type, Severity.Info, row.Name, message)
            {
                Actor = Access.Name(actor),
                Data = new { channelId = row.Id },
            }
        );
}

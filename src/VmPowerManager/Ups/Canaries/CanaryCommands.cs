using System.Security.Claims;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Storage;

namespace VmPowerManager.Ups.Canaries;

/// <summary>The only writer of canaries. Every method checks the actor, validates, saves, appends the event, signals.</summary>
internal sealed class CanaryCommands(
    IDbContextFactory<AppDb> databases,
    CanaryMonitor monitor,
    IUpsFeed upses,
    EventLog events,
    IEnumerable<ICanaryUse> uses,
    CanaryLock writes,
    TimeProvider time
)
{
    private static readonly TimeSpan TestLimit = TimeSpan.FromSeconds(3);

    /// <param name="body">The API's canary object (API.md).</param>
    /// <returns>The new id.</returns>
    /// <exception cref="InvalidInputException">Fields that are wrong.</exception>
    /// <exception cref="ConflictException">The name is taken.</exception>
    public async Task<int> CreateAsync(ClaimsPrincipal actor, JsonElement body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        var input = Checked(0, body);
        using var turn = await writes.EnterAsync(ct);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = new CanaryRow
        {
            Name = input.Name,
            Address = input.Address,
            Method = input.Method,
        };
        Write(row, input);
        await DemandFreeNameAsync(db, row, ct);
        db.Add(row);
        await db.SaveChangesAsync(ct);
        Append(actor, "canary.created", row, $"The canary {row.Name} was added.");
        await monitor.ApplyAsync(row.ToCanary());
        return row.Id;
    }

    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="InvalidInputException">Fields that are wrong.</exception>
    /// <exception cref="ConflictException">The name is taken.</exception>
    public async Task UpdateAsync(ClaimsPrincipal actor, int id, JsonElement body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        using var turn = await writes.EnterAsync(ct);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await FindAsync(db, id, ct);
        Write(row, Checked(id, body));
        await DemandFreeNameAsync(db, row, ct);
        await db.SaveChangesAsync(ct);
        Append(actor, "canary.updated", row, $"The canary {row.Name} was changed.");
        await monitor.ApplyAsync(row.ToCanary());
    }

    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="ConflictException">A plan listens to it.</exception>
    public async Task DeleteAsync(ClaimsPrincipal actor, int id, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        using var turn = await writes.EnterAsync(ct);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await FindAsync(db, id, ct);
        if (uses.Select(u => u.WhoUses(id)).FirstOrDefault(w => w is not null) is { } who)
            throw new ConflictException($"{who} listens to the canary {row.Name}.");
        db.Remove(row);
        await db.SaveChangesAsync(ct);
        Append(actor, "canary.deleted", row, $"The canary {row.Name} was deleted.");
        await monitor.RemoveAsync(id);
    }

    /// <summary>Asks once; saves nothing.</summary>
    /// <exception cref="InvalidInputException">Fields that are wrong.</exception>
    public async Task<CanaryTestView> TestAsync(ClaimsPrincipal actor, JsonElement body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        var canary = Checked(0, body);
        var began = time.GetTimestamp();
        var words = await CanaryProbe.AskAsync(canary, TestLimit, time, ct);
        return new CanaryTestView(words is null, Math.Round(time.GetElapsedTime(began).TotalMilliseconds, 1), words);
    }

    private Canary Checked(int id, JsonElement body)
    {
        var input = CanaryInput.Parse(id, body);
        var known = upses.Policies.Select(p => p.UpsId).ToHashSet();
        var unknown = input.UpsIds.Where(u => !known.Contains(u)).ToList();
        return unknown.Count == 0
            ? input
            : throw new InvalidInputException("upsIds", $"There is no UPS {string.Join(", ", unknown)}.");
    }

    private static void Write(CanaryRow row, Canary input)
    {
        row.Name = input.Name;
        row.Address = input.Address;
        row.Method = input.Method;
        row.Port = input.Port;
        row.PollSeconds = input.PollSeconds;
        row.Enabled = input.Enabled;
        row.UpsIds = [.. input.UpsIds];
    }

    private static async Task<CanaryRow> FindAsync(AppDb db, int id, CancellationToken ct) =>
        await db.Set<CanaryRow>().SingleOrDefaultAsync(c => c.Id == id, ct)
        ?? throw new NotFoundException($"Canary {id}");

    private static async Task DemandFreeNameAsync(AppDb db, CanaryRow row, CancellationToken ct)
    {
        if (await db.Set<CanaryRow>().AnyAsync(c => c.Name == row.Name && c.Id != row.Id, ct))
            throw new ConflictException($"Another canary is named {row.Name}.");
    }

    private void Append(ClaimsPrincipal actor, string type, CanaryRow row, string message) =>
        events.Append(new NewEvent(type, Severity.Info, row.Name, message) { Actor = Access.Name(actor) });
}

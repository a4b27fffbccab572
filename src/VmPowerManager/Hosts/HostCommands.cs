using System.Security.Claims;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Storage;

namespace VmPowerManager.Hosts;

/// <summary>The only writer of hosts. Each method checks the role, validates, saves, appends the event, and lets the
/// directory know.</summary>
internal sealed class HostCommands(
    IDbContextFactory<AppDb> database,
    SecretBox box,
    HostDirectory directory,
    HostValidation validation,
    HostTrust trust,
    HostPower power,
    TargetOwners owners,
    EventLog events
)
{
    private static readonly TimeSpan TestLimit = TimeSpan.FromSeconds(30);

    /// <summary>Saves a new host and gives its id.</summary>
    /// <exception cref="RefusalException">Forbidden, invalid, or its name is taken.</exception>
    public async Task<int> CreateAsync(ClaimsPrincipal actor, HostBody body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        var merged = MergedSettings.Of(body, null, new Dictionary<string, string>());
        var driver = validation.Check(body, merged, named: true, keptSecrets: false);
        var row = new HostRow
        {
            Name = "",
            Platform = "",
            Settings = "",
        };
        Apply(row, body, merged, driver, keepSealed: false);
        await using var db = await database.CreateDbContextAsync(ct);
        await DemandFreeAsync(db, row, ct);
        db.Add(row);
        await SaveAsync(db, row, ct);
        await SavedAsync(actor, row, "host.created", $"Host {row.Name} was added.");
        return row.Id;
    }

    /// <summary>Replaces a host's configuration; secrets as <see cref="MergedSettings"/> says.</summary>
    /// <exception cref="RefusalException">Forbidden, unknown, invalid, or its name is taken.</exception>
    public async Task UpdateAsync(ClaimsPrincipal actor, int id, HostBody body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        await using var db = await database.CreateDbContextAsync(ct);
        var row = await FindAsync(db, id, ct);
        var saved = HostSettings.TryParse(row.Settings);
        var secrets = directory.Secrets(row);
        var merged = MergedSettings.Of(body, saved, secrets ?? new Dictionary<string, string>());
        // Sealed by a key that is away: they stay until new ones are given, for the address that they belong to.
        var keepSealed = secrets is null && saved is not null && merged is { Dropped.Count: 0, Secrets.Count: 0 };
        var driver = validation.Check(body, merged, named: true, keepSealed);
        Apply(row, body, merged, driver, keepSealed);
        await DemandFreeAsync(db, row, ct);
        await SaveAsync(db, row, ct);
        if (saved is not null)
            trust.Forget(saved, merged.Settings);
        await SavedAsync(actor, row, "host.updated", $"Host {row.Name} was changed.");
    }

    /// <summary>Removes a host and its guests.</summary>
    /// <exception cref="RefusalException">Forbidden, unknown, or in use by a run or a plan.</exception>
    public async Task DeleteAsync(ClaimsPrincipal actor, int id, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        await using var db = await database.CreateDbContextAsync(ct);
        var row = await FindAsync(db, id, ct);
        if (owners.OwnerOf(id, null, null) is { } owner)
            throw new ConflictException($"{row.Name} is in use by {owner}.");
        db.Remove(row);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        // A plan's target refers to it, or to one of its guests.
        catch (DbUpdateException e) when (BreaksConstraint(e))
        {
            throw new ConflictException($"{row.Name} or one of its guests is in use by a plan.");
        }
        if (HostSettings.TryParse(row.Settings) is { } settings)
            trust.Forget(settings, new HostSettings());
        await SavedAsync(actor, row, "host.deleted", $"Host {row.Name} was removed.");
    }

    /// <summary>Tries a body as it stands and saves nothing. With an id, secrets left out are those of that host.</summary>
    /// <exception cref="RefusalException">Forbidden, unknown, invalid; or the host cannot be reached, is another one than
    /// pinned, or does not let us in: then there is nothing more to tell.</exception>
    public async Task<HostProbe> TestAsync(ClaimsPrincipal actor, HostBody body, CancellationToken ct)
    {
        var probe = await ProbeAsync(actor, body, ct);
        return probe.Blocked is { } failed ? throw new PeerRefusedException(failed.Says, failed.Name) : probe;
    }

    /// <summary>As <see cref="TestAsync"/>, for those who show each step: what failed is among the checks.</summary>
    /// <exception cref="RefusalException">Forbidden, unknown, invalid.</exception>
    public async Task<HostProbe> ProbeAsync(ClaimsPrincipal actor, HostBody body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        var entry = body.Id is { } id ? directory.Find(id) ?? throw new NotFoundException($"Host {id}") : null;
        var merged = MergedSettings.Of(
            body,
            entry?.Settings,
            entry?.Device.Secrets ?? new Dictionary<string, string>()
        );
        var driver = validation.Check(body, merged, named: false, keptSecrets: false);
        var device = new HostDevice(0, body.Name ?? "test", merged.Settings.ToElement(), merged.Secrets);
        return HostProbe.Of(await power.ProbeAsync(driver, device, TestLimit, ct));
    }

    /// <summary>Declares that this program runs on that host, and on no other.</summary>
    /// <exception cref="RefusalException">Forbidden or unknown.</exception>
    public async Task MarkManagerAsync(ClaimsPrincipal actor, int id, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        await using var db = await database.CreateDbContextAsync(ct);
        var row = await FindAsync(db, id, ct);
        foreach (var other in await db.Set<HostRow>().Where(h => h.RunsManager && h.Id != id).ToListAsync(ct))
            other.RunsManager = false;
        row.RunsManager = true;
        await SaveAsync(db, row, ct);
        await SavedAsync(actor, row, "host.updated", $"Host {row.Name} was marked as the one that runs this program.");
    }

    private void Apply(HostRow row, HostBody body, MergedSettings merged, IHostDriver driver, bool keepSealed)
    {
        var hasGuests = driver.Capabilities.HasFlag(HostCapabilities.Guests);
        row.Name = body.Name!.Trim(); // not null: validated
        row.Platform = driver.Platform;
        row.Role = body.Role ?? (hasGuests ? HostRole.Hypervisor : HostRole.Server);
        row.RunsManager = body.RunsManager;
        row.MinSupplies = body.MinSupplies;
        row.MaxParallelGuests = body.MaxParallelGuests ?? HostBody.UsualParallelGuests;
        row.Witness = string.IsNullOrWhiteSpace(body.Witness) ? null : body.Witness.Trim();
        row.OffSilenceSeconds = body.OffSilenceSeconds ?? 60;
        row.Settings = merged.Settings.ToJson();
        if (!keepSealed)
            row.Secrets = merged.Secrets.Count == 0 ? null : box.Protect(merged.Secrets);
        var wanted = (body.Supplies ?? []).ToDictionary(s => s.UpsId, s => s.PowerValue);
        row.Supplies.RemoveAll(s => !wanted.ContainsKey(s.UpsId));
        foreach (var supply in row.Supplies)
            supply.PowerValue = wanted[supply.UpsId];
        foreach (var (upsId, powerValue) in wanted.Where(w => row.Supplies.All(s => s.UpsId != w.Key)))
            row.Supplies.Add(new HostSupplyRow { UpsId = upsId, PowerValue = powerValue });
    }

    private static async Task<HostRow> FindAsync(AppDb db, int id, CancellationToken ct) =>
        await db.Set<HostRow>().Include(h => h.Supplies).SingleOrDefaultAsync(h => h.Id == id, ct)
        ?? throw new NotFoundException($"Host {id}");

    private static async Task DemandFreeAsync(AppDb db, HostRow row, CancellationToken ct)
    {
        var others = db.Set<HostRow>().Where(h => h.Id != row.Id);
        if (await others.AnyAsync(h => h.Name == row.Name, ct))
            throw new ConflictException($"A host named {row.Name} exists already.");
        if (!row.RunsManager)
            return;
        var manager = await others.Where(h => h.RunsManager).Select(h => h.Name).FirstOrDefaultAsync(ct);
        if (manager is not null)
            throw new ConflictException($"This program runs on one host only, and {manager} is marked as that.");
    }

    private static async Task SaveAsync(AppDb db, HostRow row, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        // Somebody was quicker after we looked.
        catch (DbUpdateException e) when (BreaksConstraint(e))
        {
            throw new ConflictException($"A host named {row.Name} exists already, or this one was just changed.");
        }
    }

    /// <summary>SQLITE_CONSTRAINT.</summary>
    private static bool BreaksConstraint(DbUpdateException e) =>
        e.InnerException is SqliteException { SqliteErrorCode: 19 };

    /// <summary>It is saved: whoever asked may be gone, it takes effect all the same.</summary>
    private async Task SavedAsync(ClaimsPrincipal actor, HostRow row, string type, Sentence message)
    {
        events.Append(
            new NewEvent(type, Severity.Info, row.Name, message)
            {
                Actor = Access.Name(actor),
                HostId = row.Id,
                Data = new { row.Platform },
            }
        );
        await directory.ReloadAsync();
    }
}

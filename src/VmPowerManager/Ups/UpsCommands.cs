using System.Security.Claims;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Storage;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Simulator;

namespace VmPowerManager.Ups;

/// <summary>The only writer of UPSes. Every method checks the actor, validates, saves, appends the event, signals.</summary>
internal sealed class UpsCommands(
    IDbContextFactory<AppDb> databases,
    UpsMonitor monitor,
    UpsDrivers drivers,
    SecretBox box,
    EventLog events,
    HistoryWriter history,
    SimulatorDirectory simulator,
    IEnumerable<IUpsUse> uses
)
{
    private const int UniqueViolation = 2067;

    /// <summary>Changes that the loop of the UPS need not know.</summary>
    private static readonly string[] Remarks =
    [
        nameof(UpsRow.Notes),
        nameof(UpsRow.BatteryReplacedAt),
        nameof(UpsRow.BatteryLifeYears),
    ];

    /// <param name="body">The API's UPS object (API.md).</param>
    /// <returns>The new id.</returns>
    /// <exception cref="InvalidInputException">Fields that are wrong.</exception>
    /// <exception cref="ConflictException">The name is taken.</exception>
    public async Task<int> CreateAsync(ClaimsPrincipal actor, JsonElement body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        var input = UpsInput.Parse(body, drivers);
        var secrets = input.Secrets.Where(s => s.Value.Length > 0).ToDictionary();
        var row = new UpsRow
        {
            Name = input.Name,
            Driver = input.Driver.Id,
            Settings = "{}",
        };
        Write(row, input, secrets);
        await using var db = await databases.CreateDbContextAsync(ct);
        await DemandFreeNameAsync(db, row, ct);
        db.Add(row);
        await SaveAsync(db, row, ct);
        Append(actor, "ups.created", row, $"UPS {row.Label} was added.", null);
        await monitor.ApplyAsync(UpsConfigs.Of(row, secrets));
        return row.Id;
    }

    /// <summary>Replaces the configuration; a secret left out or null is kept, "" clears.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="InvalidInputException">Fields that are wrong, or a secret that must be entered again.</exception>
    /// <exception cref="ConflictException">The name is taken.</exception>
    public async Task UpdateAsync(ClaimsPrincipal actor, int id, JsonElement body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await FindAsync(db, id, ct);
        var input = UpsInput.Parse(body, drivers);
        var secrets = UpsSecrets.Merge(row, input, box);
        Write(row, input, secrets);
        await DemandFreeNameAsync(db, row, ct);
        var changed = db.Entry(row).Properties.Where(p => p.IsModified).Select(p => p.Metadata.Name).ToArray();
        await SaveAsync(db, row, ct);
        Append(actor, "ups.updated", row, $"UPS {row.Label} was changed.", new { Changed = changed });
        if (changed.Except(Remarks).Any())
            await monitor.ApplyAsync(UpsConfigs.Of(row, secrets));
    }

    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="ConflictException">A host or a plan needs it.</exception>
    public async Task DeleteAsync(ClaimsPrincipal actor, int id, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await FindAsync(db, id, ct);
        foreach (var use in uses)
        {
            if (await use.WhoUsesAsync(id, ct) is { } who)
                throw new ConflictException($"UPS {row.Name} is used by {who}.");
        }
        db.Remove(row);
        await db.SaveChangesAsync(ct);
        Append(actor, "ups.deleted", row, $"UPS {row.Label} was deleted.", null);
        await monitor.RemoveAsync(id);
        history.DeleteSoon(id);
    }

    private void Write(UpsRow row, UpsInput input, IReadOnlyDictionary<string, string> secrets)
    {
        // First: they compare with what is stored.
        row.Secrets = UpsSecrets.Seal(row, input, secrets, box);
        // The mark stays while the simulator is off, and goes when the UPS points elsewhere.
        row.SimulatedDevice =
            simulator.KeyOf(input.Driver.Id, input.Settings)
            ?? (UpsSecrets.AddressChanged(row, input) ? null : row.SimulatedDevice);
        row.Name = input.Name;
        row.Driver = input.Driver.Id;
        row.Enabled = input.Enabled;
        row.PollSeconds = input.PollSeconds;
        row.ConfirmSeconds = input.ConfirmSeconds;
        row.DeadSeconds = input.DeadSeconds;
        row.OffSeconds = input.OffSeconds;
        row.ServedBy = input.ServedBy;
        row.Circuit = input.Circuit;
        row.NominalVoltage = input.NominalVoltage;
        row.BatteryReplacedAt = input.BatteryReplacedAt;
        row.BatteryLifeYears = input.BatteryLifeYears;
        row.Notes = input.Notes;
        row.Settings = input.Settings.GetRawText();
    }

    private static async Task<UpsRow> FindAsync(AppDb db, int id, CancellationToken ct) =>
        await db.Set<UpsRow>().SingleOrDefaultAsync(u => u.Id == id, ct) ?? throw new NotFoundException($"UPS {id}");

    private static async Task DemandFreeNameAsync(AppDb db, UpsRow row, CancellationToken ct)
    {
        if (await db.Set<UpsRow>().AnyAsync(u => u.Name == row.Name && u.Id != row.Id, ct))
            throw NameTaken(row);
    }

    private static async Task SaveAsync(AppDb db, UpsRow row, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e)
            when (e.InnerException is SqliteException { SqliteExtendedErrorCode: UniqueViolation })
        {
            throw NameTaken(row);
        }
    }

    private static ConflictException NameTaken(UpsRow row) => new($"Another UPS is named {row.Name}.");

    private void Append(ClaimsPrincipal actor, string type, UpsRow row, Sentence message, object? data) =>
        events.Append(
            new NewEvent(type, Severity.Info, row.Label, message)
            {
                Actor = Access.Name(actor),
                UpsId = row.Id,
                Data = data,
            }
        );
}

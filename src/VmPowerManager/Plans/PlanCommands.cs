using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Core.Plans;
using VmPowerManager.Events;
using VmPowerManager.Storage;

namespace VmPowerManager.Plans;

/// <summary>The only writer of plans.</summary>
public sealed class PlanCommands(
    IDbContextFactory<AppDb> databases,
    PlanDirectory directory,
    PlanModels models,
    IEnumerable<IPlanUse> uses,
    EventLog events
)
{
    /// <summary>Saves a new plan. Disarmed, unless the body arms it (F1).</summary>
    public async Task<PlanEntry> CreateAsync(ClaimsPrincipal actor, JsonObject body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        var definition = PlanBody.Read(body, null);
        var armed = PlanBody.Armed(body) ?? false;
        DemandSound(0, armed, definition);
        var row = new PlanRow { Name = definition.Name.Trim(), Definition = "" };
        await using var db = await databases.CreateDbContextAsync(ct);
        db.Add(row);
        Apply(row, definition, armed);
        await SaveAsync(db, row, ct);
        return Saved(
            actor,
            row,
            "plan.created",
            $"{Access.Name(actor)} added the plan \"{row.Name}\"{(armed ? ", armed" : "")}."
        );
    }

    /// <summary>Changes a plan. A run in progress goes on with what it froze (F3, I14).</summary>
    public async Task<PlanEntry> UpdateAsync(ClaimsPrincipal actor, int id, JsonObject body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await FindAsync(db, id, ct);
        var definition = PlanBody.Read(body, directory.Find(id)?.Definition);
        var armed = PlanBody.Armed(body) ?? row.Armed;
        DemandSound(id, armed, definition);
        Apply(row, definition, armed);
        await SaveAsync(db, row, ct);
        return Saved(actor, row, "plan.updated", $"{Access.Name(actor)} changed the plan \"{row.Name}\".");
    }

    public async Task<PlanEntry> ArmAsync(ClaimsPrincipal actor, int id, bool armed, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await FindAsync(db, id, ct);
        var plan = directory.Find(id) ?? throw new NotFoundException($"Plan {id}");
        DemandSound(id, armed, plan.Definition);
        row.Armed = armed;
        await SaveAsync(db, row, ct);
        var verb = armed ? "armed" : "disarmed";
        return Saved(actor, row, $"plan.{verb}", $"{Access.Name(actor)} {verb} the plan \"{row.Name}\".");
    }

    public async Task DeleteAsync(ClaimsPrincipal actor, int id, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await FindAsync(db, id, ct);
        if (uses.Select(u => u.WhoUses(id)).FirstOrDefault(u => u is not null) is { } user)
            throw new ConflictException($"\"{row.Name}\" is in use by {user}.");
        db.Remove(row);
        await db.SaveChangesAsync(ct);
        directory.Remove(id);
        events.Append(
            new NewEvent(
                "plan.deleted",
                Severity.Warning,
                row.Name,
                $"{Access.Name(actor)} removed the plan \"{row.Name}\"."
            )
            {
                Actor = Access.Name(actor),
                PlanId = id,
            }
        );
    }

    /// <summary>What it names must exist; an armed plan must be able to act (C2), alone on each target (F2).</summary>
    private void DemandSound(int id, bool armed, PlanDefinition definition)
    {
        var model = models.Of(id, 0, armed, definition);
        var found = models
            .Problems(model)
            .Where(p => p.IsError && (armed || p.Code.StartsWith("unknown", StringComparison.Ordinal)))
            .ToList();
        if (found.Count > 0)
            throw new InvalidInputException(
                found.GroupBy(p => p.Field).ToDictionary(g => g.Key, g => g.Select(p => p.Text).ToArray())
            );
        if (!armed)
            return;
        foreach (var other in directory.Plans.Where(p => p.Armed && p.Id != id))
        {
            var theirs = models.Of(other);
            if (Shared(model, theirs) is { } shared)
                throw new ConflictException($"{shared} belongs to the armed plan \"{other.Definition.Name}\" already.");
        }
    }

    private static string? Shared(PlanModel ours, PlanModel theirs)
    {
        var guest = ours.Guests.Values.FirstOrDefault(g => theirs.Guests.ContainsKey(g.Key));
        var mine = HostTargets(ours).ToHashSet();
        var host = HostTargets(theirs).FirstOrDefault(mine.Contains);
        return guest?.Name ?? (host == 0 ? null : ours.Hosts[host].Name);
    }

    private static IEnumerable<int> HostTargets(PlanModel model) =>
        model
            .Definition.Phases.SelectMany(p => p.Steps)
            .Where(s => s.Action == StepAction.Shutdown)
            .Select(s => s.Target.HostId)
            .OfType<int>()
            .Where(model.Hosts.ContainsKey);

    private static void Apply(PlanRow row, PlanDefinition definition, bool armed)
    {
        row.Name = definition.Name.Trim();
        row.Definition = JsonSerializer.Serialize(definition, Json.Options);
        row.Armed = armed;
        row.Revision++;
        row.Targets.Clear();
        row.Targets.AddRange(definition.UpsIds.Select(u => new PlanTargetRow { UpsId = u }));
        foreach (var target in definition.Phases.SelectMany(p => p.Steps).Select(s => s.Target))
        {
            if (target.GuestId is { } guest)
                row.Targets.Add(new PlanTargetRow { GuestId = guest });
            else if ((target.HostId ?? target.GuestsOf) is { } host)
                row.Targets.Add(new PlanTargetRow { HostId = host });
        }
    }

    private static async Task<PlanRow> FindAsync(AppDb db, int id, CancellationToken ct) =>
        await db.Set<PlanRow>().Include(p => p.Targets).SingleOrDefaultAsync(p => p.Id == id, ct)
        ?? throw new NotFoundException($"Plan {id}");

    private static async Task SaveAsync(AppDb db, PlanRow row, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        // SQLITE_CONSTRAINT: of all constraints only the unique name can fail here; targets were checked.
        catch (DbUpdateException e) when (e.InnerException is SqliteException { SqliteErrorCode: 19 })
        {
            throw new ConflictException(
                $"Another plan has the name \"{row.Name}\", or something that it names was just removed."
            );
        }
    }

    private PlanEntry Saved(ClaimsPrincipal actor, PlanRow row, string type, string message)
    {
        directory.Replace(row);
        events.Append(
            new NewEvent(type, Severity.Info, row.Name, message)
            {
                Actor = Access.Name(actor),
                PlanId = row.Id,
                Data = new { row.Revision, row.Armed },
            }
        );
        return directory.Find(row.Id) ?? throw new NotFoundException($"Plan {row.Id}");
    }
}

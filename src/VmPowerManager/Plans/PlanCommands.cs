using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Core.Plans;
using VmPowerManager.Events;
using VmPowerManager.Plans.Requests;
using VmPowerManager.Storage;

namespace VmPowerManager.Plans;

/// <summary>The only writer of plans.</summary>
public sealed class PlanCommands(
    IDbContextFactory<AppDb> databases,
    PlanDirectory directory,
    PlanModels models,
    IEnumerable<IPlanUse> uses,
    PlanLock turns,
    RequestSecrets secrets,
    EventLog events
)
{
    /// <summary>Saves a new plan. Disarmed, unless the body arms it (F1).</summary>
    public async Task<PlanEntry> CreateAsync(ClaimsPrincipal actor, JsonObject body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        return await CreateAsync(actor, PlanBody.Read(body, null), PlanBody.Armed(body) ?? false, ct);
    }

    public async Task<PlanEntry> CreateAsync(
        ClaimsPrincipal actor,
        PlanDefinition definition,
        bool armed,
        CancellationToken ct
    )
    {
        Access.Demand(actor, Role.Administrator);
        PlanValidation.Demand(definition);
        definition = secrets.Seal(definition, null);
        using var turn = await turns.EnterAsync(ct);
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
            $"{Access.Name(actor)} added the plan \"{row.Name}\"{(armed ? Sentence.Of($", armed") : null)}."
        );
    }

    /// <summary>Changes a plan; keys that the body leaves out keep. With a <c>revision</c> only that one is replaced.</summary>
    public async Task<PlanEntry> UpdateAsync(ClaimsPrincipal actor, int id, JsonObject body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        var (armed, replaces) = (PlanBody.Armed(body), PlanBody.Revision(body));
        using var turn = await turns.EnterAsync(ct);
        var definition = PlanBody.Read(body, directory.Find(id)?.Definition);
        return await ReplaceAsync(actor, id, definition, armed, replaces, ct);
    }

    /// <summary>Changes a plan. A run in progress goes on with what it froze (F3, I14).</summary>
    /// <param name="armed">Null keeps.</param>
    /// <param name="replaces">The revision that the change was made from; null: whatever is stored.</param>
    /// <exception cref="ConflictException">Another revision is stored, or a target belongs to another armed plan.</exception>
    public async Task<PlanEntry> UpdateAsync(
        ClaimsPrincipal actor,
        int id,
        PlanDefinition definition,
        bool? armed,
        int? replaces,
        CancellationToken ct
    )
    {
        Access.Demand(actor, Role.Administrator);
        PlanValidation.Demand(definition);
        using var turn = await turns.EnterAsync(ct);
        return await ReplaceAsync(actor, id, definition, armed, replaces, ct);
    }

    private async Task<PlanEntry> ReplaceAsync(
        ClaimsPrincipal actor,
        int id,
        PlanDefinition definition,
        bool? armed,
        int? replaces,
        CancellationToken ct
    )
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await FindAsync(db, id, ct);
        if (replaces is { } revision && revision != row.Revision)
            throw new ConflictException(
                $"Somebody else saved \"{row.Name}\" meanwhile: it has revision {row.Revision}, and this change was made from {revision}."
            );
        definition = secrets.Seal(definition, directory.Find(id)?.Definition);
        DemandSound(id, armed ?? row.Armed, definition);
        Apply(row, definition, armed ?? row.Armed);
        await SaveAsync(db, row, ct);
        return Saved(actor, row, "plan.updated", $"{Access.Name(actor)} changed the plan \"{row.Name}\".");
    }

    public async Task<PlanEntry> ArmAsync(ClaimsPrincipal actor, int id, bool armed, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        using var turn = await turns.EnterAsync(ct);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await FindAsync(db, id, ct);
        var plan = directory.Find(id) ?? throw new NotFoundException($"Plan {id}");
        DemandSound(id, armed, plan.Definition);
        row.Armed = armed;
        await SaveAsync(db, row, ct);
        var verb = armed ? "armed" : "disarmed";
        return Saved(
            actor,
            row,
            $"plan.{verb}",
            armed
                ? Sentence.Of($"{Access.Name(actor)} armed the plan \"{row.Name}\".")
                : Sentence.Of($"{Access.Name(actor)} disarmed the plan \"{row.Name}\".")
        );
    }

    public async Task DeleteAsync(ClaimsPrincipal actor, int id, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        using var turn = await turns.EnterAsync(ct);
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
        var found = models.Problems(model).Where(p => p.IsError && (armed || ForbidsSaving(p))).ToList();
        if (found.Count > 0)
            throw new InvalidInputException(
                found.GroupBy(p => p.Field).ToDictionary(g => g.Key, g => g.Select(p => p.Said).ToArray())
            );
        if (!armed)
            return;
        foreach (var other in directory.Plans.Where(p => p.Armed && p.Id != id))
        {
            if (PlanOverlap.Find(model, models.Of(other)).FirstOrDefault() is { Name: { } shared })
                throw new ConflictException(OwnedText(shared, other));
        }
    }

    /// <summary>A plan may be wrong and wait for mending, but rows cannot name what is not there.</summary>
    internal static bool ForbidsSaving(PlanProblem problem) =>
        problem.IsError && problem.Code.StartsWith("unknown", StringComparison.Ordinal);

    internal static Sentence OwnedText(string target, PlanEntry owner) =>
        $"{target} belongs to the armed plan \"{owner.Definition.Name}\" already.";

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

    private PlanEntry Saved(ClaimsPrincipal actor, PlanRow row, string type, Sentence message)
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

using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Storage;

namespace VmPowerManager.Accounts;

/// <summary>Personal API tokens: made and ended by their owner; an administrator may end anybody's.</summary>
internal sealed class ApiTokenCommands(IDbContextFactory<AppDb> databases, EventLog events, TimeProvider time)
{
    private const int LongestDays = 3650;

    /// <summary>The answer holds the token itself, this once.</summary>
    /// <exception cref="InvalidInputException">Something is missing or out of range.</exception>
    /// <exception cref="ForbiddenException">The role is above the actor's own.</exception>
    public async Task<ApiTokenView> AddAsync(ClaimsPrincipal actor, ApiTokenRequest request, CancellationToken ct)
    {
        Access.Demand(actor, Role.Viewer);
        var (name, role) = Demand(request);
        Access.Demand(actor, role);
        // It could outlive the one that made it.
        if (actor.Identity?.AuthenticationType == Doors.ApiToken)
            throw new ForbiddenException("An API token cannot make another: sign in with the password.");
        var owner = Access.UserId(actor) ?? throw new ForbiddenException("Only a person has API tokens.");
        var token = TokenText.ApiTokenPrefix + TokenText.New();
        var now = time.GetUtcNow();
        var row = new ApiTokenRow
        {
            UserId = owner,
            Name = name,
            Role = role,
            Hash = TokenText.Hash(token),
            CreatedAt = now,
            ExpiresAt = request.ExpiresInDays is { } days ? now.AddDays(days) : null,
        };
        await using var db = await databases.CreateDbContextAsync(ct);
        db.Add(row);
        await db.SaveChangesAsync(ct);
        Tell(actor, "accounts.tokenCreated", $"The API token {name} was created as {role}.", row.Id);
        return new ApiTokenView(row.Id, row.Name, row.Role, row.CreatedAt, row.ExpiresAt, token);
    }

    /// <exception cref="NotFoundException">No such token, or it is somebody else's.</exception>
    public async Task RemoveAsync(ClaimsPrincipal actor, int id, CancellationToken ct)
    {
        Access.Demand(actor, Role.Viewer);
        var owner = Access.UserId(actor);
        var all = Access.Allows(actor, Role.Administrator);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row =
            await db.Set<ApiTokenRow>().FirstOrDefaultAsync(t => t.Id == id && (all || t.UserId == owner), ct)
            ?? throw new NotFoundException($"The API token {id}");
        db.Remove(row);
        await db.SaveChangesAsync(ct);
        Tell(actor, "accounts.tokenDeleted", $"The API token {row.Name} was deleted.", id);
    }

    private static (string Name, Role Role) Demand(ApiTokenRequest request)
    {
        var errors = new Dictionary<string, string[]>();
        if (string.IsNullOrWhiteSpace(request.Name))
            errors["name"] = ["is required."];
        if (request.Role is null)
            errors["role"] = ["is required."];
        if (request.ExpiresInDays is < 1 or > LongestDays)
            errors["expiresInDays"] = [$"must be between 1 and {LongestDays}, or null."];
        // No error: both are there.
        return errors.Count == 0
            ? (request.Name!.Trim(), request.Role!.Value)
            : throw new InvalidInputException(errors);
    }

    private void Tell(ClaimsPrincipal actor, string type, Sentence message, int id) =>
        events.Append(
            new NewEvent(type, Severity.Info, "system", message) { Actor = Access.Name(actor), Data = new { id } }
        );
}

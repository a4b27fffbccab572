using System.Globalization;
using System.Security.Claims;
using VmPowerManager.Core;

namespace VmPowerManager.Accounts;

/// <summary>Roles, weakest first; each may do what the weaker ones may (API.md: Getting in).</summary>
public enum Role
{
    Viewer,
    Operator,
    Administrator,
}

/// <summary>The one check of who may do what. Every command calls it first, whatever door the caller came through.</summary>
public static class Access
{
    /// <exception cref="ForbiddenException">The actor's role is weaker than <paramref name="needed"/>.</exception>
    public static void Demand(ClaimsPrincipal actor, Role needed)
    {
        if (!Allows(actor, needed))
            throw new ForbiddenException($"This needs the role {needed}.");
    }

    public static bool Allows(ClaimsPrincipal actor, Role needed) =>
        Enum.GetValues<Role>().Any(r => r >= needed && actor.IsInRole(r.ToString()));

    /// <summary>The name that the audit shows.</summary>
    public static string Name(ClaimsPrincipal actor) => actor.Identity?.Name ?? "unknown";

    /// <summary>The id of the person who acts, or null for the process itself.</summary>
    public static int? UserId(ClaimsPrincipal actor) =>
        int.TryParse(actor.FindFirstValue(Doors.SubjectClaim), CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>The process itself, for what it does on its own account.</summary>
    public static ClaimsPrincipal System { get; } =
        new(
            new ClaimsIdentity(
                [new Claim(ClaimTypes.Name, "system"), new Claim(ClaimTypes.Role, nameof(Role.Administrator))],
                "system"
            )
        );
}

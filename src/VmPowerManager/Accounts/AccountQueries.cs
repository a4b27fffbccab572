using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Core;
using VmPowerManager.Storage;

namespace VmPowerManager.Accounts;

/// <summary>Reads users and tokens.</summary>
internal sealed class AccountQueries(IDbContextFactory<AppDb> databases)
{
    /// <exception cref="ForbiddenException">Not an administrator.</exception>
    public async Task<Page<UserView>> UsersAsync(ClaimsPrincipal actor, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await db.Set<AppUser>()
            .AsNoTracking()
            .Join(db.Set<IdentityUserRole<int>>(), u => u.Id, r => r.UserId, (u, r) => new { User = u, r.RoleId })
            .OrderBy(x => x.User.Id)
            .ToListAsync(ct);
        return new Page<UserView>(rows.ConvertAll(x => UserView.From(x.User, (Role)(x.RoleId - 1))));
    }

    /// <summary>The actor's own account.</summary>
    /// <exception cref="NotFoundException">It has been deleted.</exception>
    public async Task<UserView> OwnAsync(ClaimsPrincipal actor, CancellationToken ct)
    {
        Access.Demand(actor, Role.Viewer);
        var id = Access.UserId(actor);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row =
            await db.Set<AppUser>()
                .AsNoTracking()
                .Where(u => u.Id == id)
                .Join(db.Set<IdentityUserRole<int>>(), u => u.Id, r => r.UserId, (u, r) => new { User = u, r.RoleId })
                .FirstOrDefaultAsync(ct)
            ?? throw new NotFoundException("This account");
        return UserView.From(row.User, (Role)(row.RoleId - 1));
    }

    /// <summary>The actor's own tokens.</summary>
    public async Task<Page<ApiTokenView>> TokensAsync(ClaimsPrincipal actor, CancellationToken ct)
    {
        Access.Demand(actor, Role.Viewer);
        var owner = Access.UserId(actor);
        await using var db = await databases.CreateDbContextAsync(ct);
        return new Page<ApiTokenView>(
            await db.Set<ApiTokenRow>()
                .Where(t => t.UserId == owner)
                .OrderBy(t => t.Id)
                .Select(t => new ApiTokenView(t.Id, t.Name, t.Role, t.CreatedAt, t.ExpiresAt, null))
                .ToListAsync(ct)
        );
    }
}

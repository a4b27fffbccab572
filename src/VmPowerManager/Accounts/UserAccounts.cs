using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Core;
using VmPowerManager.Storage;

namespace VmPowerManager.Accounts;

/// <summary>Users with their one role, by way of ASP.NET Core Identity. Scoped, as its UserManager is; checks no rights:
/// that is for the commands, which are its only callers.</summary>
internal sealed class UserAccounts(
    UserManager<AppUser> users,
    AppDb db,
    IPasswordHasher<AppUser> hasher,
    Standings standings,
    TimeProvider time
)
{
    public Task<bool> AnyAsync(CancellationToken ct) => db.Set<AppUser>().AnyAsync(ct);

    public Task<AppUser?> FindAsync(int id, CancellationToken ct) =>
        db.Set<AppUser>().FirstOrDefaultAsync(u => u.Id == id, ct);

    public async Task<AppUser> GetAsync(int id, CancellationToken ct) =>
        await FindAsync(id, ct) ?? throw new NotFoundException($"The user {id}");

    public async Task<bool> IsLastAdministratorAsync(int id, CancellationToken ct)
    {
        var administrators = await db.Set<IdentityUserRole<int>>()
            .Where(r => r.RoleId == RoleId(Role.Administrator))
            .Select(r => r.UserId)
            .ToListAsync(ct);
        return administrators is [var only] && only == id;
    }

    /// <summary>Creates a user. The password policy is asked unless <paramref name="trusted"/>: a password from the
    /// configuration is its owner's own business.</summary>
    public async Task<AppUser> AddAsync(string email, string password, Role role, bool trusted, CancellationToken ct)
    {
        var user = new AppUser
        {
            UserName = email,
            Email = email,
            EmailConfirmed = true,
            CreatedAt = time.GetUtcNow(),
        };
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (trusted)
        {
            user.PasswordHash = hasher.HashPassword(user, password);
            Demand(await users.CreateAsync(user), email);
        }
        else
            Demand(await users.CreateAsync(user, password), email);
        db.Add(new IdentityUserRole<int> { UserId = user.Id, RoleId = RoleId(role) });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return user;
    }

    /// <summary>Changes what is given. Another password or role ends every session of the user; another password ends their
    /// API tokens, too.</summary>
    public async Task ChangeAsync(AppUser user, string email, string? password, Role role, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!string.Equals(user.Email, email, StringComparison.OrdinalIgnoreCase))
        {
            user.UserName = email;
            user.Email = email;
            Demand(await users.UpdateAsync(user), email);
        }
        if (!string.IsNullOrEmpty(password))
        {
            await ReplacePasswordAsync(user, password, ct);
            await ClearLockAsync(user);
        }
        var roles = db.Set<IdentityUserRole<int>>();
        if (!await roles.AnyAsync(r => r.UserId == user.Id && r.RoleId == RoleId(role), ct))
        {
            await roles.Where(r => r.UserId == user.Id).ExecuteDeleteAsync(ct);
            roles.Add(new IdentityUserRole<int> { UserId = user.Id, RoleId = RoleId(role) });
            await db.SaveChangesAsync(ct);
            Demand(await users.UpdateSecurityStampAsync(user), email);
        }
        await transaction.CommitAsync(ct);
        standings.Forget(user.Id);
    }

    /// <summary>The same for the password alone.</summary>
    public async Task SetPasswordAsync(AppUser user, string password, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await ReplacePasswordAsync(user, password, ct);
        await transaction.CommitAsync(ct);
        standings.Forget(user.Id);
    }

    /// <summary>Ends a lock-out; sessions stay as they are.</summary>
    public async Task UnlockAsync(AppUser user, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await ClearLockAsync(user);
        await transaction.CommitAsync(ct);
    }

    public async Task RemoveAsync(AppUser user)
    {
        Demand(await users.DeleteAsync(user), user.Email ?? "");
        standings.Forget(user.Id);
    }

    private async Task ReplacePasswordAsync(AppUser user, string password, CancellationToken ct)
    {
        var email = user.Email ?? "";
        Demand(await users.RemovePasswordAsync(user), email);
        Demand(await users.AddPasswordAsync(user, password), email);
        await db.Set<ApiTokenRow>().Where(t => t.UserId == user.Id).ExecuteDeleteAsync(ct);
    }

    private async Task ClearLockAsync(AppUser user)
    {
        Demand(await users.SetLockoutEndDateAsync(user, null), user.Email ?? "");
        Demand(await users.ResetAccessFailedCountAsync(user), user.Email ?? "");
    }

    private static int RoleId(Role role) => (int)role + 1;

    private static void Demand(IdentityResult result, string email)
    {
        if (result.Succeeded)
            return;
        if (result.Errors.Any(e => e.Code is "DuplicateEmail" or "DuplicateUserName"))
            throw new ConflictException($"A user with the e-mail address {email} exists already.");
        throw new InvalidInputException(
            result.Errors.GroupBy(Field, e => e.Description).ToDictionary(g => g.Key, g => g.Distinct().ToArray())
        );
    }

    private static string Field(IdentityError error) =>
        error.Code switch
        {
            ['P', 'a', 's', 's', 'w', 'o', 'r', 'd', ..] => "password",
            "InvalidEmail" or "InvalidUserName" => "email",
            _ => "",
        };
}

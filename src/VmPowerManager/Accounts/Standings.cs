using System.Collections.Concurrent;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Core;
using VmPowerManager.Storage;

namespace VmPowerManager.Accounts;

/// <summary>What a user may do now. The stamp changes with password, role and second factor, and ends every token
/// that was given out before; it is hashed, for it travels in tokens.</summary>
internal sealed record Standing(int UserId, string Email, Role Role, string Stamp);

/// <summary>Standings, read at most once a minute a user. A database that does not answer locks nobody out: the last
/// known standing serves on.</summary>
internal sealed class Standings(IDbContextFactory<AppDb> databases, AccountChanges changes, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<int, (Standing? Standing, TimeSpan Read)> _cache = new();
    private int _forgotten;

    /// <summary>Null: no such user, or one without a role.</summary>
    public Task<Standing?> FindAsync(int userId, CancellationToken ct) =>
        _cache.TryGetValue(userId, out var cached) && time.Elapsed() - cached.Read < Fresh
            ? Task.FromResult(cached.Standing)
            : RefreshAsync(userId, ct);

    /// <summary>Reads it now: whoever has just proved themselves gets what the database says.</summary>
    public async Task<Standing?> RefreshAsync(int userId, CancellationToken ct)
    {
        var now = time.Elapsed();
        var cached = _cache.GetValueOrDefault(userId);
        var forgotten = Volatile.Read(ref _forgotten);
        try
        {
            var standing = await ReadAsync(userId, ct);
            if (standing is null)
                _cache.TryRemove(userId, out _);
            else
                _cache[userId] = (standing, now);
            // Read before a change and kept after it, it would let in for a minute whom the change shut out.
            if (Volatile.Read(ref _forgotten) != forgotten)
                _cache.TryRemove(userId, out _);
            return standing;
        }
        catch (SqliteException) when (cached.Standing is not null)
        {
            return cached.Standing;
        }
    }

    /// <summary>The user was changed: the next look is at the database, and whoever watches looks now.</summary>
    public void Forget(int userId)
    {
        Interlocked.Increment(ref _forgotten);
        _cache.TryRemove(userId, out _);
        changes.Tell();
    }

    public static string HashStamp(string? stamp) => TokenText.Hash(stamp ?? "")[..32];

    private async Task<Standing?> ReadAsync(int userId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var found = await db.Set<AppUser>()
            .Where(u => u.Id == userId)
            .Join(
                db.Set<IdentityUserRole<int>>(),
                u => u.Id,
                r => r.UserId,
                (u, r) =>
                    new
                    {
                        u.Email,
                        u.SecurityStamp,
                        r.RoleId,
                    }
            )
            .FirstOrDefaultAsync(ct);
        return found is null
            ? null
            : new Standing(userId, found.Email ?? "", (Role)(found.RoleId - 1), HashStamp(found.SecurityStamp));
    }
}

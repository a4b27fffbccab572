using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;

namespace VmPowerManager.Storage;

/// <summary>The key/value table: <c>feature.name</c> to text, or to a protected secret.</summary>
public sealed class Settings(IDbContextFactory<AppDb> databases, SecretBox box)
{
    /// <summary>The value, or null.</summary>
    public async Task<string?> FindAsync(string key, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Set<SettingRow>().Where(s => s.Key == key).Select(s => s.Value).FirstOrDefaultAsync(ct);
    }

    /// <summary>Adds or replaces.</summary>
    public async Task SaveAsync(string key, string value, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await db.Set<SettingRow>().FirstOrDefaultAsync(s => s.Key == key, ct);
        if (row is null)
            db.Add(new SettingRow { Key = key, Value = value });
        else
            row.Value = value;
        await db.SaveChangesAsync(ct);
    }

    /// <summary>The secret, or null.</summary>
    /// <exception cref="CryptographicException">The key that protected it is gone.</exception>
    public async Task<string?> FindSecretAsync(string key, CancellationToken ct) =>
        await FindAsync(key, ct) is { } sealedSecret ? box.Unprotect<string>(sealedSecret) : null;

    public Task SaveSecretAsync(string key, string secret, CancellationToken ct) =>
        SaveAsync(key, box.Protect(secret), ct);
}

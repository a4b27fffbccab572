using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace VmPowerManager.Storage;

/// <summary>Ready means: app.db answers.</summary>
internal sealed class DatabaseHealth(IDbContextFactory<AppDb> databases) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken ct = default)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            db.Database.SetCommandTimeout(TimeSpan.FromSeconds(1));
            await db.Set<SettingRow>().AsNoTracking().Take(1).CountAsync(ct);
            return HealthCheckResult.Healthy("app.db answers.");
        }
        catch (SqliteException e)
        {
            return HealthCheckResult.Unhealthy($"app.db does not answer: {e.Message}");
        }
    }
}

/// <summary>Ready means: the stored secrets can be read.</summary>
internal sealed class SecretsHealth(SecretCanary canary) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken ct = default) =>
        Task.FromResult(
            canary.Fault is not null
                // Anybody may ask: where the keys should be is for the log and for administrators.
                ? HealthCheckResult.Unhealthy("The stored secrets cannot be read: the log says what to do.")
                : HealthCheckResult.Healthy("The stored secrets can be read.")
        );
}

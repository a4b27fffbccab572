using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace VmPowerManager.Storage;

public static class StorageRegistration
{
    /// <summary>Data folder, lock, keys, secrets and app.db. Touches nothing on disk before
    /// <see cref="StartStorageAsync"/>.</summary>
    public static WebApplicationBuilder AddStorage(this WebApplicationBuilder builder)
    {
        var path = builder.Configuration["Data:Path"];
        var folder = new DataFolder(
            Path.Combine(builder.Environment.ContentRootPath, string.IsNullOrWhiteSpace(path) ? "data" : path)
        );
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(folder);
        services.AddSingleton<InstanceLock>();
        services.AddSingleton<DatabaseStart>();
        services.AddSingleton<SecretBox>();
        services.AddSingleton<SecretCanary>();
        services.AddSingleton<Settings>();
        services
            .AddDataProtection()
            .SetApplicationName("VmPowerManager")
            .PersistKeysToFileSystem(new DirectoryInfo(folder.Keys));
        services.AddDbContextFactory<AppDb>(o => o.UseSqlite(ConnectionString(folder)));
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database").AddCheck<SecretsHealth>("secrets");
        return builder;
    }

    /// <summary>Takes the lock, migrates, proves the keys. Call before anything else runs.</summary>
    /// <exception cref="StartRefusedException">The program must not start.</exception>
    public static async Task StartStorageAsync(this IServiceProvider services, CancellationToken ct)
    {
        services.GetRequiredService<DataFolder>().Create();
        services.GetRequiredService<InstanceLock>().Take();
        await services.GetRequiredService<DatabaseStart>().RunAsync(ct);
        await services.GetRequiredService<SecretCanary>().CheckAsync(ct);
    }

    /// <summary>Foreign keys on; a statement waits at most 5 s for a lock that somebody else holds. WAL is a property
    /// of the file, see <see cref="DatabaseStart"/>.</summary>
    private static string ConnectionString(DataFolder folder) =>
        new SqliteConnectionStringBuilder
        {
            DataSource = folder.AppDb,
            ForeignKeys = true,
            DefaultTimeout = 5,
        }.ToString();
}

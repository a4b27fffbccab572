using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Storage;

namespace VmPowerManager.Tests.Ups;

/// <summary>An app.db of its own, with the model's tables.</summary>
public sealed class TestDatabase : IDbContextFactory<AppDb>, IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vmhpm-ups-").FullName;
    private readonly DbContextOptions<AppDb> _options;

    public TestDatabase()
    {
        Folder = new DataFolder(_folder);
        _options = new DbContextOptionsBuilder<AppDb>()
            .UseSqlite($"Data Source={Folder.AppDb};Default Timeout=1")
            .Options;
        using var db = CreateDbContext();
        db.Database.EnsureCreated();
    }

    public DataFolder Folder { get; }

    public AppDb CreateDbContext() => new(_options);

    public ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

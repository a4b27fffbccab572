using System.Diagnostics;
using System.Net;
using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Storage;

namespace VmPowerManager.Tests.Storage;

[UnsupportedOSPlatform("windows")]
public sealed class StorageStartTests : IDisposable
{
    private readonly string _folder = RunningApp.NewFolder();

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task FirstStart_NoFolder_CreatesItForItsOwnerAlone()
    {
        var data = Path.Combine(_folder, "new");
        await using var app = await RunningApp.StartAsync(data);

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(data)
        );
        Assert.Equal("wal", await ScalarAsync(data, "PRAGMA journal_mode"));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(data, "keys")));
    }

    [Fact]
    public async Task Model_HasItsMigration()
    {
        await using var app = await RunningApp.StartAsync(_folder);
        await using var db = await app.Get<IDbContextFactory<AppDb>>().CreateDbContextAsync();
        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task ForeignKeys_AreKept()
    {
        await using var app = await RunningApp.StartAsync(_folder);
        await using var db = await app.Get<IDbContextFactory<AppDb>>().CreateDbContextAsync();
        await Assert.ThrowsAsync<SqliteException>(() =>
            db.Database.ExecuteSqlRawAsync("INSERT INTO UserRoles (UserId, RoleId) VALUES (4711, 1)")
        );
    }

    [Fact]
    public async Task SecondProcess_SameFolder_EndsWithOneLine()
    {
        await using var app = await RunningApp.StartAsync(_folder);

        var (code, output, error) = await RunAsync(_folder);

        Assert.Equal(1, code);
        Assert.Equal("", output);
        Assert.Equal($"Another VM Host Power Manager is already running on the data folder {_folder}.", error.Trim());
    }

    [Fact]
    public async Task NothingPending_StaleLockRow_StartsAtOnce()
    {
        await (await RunningApp.StartAsync(_folder)).DisposeAsync();
        await ScalarAsync(_folder, StaleLock);

        await using var app = await RunningApp.StartAsync(_folder);

        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("/healthz/ready")).StatusCode);
        Assert.Empty(Directory.GetFiles(_folder, "app.db.before-*"));
    }

    [Fact]
    public async Task Pending_StaleLockRow_BacksUpAndMigrates()
    {
        await ScalarAsync(_folder, "CREATE TABLE Old (Id INTEGER); INSERT INTO Old VALUES (42)");
        await ScalarAsync(
            _folder,
            "CREATE TABLE \"__EFMigrationsLock\" (\"Id\" INTEGER NOT NULL CONSTRAINT \"PK___EFMigrationsLock\" PRIMARY KEY, "
                + "\"Timestamp\" TEXT NOT NULL)"
        );
        await ScalarAsync(_folder, StaleLock);
        for (var i = 0; i < 4; i++)
            await File.WriteAllTextAsync(Path.Combine(_folder, $"app.db.before-{i}"), "");

        await using var app = await RunningApp.StartAsync(_folder);

        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("/healthz/ready")).StatusCode);
        var backups = Directory.GetFiles(_folder, "app.db.before-*").Where(f => new FileInfo(f).Length > 0).ToList();
        Assert.Equal(3, Directory.GetFiles(_folder, "app.db.before-*").Length);
        await using var backup = new SqliteConnection($"Data Source={Assert.Single(backups)}");
        await backup.OpenAsync();
        Assert.Equal("42", await ScalarAsync(backup, "SELECT Id FROM Old"));
    }

    [Fact]
    public async Task NewerDatabase_RefusesToStart()
    {
        await (await RunningApp.StartAsync(_folder)).DisposeAsync();
        await ScalarAsync(_folder, "INSERT INTO \"__EFMigrationsHistory\" VALUES ('99990101000000_Future', '99')");

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => RunningApp.StartAsync(_folder));

        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
        Assert.Contains("99990101000000_Future", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CorruptFile_EndsNamingFileAndBackup()
    {
        var backup = Path.Combine(_folder, "app.db.before-20260101000000_X");
        await File.WriteAllTextAsync(backup, "");
        await File.WriteAllTextAsync(Path.Combine(_folder, "app.db"), new string('x', 8192));

        var (code, _, error) = await RunAsync(_folder);

        Assert.Equal(1, code);
        Assert.Contains(Path.Combine(_folder, "app.db"), error, StringComparison.Ordinal);
        Assert.Contains(backup, error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task CorruptPage_EndsNamingFile()
    {
        await (await RunningApp.StartAsync(_folder)).DisposeAsync();
        SqliteConnection.ClearAllPools();
        await using (var file = File.OpenWrite(Path.Combine(_folder, "app.db")))
        {
            file.Seek(4096, SeekOrigin.Begin);
            await file.WriteAsync(new byte[4096 * 6]);
        }

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => RunningApp.StartAsync(_folder));

        Assert.Contains("is damaged", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnwritableFolder_EndsNamingIt()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "");

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() =>
            RunningApp.StartAsync(Path.Combine(file, "data"))
        );

        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LostKeys_RunsNotReadyAndSaysSo_UntilAccepted()
    {
        await (await RunningApp.StartAsync(_folder)).DisposeAsync();
        foreach (var key in Directory.GetFiles(Path.Combine(_folder, "keys")))
            File.Delete(key);

        await using (var app = await RunningApp.StartAsync(_folder))
        {
            var ready = await app.Client.GetAsync("/healthz/ready");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Contains("cannot be read", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("/healthz/live")).StatusCode);
            Assert.Contains(app.Log.All, l => l.StartsWith("Critical: The stored secrets", StringComparison.Ordinal));
            Assert.Contains(
                app.Get<VmPowerManager.Events.EventLog>().Latest(),
                e => e.Type == "storage.secretsUnreadable"
            );
            using var admin = await app.SignInAsync();
            Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/api/v1/events")).StatusCode);
        }

        await (await RunningApp.StartAsync(_folder, args: "--Data:AcceptLostKeys=true")).DisposeAsync();
        await using var again = await RunningApp.StartAsync(_folder);
        Assert.Equal(HttpStatusCode.OK, (await again.Client.GetAsync("/healthz/ready")).StatusCode);
    }

    private const string StaleLock = "INSERT INTO \"__EFMigrationsLock\" VALUES (1, '2026-01-01 00:00:00+00:00')";

    private static async Task<string?> ScalarAsync(string folder, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "app.db")}");
        await connection.OpenAsync();
        return await ScalarAsync(connection, sql);
    }

    private static async Task<string?> ScalarAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        return (await command.ExecuteScalarAsync())?.ToString();
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string folder)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "VmPowerManager.dll"),
                "--urls=http://127.0.0.1:0",
                $"--Data:Path={folder}",
            },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}

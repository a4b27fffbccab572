using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace VmPowerManager.Storage;

/// <summary>Brings app.db to this program's schema, once a start, before anything else touches it. The instance lock is
/// held, so nobody else migrates (STYLE: Toolchain 5).</summary>
public sealed partial class DatabaseStart(
    IDbContextFactory<AppDb> databases,
    DataFolder folder,
    ILogger<DatabaseStart> logger
)
{
    private const int BackupsKept = 3;

    /// <summary>Beyond this a check of every page would spend the start-up budget.</summary>
    private const long LargestChecked = 256L << 20;
    private const int SqliteCorrupt = 11;
    private const int SqliteNotADatabase = 26;

    /// <exception cref="StartRefusedException">The file is corrupt, newer than this program, or cannot be migrated.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            await CheckAsync(db, ct);
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = 'wal'", ct);
            var known = db.Database.GetMigrations().ToList();
            var applied = (await db.Database.GetAppliedMigrationsAsync(ct)).ToList();
            if (applied.Except(known).LastOrDefault() is { } newer)
                throw new StartRefusedException(
                    $"{folder.AppDb} was written by a newer version of this program ({newer})."
                );
            var pending = known.Except(applied).ToList();
            if (pending.Count > 0)
                await MigrateAsync(db, pending[^1], ct);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SqliteCorrupt or SqliteNotADatabase)
        {
            throw Corrupt(e.Message, e);
        }
        catch (SqliteException e)
        {
            throw new StartRefusedException($"{folder.AppDb} cannot be used: {e.Message}", e);
        }
    }

    private async Task CheckAsync(AppDb db, CancellationToken ct)
    {
        var file = new FileInfo(folder.AppDb);
        if (!file.Exists || file.Length is 0 or > LargestChecked)
            return;
        var verdict = await db.Database.SqlQueryRaw<string>("PRAGMA quick_check(1)").ToListAsync(ct);
        if (verdict is not ["ok"])
            throw Corrupt(string.Join(' ', verdict), null);
    }

    private async Task MigrateAsync(AppDb db, string target, CancellationToken ct)
    {
        if (await CountTablesAsync(db, "%", ct) > 0)
        {
            await BackUpAsync(db, target, ct);
            // A start that was killed while it migrated leaves its row, and MigrateAsync would wait for it for ever.
            if (await CountTablesAsync(db, "__EFMigrationsLock", ct) > 0)
                await db.Database.ExecuteSqlRawAsync("DELETE FROM \"__EFMigrationsLock\"", ct);
        }
        await db.Database.MigrateAsync(ct);
        LogMigrated(logger, target);
    }

    private static Task<int> CountTablesAsync(AppDb db, string name, CancellationToken ct) =>
        db
            .Database.SqlQuery<int>(
                $"SELECT COUNT(*) AS Value FROM sqlite_master WHERE type = 'table' AND name LIKE {name}"
            )
            .SingleAsync(ct);

    private async Task BackUpAsync(AppDb db, string target, CancellationToken ct)
    {
        var backup = $"{folder.AppDb}.before-{target}";
        var unfinished = backup + ".tmp";
        File.Delete(unfinished);
        await db.Database.ExecuteSqlAsync($"VACUUM INTO {unfinished}", ct);
        File.Move(unfinished, backup, overwrite: true);
        foreach (var old in Backups().Skip(BackupsKept))
            old.Delete();
        LogBackedUp(logger, backup);
    }

    private List<FileInfo> Backups() =>
        new DirectoryInfo(folder.Path)
            .EnumerateFiles("app.db.before-*")
            .Where(f => f.Extension != ".tmp")
            .OrderByDescending(f => f.LastWriteTimeUtc)
            .ToList();

    private StartRefusedException Corrupt(string words, Exception? inner) =>
        new(
            $"{folder.AppDb} is damaged ({words}). "
                + (
                    Backups() is [var newest, ..]
                        ? $"Move it away and restore the newest backup, {newest.FullName}."
                        : $"Move it away and restore a backup; there is none in {folder.Path}."
                ),
            inner
        );

    [LoggerMessage(LogLevel.Information, "The database is at {Migration}.")]
    private static partial void LogMigrated(ILogger logger, string migration);

    [LoggerMessage(LogLevel.Information, "The database was copied to {Backup} before its migration.")]
    private static partial void LogBackedUp(ILogger logger, string backup);
}

using Microsoft.Data.Sqlite;
using VmPowerManager.Storage;
using VmPowerManager.Ups.Battery;
using VmPowerManager.Ups.Quality;

namespace VmPowerManager.Ups.History;

/// <summary>The file history.db: samples and rollups, nothing that cannot be lost. Rebuilt empty when it is corrupt or of
/// another version; the old one stays beside it as <c>history.db.bad</c>.</summary>
internal sealed partial class HistoryDb(DataFolder folder, ILogger<HistoryDb> logger)
{
    /// <summary>Raised with every change of a table; another table needs none.</summary>
    public const int Version = 1;
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    /// <summary>The one connection that writes. Blocks; the caller has a thread for it.</summary>
    public SqliteConnection OpenForWriting()
    {
        Directory.CreateDirectory(folder.Path);
        try
        {
            return Prepare();
        }
        catch (SqliteException e) when (IsCorrupt(e))
        {
            return Rebuild(e);
        }
    }

    /// <summary>Sets the file aside and begins an empty one.</summary>
    public SqliteConnection Rebuild(SqliteException why)
    {
        LogRebuilt(logger, why, folder.HistoryDb);
        File.Move(folder.HistoryDb, folder.HistoryDb + ".bad", overwrite: true);
        File.Delete(folder.HistoryDb + "-wal");
        File.Delete(folder.HistoryDb + "-shm");
        return Prepare();
    }

    /// <summary>A connection for one query; null while there is no file.</summary>
    public SqliteConnection? OpenForReading()
    {
        if (!File.Exists(folder.HistoryDb))
            return null;
        var connection = new SqliteConnection(
            $"Data Source={folder.HistoryDb};Mode=ReadOnly;Pooling=False;Default Timeout=2"
        );
        connection.Open();
        return connection;
    }

    public static bool IsCorrupt(SqliteException e) => e.SqliteErrorCode is Corrupt or NotADatabase;

    private SqliteConnection Prepare()
    {
        var connection = new SqliteConnection($"Data Source={folder.HistoryDb};Pooling=False;Default Timeout=2");
        try
        {
            connection.Open();
            Run(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;");
            var version = Convert.ToInt32(
                Ask(connection, "PRAGMA user_version"),
                System.Globalization.CultureInfo.InvariantCulture
            );
            if (version is not (0 or Version))
                throw new SqliteException($"history.db is of version {version}, not {Version}.", NotADatabase);
            Run(connection, HistorySql.Schema + QualitySql.Schema + BatterySql.Schema);
            Run(connection, $"PRAGMA user_version={Version}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object? Ask(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{File} cannot be read: history begins anew, the old file is kept as .bad"
    )]
    private static partial void LogRebuilt(ILogger logger, Exception exception, string file);
}

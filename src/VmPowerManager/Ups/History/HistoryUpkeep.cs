using Microsoft.Data.Sqlite;
using VmPowerManager.Ups.Battery;
using VmPowerManager.Ups.Quality;

namespace VmPowerManager.Ups.History;

/// <summary>What history.db needs besides new rows: the end of what a killed process had begun, and room.</summary>
internal static class HistoryUpkeep
{
    private const int Chunk = 2000;

    /// <summary>About a second of a slow disk: what is left waits for the next batch to be written first.</summary>
    private const int ChunksAtOnce = 25;

    /// <summary>Deletes of one UPS, whose tables of its own are small.</summary>
    private static readonly string[] SmallTables = ["energy", .. QualitySql.Tables, .. BatterySql.Tables];

    /// <summary>Once a start, before anything of this process is written: minutes that were never closed, and the
    /// coarser rows above them.</summary>
    public static void CatchUp(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        foreach (var upsId in UpsIds(connection))
        {
            var from = Newest(connection, upsId, HistorySteps.Minute);
            HistoryStore.Execute(connection, HistorySql.InsertMissedMinutes, ("@ups", upsId), ("@from", from));
            foreach (var (finer, step) in HistorySteps.Coarser)
                RollUp(connection, upsId, finer, step);
        }
        HistoryStore.Execute(connection, QualitySql.CloseOpen);
        transaction.Commit();
    }

    /// <summary>Deletes what is kept no longer (DESIGN 4), some chunks at a time.</summary>
    /// <returns>Whether nothing is left to delete.</returns>
    public static bool Clean(SqliteConnection connection, long nowMs)
    {
        var budget = ChunksAtOnce;
        foreach (var upsId in UpsIds(connection))
        {
            foreach (var (step, kept) in HistorySteps.All.Where(s => s.KeptMs < nowMs))
            {
                if (!DeleteBefore(connection, upsId, step, nowMs - kept, ref budget))
                    return false;
            }
            HistoryStore.Execute(
                connection,
                QualitySql.DeleteOldest,
                ("@ups", upsId),
                ("@most", QualitySql.MostOfAKind)
            );
            HistoryStore.Execute(connection, BatterySql.DeleteOldest, ("@ups", upsId), ("@most", BatterySql.MostTests));
        }
        return true;
    }

    /// <summary>All of a UPS that is gone.</summary>
    public static void Delete(SqliteConnection connection, int upsId)
    {
        var budget = int.MaxValue;
        foreach (var (step, _) in HistorySteps.All)
            DeleteBefore(connection, upsId, step, long.MaxValue, ref budget);
        foreach (var table in SmallTables)
            HistoryStore.Execute(connection, $"DELETE FROM {table} WHERE ups = @ups", ("@ups", upsId));
    }

    private static List<int> UpsIds(SqliteConnection connection) =>
        HistoryStore.Select(connection, HistorySql.SelectUpsIds, row => row.GetInt32(0));

    /// <summary>The begin of the newest row of a step, 0 when there is none.</summary>
    private static long Newest(SqliteConnection connection, int upsId, long step) =>
        HistoryStore.Select(
            connection,
            HistorySql.SelectNewest,
            row => row.IsDBNull(0) ? 0 : row.GetInt64(0),
            ("@ups", upsId),
            ("@step", step)
        )[0];

    /// <summary>From the newest coarse row on, which may be of a part of its finer ones.</summary>
    private static void RollUp(SqliteConnection connection, int upsId, long finer, long step)
    {
        var rows = HistoryStore.Select(
            connection,
            HistorySql.SelectCoarse,
            row => (upsId, row.GetInt64(0)),
            ("@ups", upsId),
            ("@finer", finer),
            ("@step", step),
            ("@from", Newest(connection, upsId, step))
        );
        HistoryStore.RollUp(connection, rows, finer, step);
    }

    private static bool DeleteBefore(SqliteConnection connection, int upsId, long step, long before, ref int budget)
    {
        using var command = HistoryStore.Command(
            connection,
            step == HistorySteps.Raw ? HistorySql.DeleteSamples : HistorySql.DeleteRollups
        );
        (string, object?)[] values = [("@ups", upsId), ("@before", before), ("@most", Chunk), ("@step", step)];
        for (; budget > 0; budget--)
        {
            if (HistoryStore.Execute(command, step == HistorySteps.Raw ? values[..3] : values) < Chunk)
                return true;
        }
        return false;
    }
}

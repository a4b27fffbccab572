using Microsoft.Data.Sqlite;

namespace VmPowerManager.Ups.History;

/// <summary>Writes a batch to history.db: one transaction, with the coarser rows that its minutes change.</summary>
internal static class HistoryStore
{
    public static void Write(SqliteConnection connection, HistoryBatch batch)
    {
        using var transaction = connection.BeginTransaction();
        using (var insert = Command(connection, HistorySql.InsertSample))
        {
            foreach (var sample in batch.Samples)
                Execute(insert, Values(sample));
        }
        using (var insert = Command(connection, HistorySql.InsertMinute))
        {
            foreach (var minute in batch.Minutes)
                Execute(insert, Values(minute));
        }
        using (var add = Command(connection, HistorySql.AddEnergy))
        {
            foreach (var minute in batch.Minutes.Where(m => !m.Energy.IsNothing))
                Execute(add, Values(minute.Energy, minute.UpsId, StartOf(minute, HistorySteps.Quarter)));
        }
        foreach (var (finer, step) in HistorySteps.Coarser)
            RollUp(connection, batch.Minutes, finer, step);
        foreach (var note in batch.Notes)
            Execute(connection, note.Sql, [.. note.Values]);
        transaction.Commit();
    }

    /// <summary>Makes one coarse row anew from the finer ones within it.</summary>
    public static void RollUp(
        SqliteConnection connection,
        IEnumerable<(int UpsId, long At)> rows,
        long finer,
        long step
    )
    {
        using var command = Command(connection, HistorySql.RollUp);
        foreach (var (upsId, at) in rows)
            Execute(command, [("@ups", upsId), ("@step", step), ("@finer", finer), ("@at", at)]);
    }

    public static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    public static int Execute(SqliteCommand command, IEnumerable<(string Name, object? Value)> values)
    {
        command.Parameters.Clear();
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command.ExecuteNonQuery();
    }

    public static int Execute(SqliteConnection connection, string sql, params (string Name, object? Value)[] values)
    {
        using var command = Command(connection, sql);
        return Execute(command, values);
    }

    /// <summary>Every row that a statement answers.</summary>
    public static List<T> Select<T>(
        SqliteConnection connection,
        string sql,
        Func<SqliteDataReader, T> row,
        params (string Name, object? Value)[] values
    )
    {
        using var command = Command(connection, sql);
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(row(reader));
        return rows;
    }

    private static void RollUp(
        SqliteConnection connection,
        IReadOnlyList<HistoryMinute> minutes,
        long finer,
        long step
    ) => RollUp(connection, minutes.Select(m => (m.UpsId, StartOf(m, step))).Distinct(), finer, step);

    private static long StartOf(HistoryMinute minute, long step) => minute.StartMs - (minute.StartMs % step);

    private static IEnumerable<(string, object?)> Values(HistorySample sample) =>
        [
            ("@ups", sample.UpsId),
            ("@at", sample.AtMs),
            ("@status", sample.Status),
            ("@ob", sample.OnBattery ? 1 : 0),
            .. HistoryMetric.All.Select((metric, i) => ($"@{metric.Column}", (object?)sample.Values[i])),
        ];

    private static IEnumerable<(string, object?)> Values(HistoryMinute minute) =>
        [
            ("@ups", minute.UpsId),
            ("@at", minute.StartMs),
            ("@n", minute.Readings),
            ("@ob", minute.OnBattery / (double)minute.Readings),
            .. HistoryMetric.All.SelectMany(
                (metric, i) =>
                    new (string, object?)[]
                    {
                        ($"@{metric.Column}_min", minute[i]?.Least),
                        ($"@{metric.Column}_avg", minute[i]?.Mean),
                        ($"@{metric.Column}_max", minute[i]?.Most),
                    }
            ),
        ];

    private static IEnumerable<(string, object?)> Values(Energy energy, int upsId, long at) =>
        [
            ("@ups", upsId),
            ("@at", at),
            ("@mwh", energy.MeasuredWattHours),
            ("@ms", energy.MeasuredSeconds),
            ("@dwh", energy.DerivedWattHours),
            ("@ds", energy.DerivedSeconds),
        ];
}

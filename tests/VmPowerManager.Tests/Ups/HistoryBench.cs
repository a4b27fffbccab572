using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Core.Power;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Pages;

namespace VmPowerManager.Tests.Ups;

/// <summary>The history of UPSes on a file of its own, fed by readings and a clock that a test moves.</summary>
public abstract class HistoryBench : IAsyncDisposable
{
    private protected HistoryBench()
    {
        Store = new HistoryDb(Database.Folder, NullLogger<HistoryDb>.Instance);
        Writer = new HistoryWriter(Store, Recorder, Time, NullLogger<HistoryWriter>.Instance);
        Queries = new HistoryQueries(Store, Time);
    }

    private protected TestDatabase Database { get; } = new();
    private protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private protected HistoryRecorder Recorder { get; } = new();
    private protected HistoryDb Store { get; }
    private protected HistoryWriter Writer { get; }
    private protected HistoryQueries Queries { get; }
    private protected DateTimeOffset Now => Time.GetUtcNow();

    public ValueTask DisposeAsync()
    {
        Writer.Dispose();
        GC.SuppressFinalize(this);
        return Database.DisposeAsync();
    }

    /// <summary>A reading a second, its charge by the minute.</summary>
    private protected void Feed(int minutes, Func<int, double?> charge, Func<int, UpsStatus>? status = null)
    {
        for (var i = 0; i < minutes * 60; i++)
            Record(charge(i / 60), status?.Invoke(i / 60) ?? UpsStatus.OL);
    }

    private protected void Record(double? charge, UpsStatus status = UpsStatus.OL, int upsId = 1)
    {
        var reading = new UpsReading
        {
            At = Now,
            Taken = default,
            Status = status,
            BatteryChargePercent = charge,
        };
        Recorder.Record(upsId, reading, status.HasFlag(UpsStatus.OB));
        Time.Advance(TimeSpan.FromSeconds(1));
    }

    private protected static long Ms(DateTimeOffset from, int minutes) =>
        from.AddMinutes(minutes).ToUnixTimeMilliseconds();

    private protected static long Steps(SqliteConnection connection, int seconds) =>
        Scalar(connection, $"SELECT COUNT(*) FROM rollup WHERE step = {seconds * 1000}");

    private protected static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as long? ?? 0;
    }
}

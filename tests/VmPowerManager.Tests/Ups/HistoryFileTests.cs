using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Core.Power;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Pages;

namespace VmPowerManager.Tests.Ups;

/// <summary>What becomes of the file: a kill, time, deletion, damage, another's lock.</summary>
public sealed class HistoryFileTests : HistoryBench
{
    /// <summary>A process that was killed leaves samples of minutes that it never summed.</summary>
    [Fact]
    public void Start_AfterAKill_SumsWhatWasNot()
    {
        var from = Now;
        Feed(minutes: 20, minute => 100 - minute);
        Writer.Write(0);
        using (var connection = Store.OpenForWriting())
            HistoryStore.Execute(
                connection,
                "DELETE FROM rollup WHERE step > 60000 OR at >= @at",
                ("@at", Ms(from, 10))
            );
        using var next = new HistoryWriter(Store, Recorder, Time, NullLogger<HistoryWriter>.Instance);

        next.Write(long.MaxValue);
        Feed(minutes: 1, _ => 50);
        next.Write(long.MaxValue);

        var minutes = Queries.Read(1, from, from.AddMinutes(21), 21);
        Assert.Equal(21, minutes.Items.Count);
        Assert.Equal(82, minutes.Items[18].Values["batteryChargePercent"].Mean);
        using var file = Store.OpenForReading();
        Assert.NotNull(file);
        Assert.Equal((2, 1, 1), (Steps(file, 900), Steps(file, 3600), Steps(file, 6 * 3600)));
    }

    [Fact]
    public void Clean_AfterALongTimeOff_GoesInPortions()
    {
        using (var connection = Store.OpenForWriting())
            HistoryStore.Execute(
                connection,
                """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
                INSERT INTO sample (ups, at, status, ob) SELECT 1, i * 1000, 1, 0 FROM n
                """
            );
        using var file = Store.OpenForWriting();
        var passes = 1;
        while (!HistoryUpkeep.Clean(file, Now.ToUnixTimeMilliseconds()))
            passes++;

        Assert.Equal((2, 0), (passes, Scalar(file, "SELECT COUNT(*) FROM sample")));
    }

    [Fact]
    public void Clean_AfterItsTime_EveryKindGoesAndTheHoursStay()
    {
        Feed(minutes: 120, minute => minute % 2 == 0 ? 100 : 50);
        Writer.Write(long.MaxValue);
        using var connection = Store.OpenForWriting();
        long Rows(string where) => Scalar(connection, $"SELECT COUNT(*) FROM {where}");
        long At(int days) => Now.AddDays(days).ToUnixTimeMilliseconds();
        Assert.True(Rows("sample") >= 120);

        HistoryUpkeep.Clean(connection, At(3));
        Assert.Equal((0, 120), (Rows("sample"), Rows("rollup WHERE step = 60000")));
        HistoryUpkeep.Clean(connection, At(31));
        Assert.Equal((0, 8), (Rows("rollup WHERE step = 60000"), Rows("rollup WHERE step = 900000")));
        HistoryUpkeep.Clean(connection, At(400));
        Assert.Equal((0, 2), (Rows("rollup WHERE step = 900000"), Rows("rollup WHERE step = 3600000")));
    }

    [Fact]
    public void Delete_OfAUps_LeavesTheOthers()
    {
        Record(100, upsId: 1);
        Record(90, upsId: 2);
        Writer.Write(long.MaxValue);

        Writer.DeleteSoon(1);
        Writer.Write(long.MaxValue);

        Assert.Empty(Queries.Read(1, Now.AddHours(-1), Now.AddHours(1), 10).Items);
        Assert.Single(Queries.Read(2, Now.AddHours(-1), Now.AddHours(1), 2).Items);
    }

    [Fact]
    public async Task Write_FileIsCorrupt_BeginsAnewAndKeepsTheOld()
    {
        await File.WriteAllTextAsync(Database.Folder.HistoryDb, new string('?', 8192));
        Record(100);

        Writer.Write(long.MaxValue);

        Assert.Single(Queries.Read(1, Now.AddHours(-1), Now.AddHours(1), 2).Items);
        Assert.True(File.Exists(Database.Folder.HistoryDb + ".bad"));
    }

    [Fact]
    public void Write_FileIsLocked_KeepsWhatWaitsAndWritesItLater()
    {
        Record(100);
        Writer.Write(long.MaxValue);
        using (var holder = new SqliteConnection($"Data Source={Database.Folder.HistoryDb};Pooling=False"))
        {
            holder.Open();
            Scalar(holder, "BEGIN IMMEDIATE");
            Time.Advance(TimeSpan.FromMinutes(2));
            Record(50);
            Writer.Write(long.MaxValue);
        }

        Writer.Write(long.MaxValue);

        Assert.Equal(2, Queries.Read(1, Now.AddMinutes(-10), Now.AddMinutes(10), 20).Items.Count);
    }
}

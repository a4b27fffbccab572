using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using VmPowerManager.Core.Power;
using VmPowerManager.Ups.Outages;

namespace VmPowerManager.Tests.Ups;

public sealed class OutageRecorderTests
{
    [Fact]
    public async Task Outage_ConfirmedThenStableMains_IsOneRowWithItsFigures()
    {
        await using var bench = new UpsBench();
        bench.Run(2);
        bench.Device.Status = UpsStatus.OB;
        bench.Device.Charge = 70;
        bench.Run(1);
        var began = bench.Evidence.Last?.At;
        bench.Run(19);
        bench.Device.Status = UpsStatus.OL;
        bench.Device.Charge = 80;
        bench.Run(5);
        await bench.Outages.SaveAsync(default);
        Assert.Null((await RowsAsync(bench)).Single().EndedAt);

        bench.Run(10);
        await bench.Outages.SaveAsync(default);

        var row = Assert.Single(await RowsAsync(bench));
        Assert.Equal((1, "rack-a", 70), (row.UpsId, row.UpsName, row.LowestChargePercent));
        Assert.Equal(TimeSpan.Zero, (began - row.StartedAt)?.Duration() - TimeSpan.Zero);
        Assert.InRange(row.SecondsOnBattery, 19, 21);
        Assert.InRange((row.EndedAt - row.StartedAt)?.TotalSeconds ?? 0, 28, 32);
    }

    /// <summary>What a run says that it belongs to.</summary>
    [Fact]
    public async Task Stored_IsFoundByUpsAndTime()
    {
        await using var bench = new UpsBench();
        bench.Run(2);
        bench.Device.Status = UpsStatus.OB;
        bench.Run(20);
        var during = bench.Time.GetUtcNow();
        Assert.Null(bench.Book.Of([1], during, lasting: true));
        await bench.Outages.SaveAsync(default);
        var id = Assert.Single(await RowsAsync(bench)).Id;
        Assert.Equal(id, bench.Book.Of([1, 2], during, lasting: true));
        Assert.Null(bench.Book.Of([2], during, lasting: true));
        Assert.Null(bench.Book.Of([1], during.AddHours(-1), lasting: false));

        bench.Device.Status = UpsStatus.OL;
        bench.Run(20);
        await bench.Outages.SaveAsync(default);
        var after = bench.Time.GetUtcNow();
        Assert.Null(bench.Book.Of([1], after, lasting: true));
        Assert.Equal(id, bench.Book.Of([1], after, lasting: false));

        var again = new OutageBook();
        await new OutageRecorder(bench.Database, again, bench.Time, NullLogger<OutageRecorder>.Instance).LoadAsync(
            default
        );
        Assert.Equal(id, again.Of([1], after, lasting: false));
    }

    [Fact]
    public async Task Flicker_Unconfirmed_IsNoRow()
    {
        await using var bench = new UpsBench();
        bench.Device.Status = UpsStatus.OB;
        bench.Run(1);
        bench.Device.Status = UpsStatus.OL;
        bench.Run(20);
        await bench.Outages.SaveAsync(default);

        Assert.Empty(await RowsAsync(bench));
    }

    [Fact]
    public async Task Database_LockedDuringTheOutage_PollsGoOnAndTheRowComesLater()
    {
        await using var bench = new UpsBench();
        await using var holder = new SqliteConnection($"Data Source={bench.Database.Folder.AppDb}");
        holder.Open();
        Execute(holder, "BEGIN EXCLUSIVE");
        bench.Device.Status = UpsStatus.OB;

        bench.Run(10);
        await Assert.ThrowsAnyAsync<Exception>(() => bench.Outages.SaveAsync(default));
        var polls = bench.Device.StatusReads.Count;
        bench.Run(10);
        Assert.Equal(20, bench.Device.StatusReads.Count - polls);
        Execute(holder, "ROLLBACK");
        await bench.Outages.SaveAsync(default);

        Assert.Single(await RowsAsync(bench));
    }

    [Fact]
    public async Task Restart_WithinAnOutage_GoesOnInTheSameRow()
    {
        await using var bench = new UpsBench();
        var began = bench.Time.GetUtcNow().AddMinutes(-5);
        await using (var db = bench.Database.CreateDbContext())
        {
            db.Add(
                new OutageRow
                {
                    UpsId = 1,
                    UpsName = "rack-a",
                    StartedAt = began,
                    SecondsOnBattery = 100,
                    LowestChargePercent = 60,
                }
            );
            await db.SaveChangesAsync();
        }
        bench.Device.Status = UpsStatus.OB;
        await bench.Outages.LoadAsync(default);

        bench.Run(20);
        bench.Device.Status = UpsStatus.OL;
        bench.Run(15);
        await bench.Outages.SaveAsync(default);

        var row = Assert.Single(await RowsAsync(bench));
        Assert.Equal((began, 60), (row.StartedAt, row.LowestChargePercent));
        Assert.InRange(row.SecondsOnBattery, 118, 122);
        Assert.NotNull(row.EndedAt);
    }

    private static async Task<List<OutageRow>> RowsAsync(UpsBench bench)
    {
        await using var db = bench.Database.CreateDbContext();
        return await db.Set<OutageRow>().AsNoTracking().ToListAsync();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

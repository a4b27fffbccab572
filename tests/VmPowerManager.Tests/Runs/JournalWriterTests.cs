using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using VmPowerManager.Core.Engine;
using VmPowerManager.Plans;
using VmPowerManager.Runs;
using VmPowerManager.Storage;

namespace VmPowerManager.Tests.Runs;

/// <summary>The journal on a real file: durable when it can be, in order when it could not (DESIGN 3).</summary>
public sealed class JournalWriterTests : IAsyncLifetime
{
    private RunningApp _app = null!; // InitializeAsync
    private JournalWriter _journal = null!; // InitializeAsync
    private int _plan;

    public async ValueTask InitializeAsync()
    {
        _app = await RunningApp.StartAsync();
        await using var db = await _app.Get<IDbContextFactory<AppDb>>().CreateDbContextAsync();
        var row = new PlanRow { Name = "x", Definition = "{}" };
        db.Add(row);
        await db.SaveChangesAsync();
        _plan = row.Id;
        _journal = new JournalWriter(_app.Get<DataFolder>(), TimeProvider.System, NullLogger<JournalWriter>.Instance);
        _journal.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Write_IsDurable_AndOnlyTheNewestRowKeepsItsState()
    {
        Assert.True(await _journal.WriteAsync(Entry("first")));
        Assert.True(await _journal.WriteAsync(Entry("second")));
        var rows = await RowsAsync();
        Assert.Equal(["first", "second"], rows.Select(r => r.Cause));
        Assert.Null(rows[0].State);
        Assert.NotNull(rows[1].State);
    }

    [Fact]
    public async Task Write_WhileTheDatabaseIsLocked_SaysNo_AndIsWrittenInOrderAfterwards()
    {
        await using (var other = new SqliteConnection($"Data Source={_app.Get<DataFolder>().AppDb};Pooling=False"))
        {
            await other.OpenAsync();
            await ExecuteAsync(other, "BEGIN EXCLUSIVE");
            Assert.False(await _journal.WriteAsync(Entry("first")));
            _ = _journal.WriteAsync(Entry("second"));
            await ExecuteAsync(other, "ROLLBACK");
        }
        var rows = await Until.TrueAsync(async () => await RowsAsync() is { Count: 2 } both ? both : null);
        Assert.Equal(["first", "second"], rows.Select(r => r.Cause));
    }

    private JournalEntry Entry(string cause) =>
        new(
            _plan,
            new Moment(TimeSpan.FromSeconds(1), DateTimeOffset.UnixEpoch),
            "boot",
            cause,
            new PlanState(),
            [],
            null
        );

    private async Task<List<JournalRow>> RowsAsync()
    {
        await using var db = await _app.Get<IDbContextFactory<AppDb>>().CreateDbContextAsync();
        return await db.Set<JournalRow>().AsNoTracking().Where(j => j.PlanId == _plan).OrderBy(j => j.Id).ToListAsync();
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}

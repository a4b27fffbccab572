using Coravel.Invocable;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VmPowerManager.Events;
using VmPowerManager.Storage;

namespace VmPowerManager.Tests.Events;

public sealed class EventStoreTests : IDisposable
{
    private readonly string _folder = RunningApp.NewFolder();

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task GracefulStop_StoresEverything_AndTheSequenceGoesOnWithoutAGap()
    {
        long last;
        await using (var app = await RunningApp.StartAsync(_folder))
        {
            for (var i = 0; i < 1200; i++)
                app.Get<EventLog>().Append(Happened(i));
            last = app.Get<LiveStream>().Publish(StreamTypes.Reading, "1", new { });
        }

        await using var again = await RunningApp.StartAsync(_folder);

        Assert.Equal(1200, await CountAsync(again));
        Assert.Equal(last + 1, again.Get<EventLog>().Append(Happened(0)));
    }

    [Fact]
    public async Task KilledProcess_NeverGivesANumberTwice()
    {
        await using var app = await RunningApp.StartAsync(_folder);
        var published = app.Get<LiveStream>().Publish(StreamTypes.Reading, "1", new { });
        await Soon.BecomesTrueAsync(
            () => Task.FromResult(app.Get<EventStore>().Highest() > published),
            "numbers are reserved ahead"
        );

        Assert.True(app.Get<EventStore>().Highest() >= published);
    }

    [Fact]
    public async Task DatabaseLocked_AppendReturnsAtOnce_AndAllIsStoredAfterwards()
    {
        await using var app = await RunningApp.StartAsync(_folder);
        var log = app.Get<EventLog>();
        await using (var other = new SqliteConnection($"Data Source={Path.Combine(_folder, "app.db")}"))
        {
            await other.OpenAsync();
            await using var locked = (SqliteTransaction)await other.BeginTransactionAsync();

            var began = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < 300; i++)
                log.Append(Happened(i));
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(5));
            await Soon.BecomesTrueAsync(
                () =>
                    Task.FromResult(
                        app.Log.All.Any(l => l.StartsWith("Error: Events cannot be stored", StringComparison.Ordinal))
                    ),
                "the writer meets the lock and says so"
            );
            // Readers are served meanwhile, from memory and from the last committed state.
            using var admin = app.With("vhp_unknown");
            await (await admin.GetAsync("/api/v1/events")).ProblemAsync(401);
            var page = await app.Get<EventQueries>()
                .ListAsync(new EventFilter { Type = "test.happened" }, null, 1000, default);
            Assert.Equal(300, page.Items.Count);
        }

        await Soon.BecomesTrueAsync(async () => await CountAsync(app) == 300, "all 300 are stored");
        await Soon.BecomesTrueAsync(
            () => Task.FromResult(app.Log.All.Any(l => l == "Information: Events are stored again.")),
            "the end of it is said"
        );
    }

    [Fact]
    public async Task Follow_FromTheBeginning_GetsStoredAndNewOnesOnceInOrder()
    {
        await (await RunningApp.StartAsync(_folder)).DisposeAsync();
        await using var app = await RunningApp.StartAsync(_folder);
        var log = app.Get<EventLog>();
        for (var i = 0; i < 2500; i++)
            log.Append(Happened(i));
        using var ends = new CancellationTokenSource();

        var seen = new List<EventEntry>();
        try
        {
            await foreach (var e in app.Get<EventQueries>().FollowAsync(0, ends.Token))
            {
                if (e.Type == "test.happened")
                    seen.Add(e);
                if (seen.Count == 2500 && e.Message == "2499")
                    log.Append(Happened(2500));
                if (seen.Count == 2501)
                    await ends.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The way to stop following.
        }

        Assert.Equal(Enumerable.Range(0, 2501).Select(i => $"{i}"), seen.Select(e => e.Message));
    }

    [Fact]
    public async Task Retention_OldEvents_AreDeletedInChunks()
    {
        await using var app = await RunningApp.StartAsync(_folder);
        await using (var db = await app.Get<IDbContextFactory<AppDb>>().CreateDbContextAsync())
        {
            var old = app.Get<TimeProvider>().GetUtcNow() - TimeSpan.FromDays(401);
            db.AddRange(
                Enumerable
                    .Range(-2500, 2500)
                    .Select(i => new EventRow
                    {
                        Sequence = i,
                        At = old,
                        Type = "test.happened",
                        Severity = Severity.Info,
                        Source = "system",
                        Message = "Long ago.",
                    })
            );
            await db.SaveChangesAsync();
        }

        await ((IInvocable)app.App.Services.GetRequiredService<EventRetentionJob>()).Invoke();

        Assert.Equal(0, await CountAsync(app));
    }

    private static NewEvent Happened(int i) => new("test.happened", Severity.Info, "system", $"{i}");

    private static async Task<int> CountAsync(RunningApp app)
    {
        await using var db = await app.Get<IDbContextFactory<AppDb>>().CreateDbContextAsync();
        return await db.Set<EventRow>().CountAsync(e => e.Type == "test.happened");
    }
}

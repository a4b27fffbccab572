using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Core.Power;
using VmPowerManager.Events;
using VmPowerManager.Storage;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Battery;
using VmPowerManager.Ups.Canaries;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Outages;
using VmPowerManager.Ups.Quality;

namespace VmPowerManager.Tests.Ups;

/// <summary>The start: plans that start after it must meet the policies (F7, I7).</summary>
public sealed class UpsMonitorTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TestDatabase _database = new();
    private readonly FlakyDatabase _flaky;
    private readonly EventLog _events;
    private readonly UpsFeed _feed = new(NullLogger<UpsFeed>.Instance);
    private readonly UpsMonitor _monitor;

    public UpsMonitorTests()
    {
        _flaky = new FlakyDatabase(_database);
        _events = new EventLog(_time);
        var box = new SecretBox(new EphemeralDataProtectionProvider());
        var outages = new OutageRecorder(_database, new OutageBook(), _time, NullLogger<OutageRecorder>.Instance);
        var recorder = new HistoryRecorder();
        var screens = new UpsScreens(new LiveStream(), _time);
        _monitor = new UpsMonitor(
            _flaky,
            new UpsConfigs(box, _events),
            new UpsDrivers([new FakeUps(_time)]),
            new UpsOutlets(
                _feed,
                _events,
                screens,
                new UpsWitnesses(new CanaryFeed(NullLogger<CanaryFeed>.Instance)),
                outages,
                recorder,
                new InputLog(recorder),
                new TestLog(recorder, _events)
            ),
            new UpsNews(_events, _time),
            _time,
            NullLoggerFactory.Instance
        );
    }

    [Fact]
    public async Task Start_StoredUpses_PoliciesAreThereWhenItReturns()
    {
        await StoreAsync("rack-a", "rack-b");

        await _monitor.StartAsync(default);

        Assert.Equal(["rack-a", "rack-b"], _feed.Policies.Select(p => p.Name));
    }

    [Fact]
    public async Task Start_DatabaseAway_IsTriedAgainInTheBackground()
    {
        await StoreAsync("rack-a");
        _flaky.IsAway = true;
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var follower = _feed.SubscribePolicies(() => came.TrySetResult());

        await _monitor.StartAsync(default);
        Assert.Empty(_feed.Policies);
        _flaky.IsAway = false;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        while (!came.Task.IsCompleted && !limit.IsCancellationRequested)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.True(came.Task.IsCompleted, "The policies come once the database is back.");
        Assert.Equal("rack-a", Assert.Single(_feed.Policies).Name);
    }

    [Fact]
    public async Task Start_OneRowUnreadable_IsToldAndTheOthersAreWatched()
    {
        await StoreAsync("rack-a", "rack-b");
        await using (var db = _database.CreateDbContext())
            await db.Set<UpsRow>()
                .Where(u => u.Name == "rack-a")
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.Settings, "{"));

        await _monitor.StartAsync(default);

        var told = Assert.Single(_events.Latest(), e => e.Type == "ups.configurationUnreadable");
        Assert.Equal((Severity.Critical, "rack-a"), (told.Severity, told.Source));
        var policies = _feed.Policies.ToDictionary(p => p.Name, p => p.UpsId);
        Assert.Null(_monitor.Find(policies["rack-a"]));
        Assert.NotNull(_monitor.Find(policies["rack-b"]));
    }

    public async ValueTask DisposeAsync()
    {
        await _monitor.StopAsync(default);
        _monitor.Dispose();
        await _database.DisposeAsync();
    }

    private async Task StoreAsync(params string[] names)
    {
        await using var db = _database.CreateDbContext();
        db.AddRange(
            names.Select(name => new UpsRow
            {
                Name = name,
                Driver = "fake",
                PollSeconds = 1,
                ConfirmSeconds = 3,
                DeadSeconds = 30,
                Settings = """{"host":"10.0.0.1"}""",
            })
        );
        await db.SaveChangesAsync();
    }

    private sealed class FlakyDatabase(TestDatabase database) : IDbContextFactory<AppDb>
    {
        public volatile bool IsAway;

        public AppDb CreateDbContext() =>
            IsAway ? throw new InvalidOperationException("database is locked") : database.CreateDbContext();
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Runs.Scenarios;
using VmPowerManager.Tests.Hosts;
using VmPowerManager.Tests.Ups;

namespace VmPowerManager.Tests.Runs.Scenarios;

/// <summary>Recorded outages in the database.</summary>
public sealed class ScenarioStoreTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private ScenarioStore _store = null!; // InitializeAsync

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _store = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Closed_IsListedAndFound_AfterARestartToo()
    {
        _store.Keep(7, Outage("first", runs: [3, 4]), closed: true);
        await HostsHarness.UntilAsync(() => _store.Recorded.Value.Count == 1);
        await StopAsync();
        _store = await StartAsync();
        var (row, summary) = Assert.Single(_store.Recorded.Value);
        Assert.Equal($"outage-{row}", summary.Id);
        Assert.Equal([3, 4], summary.RunIds);
        var found = await new ScenarioQueries(_store).FindAsync(summary.Id, Ct);
        Assert.Equal("first", found.Title.En);
        Assert.Equal(summary.Id, new ScenarioQueries(_store).OfRun(4));
        Assert.Null(new ScenarioQueries(_store).OfRun(5));
    }

    [Fact]
    public async Task Open_IsTakenUpOnce_AndClosesInItsRow()
    {
        _store.Keep(7, Outage("open"), closed: false);
        await StopAsync(); // It writes what is under way.
        _store = await StartAsync();
        Assert.Empty(_store.Recorded.Value);
        Assert.Equal("open", _store.TakeOpen(7)?.Title.En);
        Assert.Null(_store.TakeOpen(7));
        _store.Keep(7, Outage("closed"), closed: true);
        await HostsHarness.UntilAsync(() => _store.Recorded.Value.Count == 1);
        await StopAsync();
        _store = await StartAsync();
        Assert.Null(_store.TakeOpen(7));
        Assert.Equal("closed", Assert.Single(_store.Recorded.Value).Value.Title.En);
    }

    [Fact]
    public async Task Dropped_LeavesNothing()
    {
        _store.Keep(7, Outage("flicker"), closed: false);
        _store.Drop(7);
        await StopAsync();
        _store = await StartAsync();
        Assert.Null(_store.TakeOpen(7));
        Assert.Empty(_store.Recorded.Value);
    }

    [Fact]
    public async Task MoreThanFifty_TheOldestAreForgotten()
    {
        for (var i = 0; i < ScenarioStore.Kept + 3; i++)
            _store.Keep(7, Outage($"outage {i}"), closed: true);
        await HostsHarness.UntilAsync(() =>
            _store.Recorded.Value.Values.Any(s => s.Title.En == "outage 52")
            && _store.Recorded.Value.Count == ScenarioStore.Kept
        );
        Assert.Equal("outage 3", _store.Recorded.Value.Values.First().Title.En);
        await using var db = _database.CreateDbContext();
        Assert.Equal(ScenarioStore.Kept, db.Set<ScenarioRow>().Count());
    }

    private static Scenario Outage(string title, params int[] runs)
    {
        var began = new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
        return ScenarioLibrary.All[0] with
        {
            Title = new BothWords { En = title },
            Recorded = new ScenarioRecord
            {
                BeganAt = began,
                EndedAt = began.AddMinutes(9),
                Plan = "Homelab",
                PlanId = 7,
                RunIds = [.. runs],
            },
        };
    }

    private async Task<ScenarioStore> StartAsync()
    {
        var store = new ScenarioStore(_database, NullLogger<ScenarioStore>.Instance);
        await store.StartAsync(Ct);
        return store;
    }

    private async Task StopAsync()
    {
        await _store.StopAsync(CancellationToken.None);
        _store.Dispose();
    }
}

using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Hosts;
using VmPowerManager.Protocols;
using VmPowerManager.Storage;

namespace VmPowerManager.Tests.Hosts;

public sealed class HostMonitorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeDriver _driver = new();

    [Fact]
    public async Task NewHost_IsRefreshedAtOnceAndItsGuestsGetIds()
    {
        await using var hosts = await StartAsync();
        _driver.Set("h1", FakeDriver.Guest("a"), FakeDriver.Guest("b", GuestState.Off));
        var id = await AddAsync(hosts, "h1");

        await HostsHarness.UntilAsync(() => hosts.Queries.GuestsOf(id).Count(g => g.Id is not null) == 2);

        var host = Assert.Single(hosts.Feed.Hosts);
        Assert.Equal(("realm", _time.GetUtcNow()), (host.Realm, host.RefreshedAt));
        Assert.Equal(1, _driver.Count("discover h1"));
    }

    [Fact]
    public async Task EveryMinute_AndWhenHurried_HostIsRefreshed()
    {
        await using var hosts = await StartAsync();
        var id = await AddAsync(hosts, "h1");
        await HostsHarness.UntilAsync(() => hosts.Feed.Hosts[0].RefreshedAt is not null);

        hosts.Feed.RefreshNow([id, 99]);
        await HostsHarness.UntilAsync(() => _driver.Count("states h1") == 1);
        await AdvanceUntilAsync(() => _driver.Count("states h1") == 2);
    }

    [Fact]
    public async Task SilentHost_DelaysNoOtherAndKeepsItsGuests()
    {
        await using var hosts = await StartAsync();
        _driver.Set("h1", FakeDriver.Guest("a"));
        var id = await AddAsync(hosts, "h1");
        await HostsHarness.UntilAsync(() => hosts.Feed.Hosts[0].RefreshedAt is not null);
        var held = new TaskCompletionSource();
        _driver.Held = held.Task;
        hosts.Feed.RefreshNow([id]);
        await HostsHarness.UntilAsync(() => _driver.Count("states h1") == 1);
        _driver.Held = Task.CompletedTask;

        await AddAsync(hosts, "h2");
        await HostsHarness.UntilAsync(() => hosts.Feed.Hosts[1].RefreshedAt is not null);

        await AdvanceUntilAsync(() => hosts.Feed.Hosts[0].Fault is not null);
        Assert.Contains("not done within 10 s", hosts.Feed.Hosts[0].Fault, StringComparison.Ordinal);
        Assert.Single(hosts.Feed.Hosts[0].Guests);
        held.SetResult();
    }

    [Fact]
    public async Task LockedDatabase_PictureGoesOnAndIdsFollow() // DESIGN 3: no database in the way of a run
    {
        await using var hosts = await StartAsync();
        var id = await AddAsync(hosts, "h1");
        await HostsHarness.UntilAsync(() => hosts.Feed.Hosts[0].RefreshedAt is not null);
        await using var locker = new SqliteConnection($"Data Source={hosts.Database};Pooling=False");
        await locker.OpenAsync();
        await ExecuteAsync(locker, "BEGIN EXCLUSIVE");
        _driver.Set("h1", FakeDriver.Guest("a"));

        hosts.Feed.RefreshNow([id]);
        await HostsHarness.UntilAsync(() => hosts.Feed.Hosts[0].Guests.Count == 1, seconds: 15);
        Assert.Null(hosts.Feed.Hosts[0].Guests[0].Id);

        await ExecuteAsync(locker, "COMMIT");
        await AdvanceUntilAsync(() => hosts.Feed.Hosts[0].Guests[0].Id is not null);
    }

    [Fact]
    public async Task Restart_GuestsAreKnownBeforeTheFirstRefresh()
    {
        _driver.Set("h1", FakeDriver.Guest("a"));
        await using var hosts = await StartAsync();
        var id = await AddAsync(hosts, "h1");
        await HostsHarness.UntilAsync(() => hosts.Queries.GuestsOf(id).Any(g => g.Id is not null));
        await using var db = await hosts.Get<IDbContextFactory<AppDb>>().CreateDbContextAsync();
        var row = Assert.Single(await db.Set<GuestRow>().ToListAsync());

        var loaded = await hosts.Get<GuestStore>().LoadAsync(CancellationToken.None);
        var remembered = HostPicture
            .Empty.Configured(hosts.Get<HostDirectory>().Entries.Select(e => e.Configured))
            .Remembered(loaded);

        var guest = Assert.Single(remembered.Guests);
        Assert.Equal((row.Id, "realm", null), (guest.Id, remembered.Hosts[id].Realm, remembered.Hosts[id].RefreshedAt));
    }

    [Fact]
    public async Task Subscriber_HearsRefreshesFailuresAndConfiguration()
    {
        await using var hosts = await StartAsync();
        var heard = new List<HostSnapshot>();
        var configured = 0;
        using var one = hosts.Feed.Subscribe(h =>
        {
            lock (heard)
                heard.Add(h);
        });
        using var two = hosts.Feed.SubscribeConfiguration(() => Interlocked.Increment(ref configured));
        var id = await AddAsync(hosts, "h1");
        await HostsHarness.UntilAsync(() => Heard(h => h.RefreshedAt is not null && h.Fault is null));
        Assert.InRange(configured, 1, 2); // the start may be told as well

        _driver.Fault = new DeviceException(DeviceFault.Unreachable, "connection refused");
        hosts.Feed.RefreshNow([id]);
        await HostsHarness.UntilAsync(() => Heard(h => h.Fault == "connection refused"));

        bool Heard(Func<HostSnapshot, bool> what)
        {
            lock (heard)
                return heard.Any(what);
        }
    }

    [Fact]
    public async Task Subscriber_Throws_OthersAndTheMonitorGoOn()
    {
        await using var hosts = await StartAsync();
        var heard = 0;
        using var bad = hosts.Feed.Subscribe(_ => throw new InvalidOperationException("bug"));
        using var worse = hosts.Feed.SubscribeConfiguration(() => throw new InvalidOperationException("bug"));
        using var good = hosts.Feed.Subscribe(_ => Interlocked.Increment(ref heard));
        _driver.Set("h1", FakeDriver.Guest("a"));
        var id = await AddAsync(hosts, "h1");
        // A guest's id shows that the store's worker lives on as well.
        await HostsHarness.UntilAsync(() => heard > 0 && hosts.Queries.GuestsOf(id).Any(g => g.Id is not null));
    }

    private async Task<HostsHarness> StartAsync() => await new HostsHarness(_time, _driver).StartAsync();

    private static Task<int> AddAsync(HostsHarness hosts, string name) =>
        hosts.Commands.CreateAsync(HostsHarness.Admin, HostCommandsTests.Body(name), CancellationToken.None);

    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
        Assert.True(condition());
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // constant text
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}

using Microsoft.EntityFrameworkCore;
using VmPowerManager.Core;
using VmPowerManager.Hosts;
using VmPowerManager.Storage;

namespace VmPowerManager.Tests.Hosts;

/// <summary>What is stored and cannot be read.</summary>
public sealed class HostDirectoryTests : IAsyncLifetime
{
    private readonly HostsHarness _hosts = new(null, new FakeDriver());

    public async ValueTask InitializeAsync() => await _hosts.StartAsync();

    public ValueTask DisposeAsync() => _hosts.DisposeAsync();

    [Fact]
    public async Task Unreadable_Settings_HostStaysWithAFault_OthersWork_AndSavingRepairs()
    {
        var (bad, good) = (
            await CreateAsync(HostCommandsTests.Body("h1")),
            await CreateAsync(HostCommandsTests.Body("h2"))
        );
        await ChangeAsync(bad, row => row.Settings = "{");
        await _hosts.Get<HostDirectory>().LoadAsync(Ct);
        Assert.Contains("settings", Configured(bad).Fault, StringComparison.Ordinal);
        Assert.Null(_hosts.Get<HostDirectory>().Find(bad)?.Driver);
        Assert.Null(Configured(good).Fault);
        await UpdateAsync(bad, HostCommandsTests.Body("h1"));
        Assert.Null(Configured(bad).Fault);
    }

    [Fact]
    public async Task Unreadable_Secrets_StayUntilNewOnesAreGiven()
    {
        var id = await CreateAsync(HostCommandsTests.Body("h1"));
        await ChangeAsync(id, row => row.Secrets = "sealed by a lost key");
        await _hosts.Get<HostDirectory>().LoadAsync(Ct);
        Assert.Contains("secrets", Configured(id).Fault, StringComparison.Ordinal);

        await UpdateAsync(id, HostCommandsTests.Body("h3") with { Ssh = Ssh() with { Password = null } });
        await ChangeAsync(id, row => Assert.Equal(("h3", "sealed by a lost key"), (row.Name, row.Secrets)));
        var moved = Ssh() with { Host = "other.lan", Password = null };
        await Assert.ThrowsAsync<InvalidInputException>(() =>
            UpdateAsync(id, HostCommandsTests.Body("h3") with { Ssh = moved })
        );

        await UpdateAsync(id, HostCommandsTests.Body("h3"));
        Assert.Equal(("pw", null), (Secret(id, "ssh.password"), Configured(id).Fault));
    }

    [Fact]
    public async Task Reload_DatabaseFails_TakesEffectLater()
    {
        var id = await CreateAsync(HostCommandsTests.Body("h1"));
        await ExecuteAsync("ALTER TABLE HostSupplies RENAME TO Away");
        await ChangeAsync(id, row => row.Name = "h9");
        await _hosts.Get<HostDirectory>().ReloadAsync();
        Assert.Equal("h1", Configured(id).Name);
        await ExecuteAsync("ALTER TABLE Away RENAME TO HostSupplies");
        await HostsHarness.UntilAsync(() => Configured(id).Name == "h9");
    }

    private static SshBlock Ssh() =>
        new()
        {
            Host = "h.lan",
            UserName = "root",
            Password = "pw",
        };

    private HostSnapshot Configured(int id) => _hosts.Get<HostDirectory>().Find(id)!.Configured; // not null: created

    private async Task ChangeAsync(int id, Action<HostRow> change)
    {
        await using var db = await _hosts.Get<IDbContextFactory<AppDb>>().CreateDbContextAsync(Ct);
        change(await db.Set<HostRow>().SingleAsync(h => h.Id == id, Ct));
        await db.SaveChangesAsync(Ct);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var db = await _hosts.Get<IDbContextFactory<AppDb>>().CreateDbContextAsync(Ct);
        await db.Database.ExecuteSqlRawAsync(sql, Ct);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Task<int> CreateAsync(HostBody body) => _hosts.Commands.CreateAsync(HostsHarness.Admin, body, Ct);

    private Task UpdateAsync(int id, HostBody body) => _hosts.Commands.UpdateAsync(HostsHarness.Admin, id, body, Ct);

    private string? Secret(int id, string name) =>
        _hosts.Get<HostDirectory>().Find(id)?.Device.Secrets.GetValueOrDefault(name);
}

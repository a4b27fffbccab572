using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Hosts;
using VmPowerManager.Protocols;

namespace VmPowerManager.Tests.Hosts;

public sealed class GuestCommandsTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Priority_IsInThePictureAtOnce_AndOutlivesRefreshes()
    {
        var driver = new FakeDriver();
        driver.Set("h1", FakeDriver.Guest("a"));
        await using var hosts = await new HostsHarness(null, driver).StartAsync();
        var host = await AddAsync(hosts);
        var guest = hosts.Queries.GuestsOf(host)[0].Id ?? 0;
        var commands = hosts.Get<GuestCommands>();

        await commands.PrioritiseAsync(HostsHarness.Admin, guest, 7, Ct);
        Assert.Equal(7, hosts.Queries.Guest(guest).Priority);
        driver.Set("h1", FakeDriver.Guest("a", GuestState.Off));
        await hosts.PowerCommands.DiscoverAsync(HostsHarness.Admin, host, Ct);
        Assert.Equal(7, hosts.Queries.Guest(guest).Priority);
        Assert.Equal(7, Assert.Single(await hosts.Get<GuestStore>().LoadAsync(Ct)).Priority);
        var told = Assert.Single(hosts.Get<EventLog>().Latest(), e => e.Type == "guest.updated");
        Assert.Equal(("ann", host), (told.Actor, told.HostId));

        await Assert.ThrowsAsync<InvalidInputException>(() =>
            commands.PrioritiseAsync(HostsHarness.Admin, guest, 1001, Ct)
        );
        await Assert.ThrowsAsync<InvalidInputException>(() =>
            commands.PrioritiseAsync(HostsHarness.Admin, guest, null, Ct)
        );
        await Assert.ThrowsAsync<NotFoundException>(() => commands.PrioritiseAsync(HostsHarness.Admin, 999, 1, Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() =>
            commands.PrioritiseAsync(HostsHarness.As("Operator"), guest, 1, Ct)
        );
    }

    [Fact]
    public async Task Trust_PinsTheKeyAndKeepsAllElse()
    {
        await using var hosts = await new HostsHarness(null, new FakeDriver()).StartAsync();
        var host = await AddAsync(hosts);
        var key = "SHA256:" + new string('k', 43);
        await hosts.Get<HostTrustCommands>().TrustAsync(HostsHarness.Admin, host, PinKind.HostKey, key, Ct);
        var ssh = hosts.Queries.Host(host).Ssh;
        Assert.Equal((key, true), (ssh?.HostKeyFingerprint, ssh?.HasPassword));
        Assert.Contains(hosts.Get<EventLog>().Latest(), e => e is { Type: "host.trusted", Actor: "ann" });
        await Assert.ThrowsAsync<InvalidInputException>(() =>
            hosts.Get<HostTrustCommands>().TrustAsync(HostsHarness.Admin, host, PinKind.HostKey, "md5:00", Ct)
        );
        await Assert.ThrowsAsync<ForbiddenException>(() =>
            hosts.Get<HostTrustCommands>().TrustAsync(HostsHarness.As("Operator"), host, PinKind.HostKey, key, Ct)
        );
    }

    [Fact]
    public async Task Check_IsForOperators_AndFailsInChecks()
    {
        var driver = new FakeDriver();
        await using var hosts = await new HostsHarness(null, driver).StartAsync();
        var host = await AddAsync(hosts);
        var probe = await hosts.PowerCommands.CheckAsync(HostsHarness.As("Operator"), host, Ct);
        Assert.Equal(driver.Probe.Checks, probe.Checks);
        driver.Fault = new(DeviceFault.Unreachable, "No route to host");
        var failed = await hosts.PowerCommands.CheckAsync(HostsHarness.As("Operator"), host, Ct);
        Assert.Equal(ACheck.Of("connect", HostCheckState.Failed, "No route to host"), Assert.Single(failed.Checks));
        await Assert.ThrowsAsync<ForbiddenException>(() =>
            hosts.PowerCommands.CheckAsync(HostsHarness.As("Viewer"), host, Ct)
        );
    }

    private static async Task<int> AddAsync(HostsHarness hosts)
    {
        var body = new HostBody
        {
            Name = "h1",
            Platform = "fake",
            Ssh = new SshBlock
            {
                Host = "h.lan",
                UserName = "root",
                Password = "pw",
            },
        };
        var id = await hosts.Commands.CreateAsync(HostsHarness.Admin, body, Ct);
        await hosts.PowerCommands.DiscoverAsync(HostsHarness.Admin, id, Ct);
        return id;
    }
}

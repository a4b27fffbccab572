using VmPowerManager.Lab.Redfish;
using VmPowerManager.Protocols.Redfish;

namespace VmPowerManager.Protocols.Tests.Redfish;

/// <summary>Against our stand-in, which has the traps that real controllers showed.</summary>
public sealed class RedfishClientTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task System_IsEnumerated_WhateverItsId()
    {
        await using var bmc = await FakeRedfish.StartAsync(new FakeSystem("Self") { RestorePolicy = "AlwaysOff" });
        await using var client = Client(bmc);

        var system = await client.SystemAsync(null, Ct);

        Assert.Equal(("Self", RedfishPower.On, "AlwaysOff"), (system.Id, system.Power, system.RestorePolicy));
        Assert.Equal("Lab Stand-in", system.Model);
        Assert.Equal("a session", client.LoggedInBy);
    }

    /// <summary>Two hosts of one controller share a client: what one asked for is not what the other meant.</summary>
    [Fact]
    public async Task System_OfSeveral_IsTheOneThatIsNamed_WhateverWasAskedBefore()
    {
        await using var bmc = await FakeRedfish.StartAsync(new FakeSystem("a"), new FakeSystem("b"));
        await using var client = Client(bmc);

        Assert.Equal("b", (await client.SystemAsync("b", Ct)).Id);
        Assert.Equal("a", (await client.SystemAsync("node-a", Ct)).Id);
        Assert.Equal("b", (await client.SystemAsync("B", Ct)).Id);
        var e = await Assert.ThrowsAnyAsync<DeviceException>(() => client.SystemAsync(null, Ct));

        Assert.Equal(DeviceFault.Refused, e.Fault);
        Assert.EndsWith("several systems: name one of a, b.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task System_NameOfTwo_IsRefused_AndAnIdGoesBeforeANameOfAnother()
    {
        await using var bmc = await FakeRedfish.StartAsync(
            new FakeSystem("1") { Name = "node" },
            new FakeSystem("2") { Name = "node" },
            new FakeSystem("3") { Name = "1" }
        );
        await using var client = Client(bmc);

        Assert.Equal("1", (await client.SystemAsync("1", Ct)).Id);
        var e = await Assert.ThrowsAnyAsync<DeviceException>(() => client.SystemAsync("node", Ct));

        Assert.EndsWith("several systems node: name one of 1, 2.", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RedfishVerb.HardOff, "On", "ForceOff", RedfishPower.Off)]
    [InlineData(RedfishVerb.SoftOff, "On", "GracefulShutdown", RedfishPower.Off)]
    [InlineData(RedfishVerb.On, "Off", "On", RedfishPower.On)]
    public async Task Reset_IsAccepted_AndTheStateFollowsLater(
        RedfishVerb verb,
        string before,
        string told,
        RedfishPower after
    )
    {
        await using var bmc = await FakeRedfish.StartAsync();
        bmc.System.Power = before;
        await using var client = Client(bmc);

        await client.ResetAsync(await client.SystemAsync(null, Ct), verb, Ct);

        Assert.Equal([told], bmc.System.Told);
        Assert.NotEqual(after, (await client.SystemAsync(null, Ct)).Power);
        await Becomes(client, after);
    }

    [Fact]
    public async Task AllowedTypes_AreReadFromActionInfoToo_AndTheButtonStandsIn()
    {
        await using var bmc = await FakeRedfish.StartAsync(
            new FakeSystem("1") { ByActionInfo = true, Allows = ["ForceOff", "PushPowerButton"] }
        );
        await using var client = Client(bmc);

        await client.ResetAsync(await client.SystemAsync(null, Ct), RedfishVerb.SoftOff, Ct);
        await Becomes(client, RedfishPower.Off);
        await client.ResetAsync(await client.SystemAsync(null, Ct), RedfishVerb.On, Ct);
        await Becomes(client, RedfishPower.On);

        Assert.Equal(["PushPowerButton", "PushPowerButton"], bmc.System.Told);
    }

    [Fact]
    public async Task TypeThatIsNotAllowed_IsNeverSent()
    {
        await using var bmc = await FakeRedfish.StartAsync(
            new FakeSystem("1") { Allows = ["On", "ForceRestart"], SaysYesToAll = true }
        );
        await using var client = Client(bmc);
        var system = await client.SystemAsync(null, Ct);

        var e = await Assert.ThrowsAnyAsync<DeviceException>(() => client.ResetAsync(system, RedfishVerb.HardOff, Ct));

        Assert.Equal(DeviceFault.Unsupported, e.Fault);
        Assert.EndsWith("allows only: On, ForceRestart.", e.Message, StringComparison.Ordinal);
        Assert.Empty(bmc.System.Told);
    }

    [Fact]
    public async Task NamesNoTypes_TheStandardOneIsAsked_AndItsWordsComeBack()
    {
        await using var bmc = await FakeRedfish.StartAsync(
            new FakeSystem("1") { Allows = ["On"], ByActionInfo = true }
        );
        bmc.Instead = path => path.EndsWith("ResetActionInfo", StringComparison.Ordinal) ? "{}" : null;
        await using var client = Client(bmc);
        var system = await client.SystemAsync(null, Ct);

        var e = await Assert.ThrowsAnyAsync<DeviceException>(() => client.ResetAsync(system, RedfishVerb.HardOff, Ct));

        Assert.Equal(DeviceFault.Refused, e.Fault);
        Assert.Contains("'ForceOff' for the parameter ResetType", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AcceptedWithoutEffect_IsSeenInTheState()
    {
        await using var bmc = await FakeRedfish.StartAsync(new FakeSystem("1") { Stuck = true });
        await using var client = Client(bmc);

        await client.ResetAsync(await client.SystemAsync(null, Ct), RedfishVerb.HardOff, Ct);

        Assert.Equal(RedfishPower.On, (await client.SystemAsync(null, Ct)).Power);
    }

    [Fact]
    public async Task SeveralSystems_OneIsNamed()
    {
        await using var bmc = await FakeRedfish.StartAsync(new FakeSystem("1"), new FakeSystem("2") { Name = "web" });
        await using var client = Client(bmc);

        Assert.Contains(
            "manages several systems: name one of 1, 2.",
            (await Assert.ThrowsAnyAsync<DeviceException>(() => client.SystemAsync(null, Ct))).Message,
            StringComparison.Ordinal
        );
        Assert.Equal("2", (await client.SystemAsync("WEB", Ct)).Id);
        Assert.Equal("1", (await client.SystemAsync("1", Ct)).Id);
        Assert.Contains(
            "has no system 3. It has: 1, 2.",
            (await Assert.ThrowsAnyAsync<DeviceException>(() => client.SystemAsync("3", Ct))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task OnePhysicalAmongOthers_IsTheOne()
    {
        await using var bmc = await FakeRedfish.StartAsync(
            new FakeSystem("Bluefield") { SystemType = "DPU" },
            new FakeSystem("System_0")
        );
        await using var client = Client(bmc);

        Assert.Equal("System_0", (await client.SystemAsync(null, Ct)).Id);
    }

    [Fact]
    public async Task LookingAgain_AsksForTheSystemAlone()
    {
        await using var bmc = await FakeRedfish.StartAsync();
        await using var client = Client(bmc);
        await client.SystemAsync(null, Ct);
        bmc.Requests.Clear();

        await client.SystemAsync(null, Ct);

        Assert.Equal(["GET /redfish/v1/Systems/System.Embedded.1"], bmc.Requests);
    }

    [Theory]
    [InlineData("oper", true, "Operator")]
    [InlineData("look", false, "ReadOnly")]
    public async Task Privilege_IsReadFromTheRole(string user, bool allowed, string role)
    {
        await using var bmc = await FakeRedfish.StartAsync();
        await using var client = Client(bmc, user);

        Assert.Equal((allowed, role), await client.PrivilegeAsync(Ct));
        bmc.HasAccounts = false;
        await using var other = Client(bmc, user);
        Assert.Null((await other.PrivilegeAsync(Ct)).Allowed);
    }

    internal static RedfishClient Client(FakeRedfish bmc, string user = "oper", string? pinned = null) =>
        new(EndpointOf(bmc, user, pinned), TimeProvider.System);

    internal static RedfishEndpoint EndpointOf(FakeRedfish bmc, string user = "oper", string? pinned = null) =>
        new(bmc.Url.Host, bmc.Url.Port, user, FakeRedfish.Password, pinned);

    private static async Task Becomes(RedfishClient client, RedfishPower power)
    {
        for (var i = 0; i < 100 && (await client.SystemAsync(null, Ct)).Power != power; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Ct);
        Assert.Equal(power, (await client.SystemAsync(null, Ct)).Power);
    }
}

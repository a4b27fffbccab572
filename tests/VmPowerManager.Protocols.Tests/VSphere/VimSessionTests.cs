using VmPowerManager.Lab;
using VmPowerManager.Protocols.Tls;
using VmPowerManager.Protocols.VSphere;

namespace VmPowerManager.Protocols.Tests.VSphere;

/// <summary>The client against govmomi's simulator.</summary>
public sealed class VimSessionTests(VSphereLab lab, ITestOutputHelper output) : VSphereTest(lab)
{
    [Fact]
    public async Task Content_OfBothKinds_TellsWhichItIs()
    {
        await using var vcenter = await Lab.VCenterAsync();
        await using var esxi = await Lab.EsxiAsync();

        var big = await Open(vcenter).ContentAsync(Ct);
        var small = await Open(esxi).ContentAsync(Ct);

        Assert.False(big.IsHostAgent);
        Assert.True(Guid.TryParse(big.InstanceUuid, out _));
        Assert.True(small.IsHostAgent);
        Assert.Null(small.InstanceUuid);
        Assert.NotEqual(big.PropertyCollector, small.PropertyCollector);
        output.WriteLine($"{big.FullName} ({big.ApiVersion}), {small.FullName}");
    }

    [Fact]
    public async Task Login_WrongPassword_IsRefusedAndNotTriedAgainForAWhile()
    {
        await using var server = await Lab.EsxiAsync();
        var (_, front) = Behind(server);
        using var http = new HttpClient(front, disposeHandler: false);
        using var session = new VimSession(
            http,
            server.Endpoint with
            {
                Password = "wrong<&>",
            },
            VimLimits.Default,
            TimeProvider.System
        );

        var first = await Assert.ThrowsAsync<VimFault>(() => session.ContentAsync(Ct));
        var second = await Assert.ThrowsAsync<VimFault>(() => session.ContentAsync(Ct));

        Assert.Equal((DeviceFault.AuthenticationFailed, "InvalidLogin"), (first.Fault, first.Name));
        Assert.Equal(DeviceFault.AuthenticationFailed, second.Fault);
        Assert.Equal(1, front.Calls("Login"));
        await Assert.ThrowsAsync<VimFault>(() => session.LoginAsync(Ct));
        Assert.Equal(2, front.Calls("Login"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Guest_DownAndUpAgain_StatesAreReadBack(bool esxi)
    {
        await using var server = esxi ? await Lab.EsxiAsync() : await Lab.VCenterAsync();
        var session = Open(server);
        var vm = (await VmsAsync(session)).Values.First();
        Assert.Equal("poweredOn", vm.Text("runtime.powerState"));
        Assert.Equal(vm.Ref, Assert.Single(await session.FindByInstanceUuidAsync(vm.Text("config.instanceUuid")!, Ct)));

        await session.ShutdownGuestAsync(vm.Ref, Ct);
        Assert.Equal("poweredOff", await PowerAsync(session, vm.Ref));
        var again = await Assert.ThrowsAsync<VimFault>(() => session.ShutdownGuestAsync(vm.Ref, Ct));
        Assert.Equal(("InvalidPowerState", "poweredOff"), (again.Name, again.ExistingState));

        await EndAsync(await session.PowerOnAsync(vm.Ref, Ct));
        Assert.Equal("poweredOn", await PowerAsync(session, vm.Ref));
        await session.RebootGuestAsync(vm.Ref, Ct);
        await EndAsync(await session.SuspendAsync(vm.Ref, Ct));
        Assert.Equal("suspended", await PowerAsync(session, vm.Ref));
        await EndAsync(await session.PowerOnAsync(vm.Ref, Ct));
        await EndAsync(await session.PowerOffAsync(vm.Ref, Ct));
        var off = await session.PowerOffAsync(vm.Ref, Ct);
        var fault = await Assert.ThrowsAsync<VimFault>(() => session.WaitAsync(off, TimeSpan.FromSeconds(5), Ct));
        Assert.Equal(("InvalidPowerState", "poweredOff"), (fault.Name, fault.ExistingState));

        async Task EndAsync(VimRef task) =>
            Assert.Equal(VimTaskState.Succeeded, await session.WaitAsync(task, TimeSpan.FromSeconds(5), Ct));
    }

    [Fact]
    public async Task Host_IntoMaintenanceAndDown_GoesAndItsGuestsWithIt()
    {
        await using var server = await Lab.VCenterAsync("-hosts", "2");
        var session = Open(server);
        var hosts = await session.ReadAllAsync("HostSystem", ["name"], Ct);
        var host = hosts[0].Ref;

        var early = await session.ShutdownHostAsync(host, force: false, Ct);
        var refused = await Assert.ThrowsAsync<VimFault>(() => session.WaitAsync(early, TimeSpan.FromSeconds(5), Ct));
        Assert.Equal("InvalidState", refused.Name);

        await session.WaitAsync(
            await session.EnterMaintenanceAsync(host, TimeSpan.FromSeconds(5), Ct),
            TimeSpan.FromSeconds(5),
            Ct
        );
        Assert.True(
            (await session.ReadAsync(host, ["runtime.inMaintenanceMode"], Ct)).Flag("runtime.inMaintenanceMode")
        );
        await session.ShutdownHostAsync(host, force: false, Ct);
        await Eventually.TrueAsync(
            async () =>
                (await session.ReadAsync(host, ["runtime.connectionState"], Ct)).Text("runtime.connectionState")
                == "notResponding",
            TimeSpan.FromSeconds(10),
            "the host is gone"
        );
        var other = await session.ReadAsync(hosts[1].Ref, ["runtime.connectionState"], Ct);
        Assert.Equal("connected", other.Text("runtime.connectionState"));
    }

    [Fact]
    public async Task Esxi_ToldToShutDown_AcceptsAndIsGone()
    {
        await using var server = await Lab.EsxiAsync("-hostpower", "100ms");
        var session = Open(server);
        var host = (await session.ReadAllAsync("HostSystem", ["name"], Ct))[0].Ref;

        await session.ShutdownHostAsync(host, force: true, Ct);
        await server.EndedAsync(Ct);

        var gone = await Assert.ThrowsAsync<HttpDeviceException>(() => session.CurrentTimeAsync(Ct));
        Assert.Equal((DeviceFault.Unreachable, false), (gone.Fault, gone.Sent));
    }

    [Fact]
    public async Task Listing_TwoHundredGuestsOfOneHost_IsOneQuickAnswer()
    {
        await using var server = await Lab.VCenterAsync("-vms", "200");
        var session = Open(server);
        var host = (await session.ReadAllAsync("HostSystem", ["name"], Ct))[0].Ref;
        var began = TimeProvider.System.GetTimestamp();

        var all = await session.ReadAsync(
            host,
            ["name", "runtime.connectionState"],
            "vm",
            "VirtualMachine",
            ["name", "config.instanceUuid", "runtime.powerState", "guest.toolsRunningStatus"],
            Ct
        );

        output.WriteLine($"{TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:0} ms");
        Assert.Equal(
            200,
            all.Where(o => o.Ref.Type == "VirtualMachine").DistinctBy(v => v.Text("config.instanceUuid")).Count()
        );
        Assert.Single(all, o => o.Ref == host);
    }

    [Fact]
    public async Task Asked_ForTimeAndPrivileges_Tells()
    {
        await using var server = await Lab.VCenterAsync();
        var session = Open(server);
        var vms = (await VmsAsync(session)).Values.Select(v => v.Ref).ToList();

        var now = await session.CurrentTimeAsync(Ct);
        var lacks = await session.LacksAsync(vms, ["VirtualMachine.Interact.PowerOff", "Host.Config.Power"], Ct);

        Assert.True((now - TimeProvider.System.GetUtcNow())!.Value.Duration() < TimeSpan.FromSeconds(10));
        Assert.Empty(lacks);
    }

    [Fact]
    public async Task Logout_ThenACall_LogsInAnew()
    {
        await using var server = await Lab.VCenterAsync();
        var (session, front) = Behind(server);

        await session.CurrentTimeAsync(Ct);
        await session.LogoutAsync(Ct);
        await session.CurrentTimeAsync(Ct);

        Assert.Equal((2, 1), (front.Calls("Login"), front.Calls("Logout")));
    }
}

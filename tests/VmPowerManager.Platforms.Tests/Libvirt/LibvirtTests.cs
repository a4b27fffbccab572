using VmPowerManager.Hosts;
using VmPowerManager.Platforms.Tests.Contract;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.Libvirt;

/// <summary>What only libvirt has.</summary>
public sealed class LibvirtTests(LabFolder lab) : IAsyncLifetime
{
    private readonly Drivers _drivers = new();
    private readonly LibvirtPeer _peer = new(lab);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IHostDriver Driver => _drivers.Of("libvirt");

    public async ValueTask InitializeAsync() => await _peer.ReadyAsync();

    public ValueTask DisposeAsync() => _drivers.DisposeAsync();

    [Theory]
    [InlineData(ShutdownVia.Agent)]
    [InlineData(ShutdownVia.Acpi)]
    public async Task Shutdown_ByEitherWay_StopsTheGuest(ShutdownVia via)
    {
        await Driver.GuestPowerAsync(_peer.Device(new()), _peer.Willing, GuestVerb.Shutdown, via, Ct);

        await Soon.BecomesTrueAsync(async () => await StateAsync(_peer.Willing) == GuestState.Off, "vm1 is off");
    }

    [Fact]
    public async Task Shutdown_ByAnAgentThatIsNotThere_IsRefusedAndAcpiIsNotPressedInstead()
    {
        var fault = await Assert.ThrowsAsync<DeviceException>(() =>
            Driver.GuestPowerAsync(_peer.Device(new()), _peer.Stubborn, GuestVerb.Shutdown, ShutdownVia.Agent, Ct)
        );

        Assert.Equal(DeviceFault.Refused, fault.Fault);
        Assert.Contains("agent", fault.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Discovery_TellsAgentsAndWhatStartsByItself()
    {
        await _peer.VirshAsync("autostart", "vm1");

        var found = await Driver.DiscoverAsync(_peer.Device(new()), Ct);

        await _peer.VirshAsync("autostart", "--disable", "vm1");
        Assert.Equal("vm1", found.Facts?.Single(f => f.Name == "Starts with the host").Value);
        Assert.Equal(AgentState.Running, found.Guests.Single(g => g.ExternalId == _peer.Willing).Agent);
        Assert.Equal(AgentState.Absent, found.Guests.Single(g => g.ExternalId == _peer.Stubborn).Agent);
    }

    [Theory]
    [InlineData("", "starts guests by itself")]
    [InlineData("ON_BOOT=ignore\nON_SHUTDOWN=shutdown\n", "(ON_SHUTDOWN=shutdown, ON_BOOT=ignore)")]
    public async Task Probe_LibvirtGuestsEnabled_IsAWarning(string settings, string words)
    {
        var (service, file) = (
            Path.Combine(lab.Folder, "bin/systemctl"),
            Path.Combine(lab.Folder, "etc/default/libvirt-guests")
        );
        await File.WriteAllTextAsync(service, "#!/bin/sh\nexit 0\n", Ct);
        await LabFolder.ShellAsync("chmod", ["755", service]);
        await File.WriteAllTextAsync(file, settings, Ct);

        var probe = await Driver.ProbeAsync(_peer.Device(new()), Ct);

        File.Delete(service);
        var check = probe.Checks.Single(c => c.Name == "libvirtGuests");
        Assert.Equal(HostCheckState.Warning, check.State);
        Assert.Contains(words, check.Detail, StringComparison.Ordinal);
        Assert.True(probe.Ok);
    }

    [Fact]
    public async Task RemoteUri_ListsItsGuestsAndTakesDownNoMachineInBetween()
    {
        var key = Path.Combine(lab.Folder, "home/key");
        File.Copy(Path.Combine(lab.Folder, "ssh/id_ed25519"), key, overwrite: true);
        await LabFolder.ShellAsync("chown", ["59999", key]);
        var uri = $"qemu+ssh://lab@127.0.0.1:{_peer.Port}/system?keyfile={key}&no_verify=1&no_tty=1";

        var states = await Driver.GetStatesAsync(_peer.Device(new(), null, uri), Ct);
        var told = await Assert.ThrowsAsync<DeviceException>(() =>
            Driver.HostPowerAsync(_peer.Device(new(), null, uri), HostVerb.Shutdown, Ct)
        );
        var probe = await Driver.ProbeAsync(_peer.Device(new(), null, uri), Ct);

        Assert.Equal(GuestState.Running, states.Guests.Single(g => g.ExternalId == _peer.Willing).State);
        Assert.Equal(DeviceFault.Unsupported, told.Fault);
        Assert.Contains("another machine", told.Message, StringComparison.Ordinal);
        Assert.Equal("hostShutdown", probe.Checks.Single(c => c.State == HostCheckState.Failed).Name);
        Assert.False(await _peer.ShutdownSeenAsync());

        // A line of a person's is theirs to answer for.
        await Driver.HostPowerAsync(_peer.Device(new(), "sudo -n poweroff", uri), HostVerb.Shutdown, Ct);
        Assert.True(await _peer.ShutdownSeenAsync());
    }

    [Fact]
    public async Task ManyCallsAtOnce_TakeThreeConnections()
    {
        var before = await _peer.ContactsAsync();

        var all = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(_ => Driver.GetStatesAsync(_peer.Device(new()), Ct))
        );

        Assert.All(all, s => Assert.Contains(s.Guests, g => g.ExternalId == _peer.Willing));
        Assert.InRange((await _peer.ContactsAsync() - before)!.Value, 1, 3); // not null: OpenSSH tells
    }

    [Fact]
    public async Task HostUuidThatLibvirtMakesUp_ChangesWithItsStart_AndTheRealmStays()
    {
        const string other = "6f1d1c5e-0000-4000-8000-0000000000bb";
        await using var earlier = new Drivers();
        var states = await earlier.Of("libvirt").GetStatesAsync(_peer.Device(new()), Ct);
        var told = (await _peer.VirshAsync("capabilities")).Split("<uuid>")[1].Split("</uuid>")[0];
        // As the store knows them that was filled while libvirt told this UUID.
        var known = states.Guests.Select(g => new KnownGuest(told, g.ExternalId, g.Name, g.Kind, default)).ToList();
        var host = _peer.Device(new()) with { Known = known };
        Assert.Equal((told, null), Realm(await Driver.GetStatesAsync(host, Ct)));
        await lab.RunAsync("libvirt", "stop");
        await lab.RunAsync("libvirt", "start", other);
        try
        {
            Assert.Contains(other, await _peer.VirshAsync("capabilities"), StringComparison.Ordinal);
            await using var anew = new Drivers();
            var gone = host with { Known = [.. known, new(told, "gone", "gone", GuestKind.Vm, default)] };

            var seen = Realm(await Driver.DiscoverAsync(host, Ct));
            var afterRestart = Realm(await anew.Of("libvirt").GetStatesAsync(host, Ct));
            var again = Realm(await anew.Of("libvirt").GetStatesAsync(gone, Ct));

            Assert.Equal([(told, null), (told, null), (told, (bool?)false)], [seen, afterRestart, again]);
        }
        finally
        {
            await lab.RunAsync("libvirt", "stop");
            await lab.RunAsync("libvirt", "start");
        }

        static (string, bool?) Realm(HostInventory inventory) => (inventory.Realm, inventory.WholeRealm);
    }

    private async Task<GuestState> StateAsync(string guest) =>
        (await Driver.GetStatesAsync(_peer.Device(new()), Ct)).Guests.Single(g => g.ExternalId == guest).State;
}

using VmPowerManager.Hosts;
using VmPowerManager.Lab;
using VmPowerManager.Protocols;

namespace VmPowerManager.Tests.Hosts;

/// <summary>Against real libvirt and QEMU, through a real sshd.</summary>
[Collection("power log")]
public sealed class LibvirtDriverTests(SshLab lab, ITestOutputHelper output) : IAsyncLifetime
{
    private readonly HostsHarness _hosts = new();
    private string _uuid = "";
    private string _name = "";

    public async ValueTask InitializeAsync()
    {
        lab.Require();
        await File.WriteAllTextAsync(lab.PowerLog, "", Ct);
        if (!await LibvirtLab.StartAsync(lab.Folder))
        {
            if (Environment.GetEnvironmentVariable("LAB") == "required")
                Assert.Fail("The lab is required: libvirt or QEMU is not installed");
            Assert.Skip("libvirt or QEMU is not installed");
        }
        _name = $"h-web 01  \"x\" it's é {Guid.NewGuid().ToString("N")[..8]}";
        _uuid = await LibvirtLab.DefineAsync(lab.Folder, _name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_uuid.Length > 0)
            await LibvirtLab.RemoveAsync(_uuid);
        await _hosts.DisposeAsync();
    }

    [Fact]
    public async Task Guest_ThroughItsLife()
    {
        Assert.Equal(GuestState.Off, await StateAsync());
        await TellAsync(GuestVerb.Start);
        await BecomesAsync(GuestState.Running);

        await TellAsync(GuestVerb.Shutdown, ShutdownVia.Acpi);
        await TellAsync(GuestVerb.Shutdown);
        Assert.Equal(GuestState.Running, await StateAsync());
        var agent = await RefusedAsync(GuestVerb.Shutdown, ShutdownVia.Agent);
        Assert.Contains("agent", agent.Message, StringComparison.OrdinalIgnoreCase);

        await LibvirtLab.VirshAsync("suspend", _uuid);
        Assert.Equal(GuestState.Paused, await StateAsync());
        await TellAsync(GuestVerb.Resume);
        Assert.Equal(GuestState.Running, await StateAsync());

        await TellAsync(GuestVerb.Save);
        await BecomesAsync(GuestState.Saved);
        await TellAsync(GuestVerb.Start);
        await BecomesAsync(GuestState.Running);
        await TellAsync(GuestVerb.ForceOff);
        await BecomesAsync(GuestState.Off);
    }

    [Theory]
    [InlineData(GuestVerb.Shutdown)]
    [InlineData(GuestVerb.Save)]
    [InlineData(GuestVerb.ForceOff)]
    [InlineData(GuestVerb.Reboot)]
    [InlineData(GuestVerb.Resume)]
    public async Task Verb_OnAGuestThatIsOff_IsRefusedInLibvirtsWords(GuestVerb verb)
    {
        var fault = await RefusedAsync(verb, null);
        Assert.Contains("domain is not running", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OfARunningGuest_IsRefused()
    {
        await TellAsync(GuestVerb.Start);
        var fault = await RefusedAsync(GuestVerb.Start, null);
        Assert.Contains("already active", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("11111111-2222-3333-4444-555555555555", "failed to get domain")]
    [InlineData("vm1; reboot", "UUID")]
    public async Task Verb_OnNoGuest_IsRefused(string id, string words)
    {
        var fault = await Assert.ThrowsAsync<DeviceException>(() =>
            Driver.GuestPowerAsync(Device(), id, GuestVerb.Start, null, Ct)
        );
        Assert.Equal(DeviceFault.Refused, fault.Fault);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task States_NameAndRealm_AreTheMachinesOwn()
    {
        var states = await Driver.GetStatesAsync(Device(), Ct);
        var again = await Driver.GetStatesAsync(Device(), Ct);
        var found = await Driver.DiscoverAsync(Device(), Ct);
        var told = (await LibvirtLab.VirshAsync("capabilities")).Split("<uuid>")[1].Split("</uuid>")[0];
        // Without a UUID of the firmware, libvirt's is another one with every start. The user of the lab may not read it.
        if (File.Exists("/sys/class/dmi/id/product_uuid"))
            Assert.Equal(told, states.Realm);
        else
            Assert.StartsWith("machine:", states.Realm, StringComparison.Ordinal);
        Assert.Equal((states.Realm, states.Realm), (again.Realm, found.Realm));
        // What was stored by libvirt's UUID stays so while libvirt tells it.
        var known = new KnownGuest(told, _uuid, _name, GuestKind.Vm, default);
        Assert.Equal(told, (await Driver.DiscoverAsync(Device() with { Known = [known] }, Ct)).Realm);
        Assert.Equal(_name, states.Guests.Single(g => g.ExternalId == _uuid).Name);
    }

    [Fact]
    public async Task States_OfAHundredGuests_ComeInOneAnswer()
    {
        // libvirt's test driver keeps its guests only while somebody is connected.
        const string uri = "test+unix:///default?socket=/run/libvirt/libvirt-sock";
        var domains = Enumerable.Range(0, 100).Select(i => $"h-t {i}").ToList();
        await using var held = await LibvirtLab.HoldTestDriverAsync(lab.Folder, domains);
        var took = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            var guests = (await Driver.GetStatesAsync(Device(uri), Ct)).Guests;
            took.Add(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
            Assert.Empty(domains.Except(guests.Where(g => g.State == GuestState.Running).Select(g => g.Name)));
        }
        took.Sort();
        output.WriteLine($"100 guests: min {took[0]:0}, median {took[10]:0}, max {took[19]:0} ms");
    }

    [Fact]
    public async Task Discovery_TellsAgents()
    {
        await TellAsync(GuestVerb.Start);
        var found = await Driver.DiscoverAsync(Device(), Ct);
        Assert.Equal(AgentState.Absent, found.Guests.Single(g => g.ExternalId == _uuid).Agent);
    }

    [Fact]
    public async Task Probe_AllWell_TellsEachStep()
    {
        var probe = await Driver.ProbeAsync(Device(), Ct);
        Assert.True(probe.Ok, string.Join("; ", probe.Checks));
        Assert.Equal(
            ["connect", "hostKey", "login", "virsh", "libvirt", "shutdownCommand", "clock"],
            // Whether the machine has that service enabled is its own business, and what runs on it that of other tests.
            probe.Checks.Select(c => c.Name).Where(n => n is not ("libvirtGuests" or "agents"))
        );
        Assert.StartsWith("SHA256:", probe.HostKeyFingerprint, StringComparison.Ordinal);
        Assert.Empty(await File.ReadAllTextAsync(lab.PowerLog, Ct));
    }

    [Fact]
    public async Task LibvirtUnreachable_IsRefusedNotSilence() // C4
    {
        var device = Device("qemu+unix:///nosuch");
        var fault = await Assert.ThrowsAsync<DeviceException>(() => Driver.GetStatesAsync(device, Ct));
        Assert.Equal(DeviceFault.Refused, fault.Fault);
        Assert.Contains("failed to connect to the hypervisor", fault.Message, StringComparison.Ordinal);

        var probe = await Driver.ProbeAsync(device, Ct);
        Assert.Equal(["libvirt"], probe.Checks.Where(c => c.State == HostCheckState.Failed).Select(c => c.Name));
    }

    private IHostDriver Driver => _hosts.Get<IEnumerable<IHostDriver>>().Single(d => d.Platform == "libvirt");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HostDevice Device(string uri = LibvirtLab.Uri) =>
        new(
            1,
            "kvm1",
            new HostSettings
            {
                Ssh = new SshSettings
                {
                    Host = "127.0.0.1",
                    Port = lab.Port,
                    UserName = lab.User,
                    LibvirtUri = uri,
                },
            }.ToElement(),
            new Dictionary<string, string> { [HostSecrets.SshPrivateKey] = lab.Key("id_ed25519") }
        );

    private Task TellAsync(GuestVerb verb, ShutdownVia? via = null) =>
        Driver.GuestPowerAsync(Device(), _uuid, verb, via, Ct);

    private async Task<DeviceException> RefusedAsync(GuestVerb verb, ShutdownVia? via)
    {
        var fault = await Assert.ThrowsAsync<DeviceException>(() => TellAsync(verb, via));
        Assert.Equal(DeviceFault.Refused, fault.Fault);
        return fault;
    }

    private async Task<GuestState> StateAsync() =>
        (await Driver.GetStatesAsync(Device(), Ct)).Guests.Single(g => g.ExternalId == _uuid).State;

    private Task BecomesAsync(GuestState state) =>
        Soon.BecomesTrueAsync(async () => await StateAsync() == state, $"the guest is {state}", 15);
}

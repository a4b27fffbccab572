using VmPowerManager.Events;
using VmPowerManager.Hosts;
using VmPowerManager.Hosts.SelfHost;
using VmPowerManager.Lab;

namespace VmPowerManager.Tests.Hosts.SelfHost;

/// <summary>This program and the lab's hosts share a machine: it must find that out, through the real drivers.</summary>
public sealed class SelfHostTests(SshLab lab) : IAsyncLifetime
{
    private readonly HostsHarness _hosts = new();
    private string _uuid = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        lab.Require();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_uuid.Length > 0)
            await LibvirtLab.RemoveAsync(_uuid);
        await _hosts.DisposeAsync();
    }

    [Fact]
    public async Task Host_OnOurMachine_IsFound_ToldOnce_AndMarkedByOneTap()
    {
        await _hosts.StartAsync();
        var id = await _hosts.Commands.CreateAsync(HostsHarness.Admin, Body("nas1", "ssh"), Ct);
        await HostsHarness.UntilAsync(() => _hosts.Feed.ManagerPlace?.HostId == id);
        Assert.Equal(PlaceSign.BootId, _hosts.Feed.ManagerPlace?.Sign);
        Assert.Equal((null, id), (_hosts.Queries.Manager().DeclaredHostId, _hosts.Queries.Manager().Found?.HostId));
        await HostsHarness.UntilAsync(() => _hosts.Get<EventLog>().Latest().Any(e => e.Type == "host.managerFound"));
        var told = Told();
        Assert.Contains("found to run on nas1", told.Message, StringComparison.Ordinal);

        await _hosts.Commands.MarkManagerAsync(HostsHarness.Admin, id, Ct);
        Assert.Equal(id, _hosts.Queries.Manager().DeclaredHostId);
        Assert.Same(told, Told());
    }

    [Fact]
    public async Task Guests_TellTheirNetworkAddresses_ThroughLibvirt()
    {
        Assert.SkipUnless(await LibvirtLab.StartAsync(lab.Folder), "libvirt or QEMU is not installed");
        await _hosts.StartAsync();
        _uuid = await LibvirtLab.DefineAsync(lab.Folder, $"h-self-{Guid.NewGuid():N}");
        var card = Path.Combine(lab.Folder, $"{_uuid}.xml");
        await File.WriteAllTextAsync(card, "<interface type='user'><mac address='52:54:00:aa:bb:01'/></interface>", Ct);
        await LibvirtLab.VirshAsync("attach-device", _uuid, card, "--config");
        var id = await _hosts.Commands.CreateAsync(HostsHarness.Admin, Body("kvm1", "libvirt"), Ct);
        var told = await _hosts.Get<HostPower>().IdentifyAsync(id, TimeSpan.FromSeconds(15), Ct);
        Assert.Equal(["52:54:00:aa:bb:01"], told.Value?.GuestMacs[_uuid]);
        Assert.Equal(OwnMachine.Read("/").BootId, told.Value?.BootId);
    }

    private EventEntry Told() => Assert.Single(_hosts.Get<EventLog>().Latest(), e => e.Type == "host.managerFound");

    private HostBody Body(string name, string platform) =>
        new()
        {
            Name = name,
            Platform = platform,
            Ssh = new SshBlock
            {
                Host = "127.0.0.1",
                Port = lab.Port,
                UserName = lab.User,
                PrivateKey = lab.Key("id_ed25519"),
                LibvirtUri = LibvirtLab.Uri,
            },
        };
}

using VmPowerManager.Hosts;
using VmPowerManager.Lab.Proxmox;
using VmPowerManager.Platforms.Tests.Contract;
using VmPowerManager.Platforms.Tests.VSphere;

namespace VmPowerManager.Platforms.Tests;

/// <summary>Twenty hosts with 25 guests each, by the drivers alone, each host at a relay of its own that counts connections.
/// Budget: discovered within 5 s on an idle machine, which also runs the peers; fails above three times that. libvirt is
/// measured with the whole program around it, in the end-to-end tests.</summary>
public sealed class BreadthTests(VSphereStands stands, ITestOutputHelper output) : IAsyncLifetime
{
    private const int HostCount = 20;
    private const int GuestCount = 25;
    private readonly Drivers _drivers = new();
    private readonly List<Relay> _relays = [];
    private readonly List<IAsyncDisposable> _peers = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _drivers.DisposeAsync();
        foreach (var each in _relays.Concat(_peers))
            await each.DisposeAsync();
    }

    /// <summary>Twenty clusters of one node: stand-ins.</summary>
    [Fact]
    public async Task Proxmox_TwentyHosts()
    {
        var hosts = new List<HostDevice>();
        for (var i = 0; i < HostCount; i++)
        {
            var cluster = await FakeCluster.StartAsync("pve1");
            _peers.Add(cluster);
            for (var guest = 0; guest < GuestCount; guest++)
                cluster.Add(
                    new FakeGuest
                    {
                        Id = 100 + guest,
                        Name = $"vm-{guest}",
                        Node = "pve1",
                    }
                );
            hosts.Add(
                new(
                    i + 1,
                    "pve1",
                    new HostSettings
                    {
                        Https = new HttpsSettings
                        {
                            BaseUrl = $"https://127.0.0.1:{Relayed(cluster.Node("pve1").Door.Port)}",
                            TokenId = FakeCluster.TokenId,
                        },
                    }.ToElement(),
                    new Dictionary<string, string> { [HostSecrets.HttpsTokenSecret] = FakeCluster.Secret }
                )
            );
        }
        await MeasureAsync("proxmox", hosts, mostConnections: 4);
    }

    /// <summary>Twenty standalone ESXi hosts, each a govmomi simulator of its own.</summary>
    [Fact]
    public async Task VSphere_TwentyHosts()
    {
        var hosts = new List<HostDevice>();
        for (var i = 0; i < HostCount; i++)
        {
            var stand = await stands.StartAsync(true, "-vms", $"{GuestCount}");
            _peers.Add(stand);
            hosts.Add(stand.Device(new() { Port = Relayed(stand.Front.Port) }, id: i + 1));
        }
        await MeasureAsync("vsphere", hosts, mostConnections: 4);
    }

    private int Relayed(int port)
    {
        var relay = new Relay(port);
        _relays.Add(relay);
        return relay.Port;
    }

    private async Task MeasureAsync(string platform, List<HostDevice> hosts, int mostConnections)
    {
        var driver = _drivers.Of(platform);
        var before = GC.GetTotalAllocatedBytes();
        var begun = TimeProvider.System.GetTimestamp();
        var found = await Task.WhenAll(hosts.Select(h => driver.DiscoverAsync(h, Ct)));
        var seconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        var again = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(hosts.Select(h => driver.DiscoverAsync(h, Ct)));

        Assert.All(found, f => Assert.Equal(GuestCount, f.Guests.Count));
        output.WriteLine(
            $"{platform}: {HostCount} hosts x {GuestCount} guests discovered in {seconds:0.00} s, again in "
                + $"{TimeProvider.System.GetElapsedTime(again).TotalSeconds:0.00} s; connections a host: at most "
                + $"{_relays.Max(r => r.Accepted)}; {(GC.GetTotalAllocatedBytes() - before) / 1e6:0.0} MB allocated by both, "
                + $"the peers' own work in this process included; {GC.GetTotalMemory(true) / 1e6:0.0} MB kept"
        );
        Assert.All(_relays, r => Assert.InRange(r.Accepted, 1, mostConnections));
        Assert.True(seconds <= 15, $"{seconds:0.0} s is above three times the budget of 5 s");
    }
}

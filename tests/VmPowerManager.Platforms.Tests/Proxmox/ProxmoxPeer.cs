using VmPowerManager.Hosts;
using VmPowerManager.Lab.Proxmox;
using VmPowerManager.Platforms.Tests.Contract;

namespace VmPowerManager.Platforms.Tests.Proxmox;

/// <summary>The stand-in for a cluster of two nodes: no real one runs here.</summary>
public sealed class ProxmoxPeer : IGuestPeer, IAsyncDisposable
{
    private const string Lesser = "power@pve!lesser";
    private FakeCluster? _cluster;

    public string Platform => "proxmox";
    public int Port => Cluster.Node("pve1").Door.Port;
    public string Willing => "100";
    public string Stubborn => "101";
    public string Nobody => "999";

    /// <summary>Since <see cref="ReadyAsync"/>.</summary>
    public FakeCluster Cluster => _cluster ?? throw new InvalidOperationException("It is not started.");

    public async Task ReadyAsync()
    {
        await DisposeAsync();
        _cluster = await FakeCluster.StartAsync("pve1", "pve2");
        Cluster.Add(
            new FakeGuest
            {
                Id = 100,
                Name = "web",
                Node = "pve1",
            }
        );
        Cluster.Add(
            new FakeGuest
            {
                Id = 101,
                Name = "hung",
                Node = "pve1",
                ShutdownTakes = null,
            }
        );
        var user = Cluster.Accounts.Known[FakeCluster.User];
        var rights = new FakeRights().Grant("/", true, "Sys.Audit", "VM.Audit", "VM.PowerMgmt");
        Cluster.Accounts.Add(
            new FakeAccount
            {
                Id = Lesser,
                Secret = FakeCluster.Secret,
                User = user,
                Privsep = true,
                Rights = rights,
            }
        );
    }

    public HostDevice Device(Way way) => Device("pve1", FakeCluster.TokenId, way);

    /// <summary>The same node, whatever name it has; by another token.</summary>
    public HostDevice Device(string node, string tokenId, Way way, int id = 1) =>
        new(
            id,
            node,
            new HostSettings
            {
                Https = new HttpsSettings
                {
                    BaseUrl = $"https://127.0.0.1:{way.Port ?? Cluster.Node(node).Door.Port}",
                    TokenId = tokenId,
                    CertificateFingerprint = way.Fingerprint,
                },
            }.ToElement(),
            new Dictionary<string, string>
            {
                [HostSecrets.HttpsTokenSecret] = way.WrongSecret ? "not-it" : FakeCluster.Secret,
            }
        );

    public (HostDevice, string) Lacking() => (Device("pve1", Lesser, new()), "permissions");

    public Task<int?> ContactsAsync() => Task.FromResult<int?>(Cluster.Requests);

    public Task<bool> ShutdownSeenAsync() => Task.FromResult(Cluster.Node("pve1").Orders.Contains("shutdown"));

    public Task<(HostDevice Host, IAsyncDisposable Held)> WithGuestsAsync(int count)
    {
        for (var i = 0; i < count; i++)
            Cluster.Add(
                new FakeGuest
                {
                    Id = 1000 + i,
                    Name = $"many-{i}",
                    Node = "pve1",
                    Kind = i % 4 == 0 ? "lxc" : "qemu",
                }
            );
        return Task.FromResult((Device(new()), (IAsyncDisposable)new Nothing()));
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is { } cluster)
            await cluster.DisposeAsync();
        _cluster = null;
    }

    private sealed class Nothing : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

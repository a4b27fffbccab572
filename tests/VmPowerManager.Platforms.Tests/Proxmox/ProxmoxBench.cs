using VmPowerManager.Hosts;
using VmPowerManager.Lab.Proxmox;
using VmPowerManager.Platforms.Tests.Contract;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.Proxmox;

/// <summary>A cluster with the driver in front of it, for tests of what only this platform does.</summary>
public abstract class ProxmoxBench : IAsyncLifetime
{
    private readonly ProxmoxPeer _peer = new();
    private readonly Drivers _drivers = new();

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;
    protected FakeCluster Lab => _peer.Cluster;
    protected IHostDriver Driver => _drivers.Of("proxmox");
    protected HostDevice Pve1 => Host("pve1");

    public async ValueTask InitializeAsync() => await _peer.ReadyAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Close();
        await _drivers.DisposeAsync();
        await _peer.DisposeAsync();
    }

    private protected virtual void Close() { }

    private protected T Get<T>()
        where T : notnull => _drivers.Get<T>();

    protected HostDevice Host(string node, string token = FakeCluster.TokenId) =>
        _peer.Device(node, token, new Way(), id: node == "pve1" ? 1 : 2);

    /// <summary>A token with privilege separation and these rights on <c>/</c>.</summary>
    protected HostDevice With(params string[] rights)
    {
        Lab.Accounts.Add(
            new FakeAccount
            {
                Id = $"{FakeCluster.User}!own",
                Secret = FakeCluster.Secret,
                User = Lab.Token.User,
                Privsep = true,
                Rights = new FakeRights().Grant("/", true, rights),
            }
        );
        return Host("pve1", $"{FakeCluster.User}!own");
    }

    protected FakeGuest Add(FakeGuest guest) => Lab.Add(guest);

    protected Task AskAsync(long guest, GuestVerb verb, ShutdownVia? via = null) =>
        Driver.GuestPowerAsync(Pve1, $"{guest}", verb, via, Ct);

    protected Task<DeviceException> RefusedAsync(long guest, GuestVerb verb, ShutdownVia? via = null) =>
        Assert.ThrowsAnyAsync<DeviceException>(() => AskAsync(guest, verb, via));

    protected async Task<GuestState> StateAsync(long guest) =>
        (await Driver.GetStatesAsync(Pve1, Ct)).Guests.Single(g => g.ExternalId == $"{guest}").State;

    private protected Task BecomesAsync(long guest, GuestState state) =>
        Soon.BecomesTrueAsync(async () => await StateAsync(guest) == state, $"{guest} is {state}");

    protected static string Detail(HostProbe probe, string check) => probe.Checks.Single(c => c.Name == check).Detail;

    protected static HostCheckState State(HostProbe probe, string check) =>
        probe.Checks.Single(c => c.Name == check).State;
}

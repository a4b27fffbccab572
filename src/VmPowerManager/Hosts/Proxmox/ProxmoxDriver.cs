using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Proxmox;

namespace VmPowerManager.Hosts.Proxmox;

/// <summary>A node of Proxmox VE, alone or in a cluster, by its API. The realm is the cluster; guests are known by their
/// number and may move between nodes.</summary>
internal sealed class ProxmoxDriver(ProxmoxAccess access, TimeProvider time) : IHostDriver, IHostIdentity
{
    private const int ConfigsAtATime = 4;
    private static readonly TimeSpan Looks = TimeSpan.FromSeconds(3);

    public string Platform => "proxmox";
    public IReadOnlyList<string> Blocks { get; } = ["https"];
    public HostCapabilities Capabilities =>
        HostCapabilities.Guests
        | HostCapabilities.GuestSave
        | HostCapabilities.GuestAgent
        | HostCapabilities.HostShutdown;
    public IReadOnlyList<string> Preparations => ProxmoxPreparation.Kinds;
    public IReadOnlyList<string> SharedPreparations => ProxmoxPreparation.Kinds;

    public async Task<HostProbe> ProbeAsync(HostDevice host, CancellationToken ct)
    {
        var (http, fresh) = access.Fresh(host);
        using (http)
        using (fresh)
            return await new ProxmoxProbe(http, fresh, time).RunAsync(ct);
    }

    public Task<HostInventory> GetStatesAsync(HostDevice host, CancellationToken ct) =>
        ProxmoxInventory.StatesAsync(access.Open(host), ct);

    public Task<HostInventory> DiscoverAsync(HostDevice host, CancellationToken ct) =>
        ProxmoxInventory.DiscoverAsync(access.Open(host), ct);

    public Task GuestPowerAsync(
        HostDevice host,
        string externalId,
        GuestVerb verb,
        ShutdownVia? via,
        CancellationToken ct
    ) => ProxmoxPower.OrderAsync(access.Open(host), externalId, verb, via, ct);

    public async Task HostPowerAsync(HostDevice host, HostVerb verb, CancellationToken ct)
    {
        var open = access.Open(host);
        await ProxmoxOrder.NodeAsync(open, await WhoAsync(open, ct), verb, ct);
    }

    public Task<string> PrepareAsync(HostDevice host, string kind, bool rehearse, CancellationToken ct) =>
        ProxmoxPreparation.DoAsync(access.Open(host), kind, rehearse, ct);

    public Task<bool> IsPreparedAsync(HostDevice host, string kind, CancellationToken ct) =>
        ProxmoxPreparation.IsSoAsync(access.Open(host), kind, ct);

    public Task UndoAsync(HostDevice host, string kind, CancellationToken ct) =>
        ProxmoxPreparation.UndoAsync(access.Open(host), kind, ct);

    public Task<string> RunCommandAsync(HostDevice host, string command, CancellationToken ct) =>
        throw new DeviceException(
            DeviceFault.Unsupported,
            "Proxmox VE runs no commands by its API: add the node as a host of platform ssh as well."
        );

    /// <summary>Who answers at its address is looked at anew; a cluster that cannot tell does not keep the node up.</summary>
    private async Task<string> WhoAsync(ProxmoxHost open, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Looks, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        ProxmoxCluster cluster;
        try
        {
            cluster = await open.Api.ClusterAsync(open.KnownNode is null ? ct : both.Token);
        }
        catch (OperationCanceledException) when (open.KnownNode is { } known && !ct.IsCancellationRequested)
        {
            return known;
        }
        catch (ProxmoxException e) when (open.KnownNode is { } known && e.Fault == DeviceFault.Refused)
        {
            return known;
        }
        return open.Learn(cluster);
    }

    /// <summary>The node tells no more of itself by its API than its name; its guests are known by their network cards.</summary>
    public async Task<HostIdentity> IdentifyAsync(HostDevice host, CancellationToken ct)
    {
        var open = access.Open(host);
        var node = await open.NodeAsync(ct);
        var macs = new System.Collections.Concurrent.ConcurrentDictionary<string, IReadOnlyList<string>>();
        var running = (await open.Api.GuestsOfAsync(node, full: false, ct)).Where(g => g.Status == "running");
        var limits = new ParallelOptions { MaxDegreeOfParallelism = ConfigsAtATime, CancellationToken = ct };
        await Parallel.ForEachAsync(
            running,
            limits,
            async (guest, token) =>
            {
                try
                {
                    var found = await open.Agents.MacsAsync(new(node, guest.Kind, guest.Id), token);
                    macs[ProxmoxClient.Text(guest.Id)] = found;
                }
                // It went away meanwhile, or may not be looked into.
                catch (ProxmoxException) { }
            }
        );
        return new HostIdentity { GuestMacs = macs };
    }
}

using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Proxmox;

namespace VmPowerManager.Hosts.Proxmox;

/// <summary>Lists the guests of a node.</summary>
internal static class ProxmoxInventory
{
    /// <summary>Those whose turn did not come are first the next time.</summary>
    private static readonly TimeSpan AgentsWithin = TimeSpan.FromSeconds(8);

    /// <summary>As the node sees them now: the cluster's own list lags ten seconds behind.</summary>
    public static async Task<HostInventory> StatesAsync(ProxmoxHost host, CancellationToken ct)
    {
        var asked = await host.NodeAsync(ct);
        var standing = host.Api.ClusterAsync(ct);
        var listing = host.Api.GuestsOfAsync(asked, full: false, ct);
        var rights = host.Api.PermissionsAsync("/vms", ct);
        await Task.WhenAll(standing, listing, rights);
        MustSeeAll(await rights);
        var cluster = await standing;
        var node = host.Learn(cluster);
        var guests = await listing;
        await AskPausedAsync(host, node, guests, ct);
        var realm = await host.RealmAsync(cluster, ct);
        var unseen = await host.Hidden.LookAsync(host, realm, node, guests, ct);
        var hides = await HidesAsync(host, cluster, unseen, ct);
        return Inventory(host, realm, cluster, guests, _ => AgentState.Unknown, hides);
    }

    /// <summary>With what takes a call for each guest: whether it is paused, and whether its agent answers.</summary>
    public static async Task<HostInventory> DiscoverAsync(ProxmoxHost host, CancellationToken ct)
    {
        var cluster = await host.Api.ClusterAsync(ct);
        var node = host.Learn(cluster);
        MustSeeAll(await host.Api.PermissionsAsync("/vms", ct));
        var guests = await host.Agents.GuestsOfAsync(node, full: true, ct);
        host.Paused.Clear();
        foreach (var guest in guests.Where(g => IsPaused(g.QmpStatus)))
            host.Paused[guest.Id] = true;
        var agents = await AgentsAsync(host, node, guests, ct);
        var realm = await host.RealmAsync(cluster, ct);
        var unseen = await host.Hidden.LookAsync(host, realm, node, guests, ct);
        var hides = await HidesAsync(host, cluster, unseen, ct);
        var seen = Inventory(host, realm, cluster, guests, id => agents.GetValueOrDefault(id), hides);
        return await ProxmoxFacts.AddAsync(seen, host, cluster, unseen, ct);
    }

    /// <summary>Whether something may run here that no list tells. What is missing in a list of a cluster's node is never taken
    /// for off: it need not be asked.</summary>
    private static async Task<bool> HidesAsync(
        ProxmoxHost host,
        ProxmoxCluster cluster,
        ProxmoxUnseen unseen,
        CancellationToken ct
    ) => cluster.Nodes.Count > 1 || unseen.Count > 0 || await host.RulesHideAsync(ct);

    /// <summary>Whether the agents of running guests answer; unknown where we may not ask, or came to no end in time.</summary>
    public static async Task<IReadOnlyDictionary<long, AgentState>> AgentsAsync(
        ProxmoxHost host,
        string node,
        IEnumerable<ProxmoxGuest> guests,
        CancellationToken ct
    )
    {
        var found = new System.Collections.Concurrent.ConcurrentDictionary<long, AgentState>();
        var running = guests
            .Where(g => g is { Kind: "qemu", Status: "running", Template: false })
            .OrderBy(g => host.AgentsAsked.GetValueOrDefault(g.Id));
        var over = host.Over(AgentsWithin);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = ProxmoxAgents.AtATime, CancellationToken = ct };
        await Parallel.ForEachAsync(
            running,
            limits,
            async (guest, token) =>
            {
                if (over())
                    return;
                host.AskedAgent(guest.Id);
                var place = new ProxmoxPlace(node, guest.Kind, guest.Id);
                if (await CurrentAsync(host.Agents, place, token) is { } current)
                    found[guest.Id] = current.Agent
                        ? await host.AgentPings.AskAsync(host.Agents, place, token)
                        : AgentState.Absent;
            }
        );
        return found;
    }

    /// <summary>Who may not see a guest is told of the others as if they were all: such a list must never pass for an empty
    /// or smaller host, which would be shut down over the heads of its guests (POLICY C5).</summary>
    private static void MustSeeAll(ProxmoxPermissions rights)
    {
        if (!rights.MayBelow("VM.Audit", "/vms"))
            throw new DeviceException(
                DeviceFault.AuthenticationFailed,
                "The account may not see all guests: it needs VM.Audit on /vms, passed down to all below it, and so does a token "
                    + "with privilege separation."
            );
    }

    /// <summary>The short listing calls a paused guest running: those that were paused are asked themselves.</summary>
    private static async Task AskPausedAsync(
        ProxmoxHost host,
        string node,
        IReadOnlyList<ProxmoxGuest> guests,
        CancellationToken ct
    )
    {
        foreach (var id in host.Paused.Keys)
        {
            var guest = guests.FirstOrDefault(g => g.Id == id && g is { Kind: "qemu", Status: "running" });
            var current = guest is null ? null : await CurrentAsync(host.Api, new(node, "qemu", id), ct);
            if (!IsPaused(current?.QmpStatus))
                host.Paused.TryRemove(id, out _);
        }
    }

    /// <summary>Null: it has gone to another node, or away, meanwhile.</summary>
    private static async Task<ProxmoxCurrent?> CurrentAsync(ProxmoxApi api, ProxmoxPlace guest, CancellationToken ct)
    {
        try
        {
            return await api.CurrentAsync(guest, ct);
        }
        catch (ProxmoxException e) when (e.Fault == DeviceFault.Refused)
        {
            return null;
        }
    }

    private static HostInventory Inventory(
        ProxmoxHost host,
        string realm,
        ProxmoxCluster cluster,
        IReadOnlyList<ProxmoxGuest> guests,
        Func<long, AgentState> agent,
        bool hides
    )
    {
        foreach (var guest in guests)
            host.Kinds[guest.Id] = guest.Kind;
        var sightings = guests
            .Where(g => !g.Template)
            .Select(g => Sighting(g, host.Paused.ContainsKey(g.Id), agent(g.Id)))
            .OrderBy(g => g.Name, StringComparer.Ordinal);
        return new HostInventory(realm, [.. sightings], WholeRealm: hides ? false : null, NotReady: NotReady(cluster));
    }

    public static string? NotReady(ProxmoxCluster cluster) =>
        cluster.Quorate
            ? null
            : $"the cluster {cluster.Name} has no quorum ({cluster.Nodes.Count(n => n.Online)} of {cluster.Nodes.Count} nodes are online)";

    private static GuestSighting Sighting(ProxmoxGuest guest, bool paused, AgentState agent)
    {
        var state = guest switch
        {
            { Status: "running" } => paused ? GuestState.Paused : StateOf(guest.QmpStatus),
            { Status: "stopped", Lock: "suspended" } => GuestState.Saved,
            { Status: "stopped" } => GuestState.Off,
            _ => GuestState.Unknown,
        };
        return new GuestSighting(
            ProxmoxClient.Text(guest.Id),
            guest.Name,
            guest.Kind == "lxc" ? GuestKind.Container : GuestKind.Vm,
            state,
            state == GuestState.Running ? agent : AgentState.Unknown
        );
    }

    /// <summary>A crashed one still holds its memory: neither running nor off.</summary>
    private static GuestState StateOf(string? qmp) =>
        qmp is "internal-error" or "guest-panicked" ? GuestState.Unknown : GuestState.Running;

    private static bool IsPaused(string? qmp) => qmp is "paused" or "suspended" or "io-error";
}

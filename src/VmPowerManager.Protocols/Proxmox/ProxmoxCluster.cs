using System.Text.Json;

namespace VmPowerManager.Protocols.Proxmox;

/// <summary>A node as <c>GET /cluster/status</c> tells it.</summary>
public sealed record ProxmoxNode(string Name, bool Online, bool Local, string? Address);

/// <summary><c>GET /cluster/status</c>: the cluster, or one node alone.</summary>
/// <param name="Name">Null: this node is in no cluster.</param>
/// <param name="Quorate">It may start guests and change anything. A node alone always may.</param>
public sealed record ProxmoxCluster(string? Name, bool Quorate, IReadOnlyList<ProxmoxNode> Nodes)
{
    /// <summary>The one that answered.</summary>
    public ProxmoxNode? Local => Nodes.FirstOrDefault(n => n.Local);

    public static ProxmoxCluster Read(JsonElement data)
    {
        var cluster = data.Entries().FirstOrDefault(e => e.Text("type") == "cluster");
        var name = cluster.Text("name");
        var nodes = data.Entries()
            .Where(e => e.Text("type") == "node" && e.Text("name") is { Length: > 0 })
            .Select(e => new ProxmoxNode(e.Text("name") ?? "", e.Flag("online"), e.Flag("local"), e.Text("ip")))
            .ToList();
        return new ProxmoxCluster(name, name is null || cluster.Flag("quorate"), nodes);
    }
}

/// <summary>A guest as one of the listings tells it.</summary>
/// <param name="Kind"><c>qemu</c> or <c>lxc</c>.</param>
/// <param name="Status"><c>running</c>, <c>stopped</c>, or <c>unknown</c> on a node that does not answer its cluster.</param>
/// <param name="Lock">Why it takes no orders now: <c>backup</c>, <c>migrate</c> ...; <c>suspended</c>: hibernated.</param>
/// <param name="HaState">Of a guest that HA manages.</param>
/// <param name="QmpStatus">What its process says; only in full listings.</param>
public sealed record ProxmoxGuest(
    long Id,
    string Name,
    string Kind,
    string? Node,
    string Status,
    bool Template,
    string? Lock = null,
    string? HaState = null,
    string? QmpStatus = null
)
{
    /// <summary><c>GET /cluster/resources?type=vm</c>.</summary>
    public static IReadOnlyList<ProxmoxGuest> OfResources(JsonElement data) =>
        [
            .. data.Entries()
                .Where(e => e.Text("type") is "qemu" or "lxc")
                .Select(e => Of(e, null, null))
                .OfType<ProxmoxGuest>(),
        ];

    /// <summary><c>GET /nodes/{node}/{kind}</c>: as the node itself sees them now.</summary>
    public static IReadOnlyList<ProxmoxGuest> OfNode(JsonElement data, string node, string kind) =>
        data.ValueKind == JsonValueKind.Array
            ? [.. data.Entries().Select(e => Of(e, node, kind)).OfType<ProxmoxGuest>()]
            : throw new DeviceException(DeviceFault.ProtocolError, $"The node told no list of {kind} guests.");

    private static ProxmoxGuest? Of(JsonElement e, string? node, string? kind) =>
        e.Whole("vmid") is { } id and > 0
            ? new ProxmoxGuest(
                id,
                e.Text("name") is { Length: > 0 } name ? name : ProxmoxClient.Text(id),
                kind ?? e.Text("type") ?? "",
                node ?? e.Text("node"),
                e.Text("status") ?? "unknown",
                e.Flag("template"),
                e.Text("lock") is { Length: > 0 } held ? held : null,
                e.Text("hastate"),
                e.Text("qmpstatus")
            )
            : null;
}

/// <summary><c>GET /nodes/{node}/{kind}/{id}/status/current</c>.</summary>
/// <param name="Agent">The guest agent is enabled in its options, which does not mean that it answers.</param>
/// <param name="HaManaged">Orders become requests to HA.</param>
public sealed record ProxmoxCurrent(
    string Status,
    string? QmpStatus,
    string? Lock,
    bool Agent,
    bool HaManaged,
    string? HaState
)
{
    public static ProxmoxCurrent Read(JsonElement data)
    {
        var ha = data.Value("ha") ?? default;
        return new ProxmoxCurrent(
            data.Text("status") ?? "unknown",
            data.Text("qmpstatus"),
            data.Text("lock") is { Length: > 0 } held ? held : null,
            data.Flag("agent"),
            ha.Flag("managed"),
            ha.Text("state")
        );
    }
}

/// <summary>An entry of <c>GET /cluster/ha/status/current</c> of type <c>service</c>.</summary>
/// <param name="Sid"><c>vm:100</c>, <c>ct:101</c>.</param>
public sealed record ProxmoxHaService(string Sid, string? Node, string State);

/// <summary><c>GET /cluster/ha/status/current</c>.</summary>
/// <param name="Armed"><c>armed</c>, <c>standby</c>, <c>disarming</c>, <c>disarmed</c>; null before version 9.2.</param>
public sealed record ProxmoxHa(string? Armed, string? ResourceMode, IReadOnlyList<ProxmoxHaService> Services)
{
    public static ProxmoxHa Read(JsonElement data)
    {
        var fencing = data.Entries().FirstOrDefault(e => e.Text("type") == "fencing");
        var services = data.Entries()
            .Where(e => e.Text("type") == "service" && e.Text("sid") is { Length: > 0 })
            .Select(e => new ProxmoxHaService(e.Text("sid") ?? "", e.Text("node"), e.Text("state") ?? "unknown"))
            .ToList();
        return new ProxmoxHa(
            fencing.Text("armed-state") ?? fencing.Text("armed_state"),
            fencing.Text("resource-mode") ?? fencing.Text("resource_mode"),
            services
        );
    }
}

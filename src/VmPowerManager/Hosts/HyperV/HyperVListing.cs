using System.Text.Json;
using VmPowerManager.Protocols;
using static VmPowerManager.Hosts.HyperV.HyperVAnswer;

namespace VmPowerManager.Hosts.HyperV;

/// <summary>One host and its virtual machines, as a script told them.</summary>
internal sealed record HyperVListing(HyperVHost Host, IReadOnlyList<HyperVMachine> Machines)
{
    public static HyperVListing Of(HyperVAnswer answer)
    {
        var services = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);
        foreach (var service in answer.All("service"))
            services[Text(service, "vm")] = service;
        return new(
            HyperVHost.Of(answer.One("host")),
            [.. answer.All("vm").Select(vm => HyperVMachine.Of(vm, services.GetValueOrDefault(Text(vm, "id"))))]
        );
    }

    /// <summary>With what Windows does to them by itself.</summary>
    public HostInventory Discovered(string realm) => Inventory(realm) with { Facts = HyperVFacts.Of(Machines) };

    /// <summary>A cluster has more than is listed here: a role that is missing was moved, and may run elsewhere (C5).</summary>
    public HostInventory Inventory(string realm) =>
        new(
            realm,
            [.. Machines.Select(m => new GuestSighting(m.Id, m.Name, GuestKind.Vm, m.GuestState, m.Agent))],
            WholeRealm: realm == Host.Key ? null : false
        );
}

/// <param name="Uuid">Of the hardware.</param>
/// <param name="Cluster">Of the failover cluster; empty: none, or not asked.</param>
/// <param name="Roles">Virtual machines that are roles of the cluster.</param>
/// <param name="ClusterWords">Why a cluster does not answer though its tools are there; empty: it does.</param>
internal sealed record HyperVHost(
    string Uuid,
    string Name,
    string Cluster,
    string ClusterName,
    long Roles,
    string ClusterWords
)
{
    private static readonly string[] Junk =
    [
        "",
        "00000000-0000-0000-0000-000000000000",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        "03000200-0400-0500-0006-000700080009",
    ];

    /// <summary>The host alone: its UUID, or its name where the board has none of its own. With Hyper-V Replica the same guest
    /// id stands on two hosts, so ids are not unique beyond one.</summary>
    public string Key => Junk.Contains(Uuid.ToUpperInvariant()) ? $"hyperv:{Name}" : Uuid.ToLowerInvariant();

    public static HyperVHost Of(JsonElement line) =>
        new(
            Text(line, "uuid"),
            Text(line, "name"),
            Text(line, "cluster"),
            Text(line, "clusterName"),
            Number(line, "roles"),
            Text(line, "clusterWords")
        );
}

/// <param name="State">Hyper-V's own word.</param>
/// <param name="StartAction">What happens to it when the host starts; <paramref name="StopAction"/>: stops.</param>
/// <param name="Agent">Whether its shutdown service answers.</param>
internal sealed record HyperVMachine(
    string Id,
    string Name,
    string State,
    AgentState Agent,
    string StartAction,
    string StopAction,
    long StartDelay
)
{
    /// <summary>CIM's OperationalStatus: OK.</summary>
    private const long Answers = 2;

    /// <summary>A machine that is on its way has power: what saves or stops may still fail, what starts must be taken down with
    /// its host. "Critical" says that its storage is away, not that it is off.</summary>
    public GuestState GuestState =>
        State.Replace("Critical", "", StringComparison.Ordinal) switch
        {
            "Running" or "Stopping" or "Starting" or "Resuming" or "Pausing" => GuestState.Running,
            "Saving" or "FastSaving" or "Reset" or "ForceShutdown" or "ForceReboot" => GuestState.Running,
            "Paused" => GuestState.Paused,
            "Saved" or "FastSaved" or "Hibernated" => GuestState.Saved,
            "Off" => GuestState.Off,
            _ => GuestState.Unknown,
        };

    /// <exception cref="DeviceException">A machine without an id.</exception>
    public static HyperVMachine Of(JsonElement vm, JsonElement service) =>
        Guid.TryParse(Text(vm, "id"), out var id)
            ? new(
                id.ToString("D"),
                Text(vm, "name"),
                Text(vm, "state"),
                AgentOf(vm, service),
                Text(vm, "start"),
                Text(vm, "stop"),
                Number(vm, "delay")
            )
            : throw new DeviceException(DeviceFault.ProtocolError, "Hyper-V told a virtual machine without an id.");

    /// <summary>The service has to be enabled in the settings, and the guest has to answer. Without news of the service, a
    /// heartbeat says that the guest's services run at all; its absence says nothing of those that are not asked.</summary>
    private static AgentState AgentOf(JsonElement vm, JsonElement service)
    {
        if (!Text(vm, "state").StartsWith("Running", StringComparison.Ordinal))
            return AgentState.Unknown;
        if (service.ValueKind == JsonValueKind.Object)
            return Truth(service, "enabled") && Number(service, "status") == Answers
                ? AgentState.Running
                : AgentState.Absent;
        return Text(vm, "heartbeat") switch
        {
            var beat when beat.StartsWith("Ok", StringComparison.Ordinal) => AgentState.Running,
            "NoContact" or "LostCommunication" => AgentState.Absent,
            _ => AgentState.Unknown,
        };
    }
}

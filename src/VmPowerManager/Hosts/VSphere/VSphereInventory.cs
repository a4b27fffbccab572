using System.Text.RegularExpressions;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.VSphere;

namespace VmPowerManager.Hosts.VSphere;

/// <summary>A host and its guests, in one call.</summary>
internal sealed partial record VSphereInventory(VimObject Host, IReadOnlyList<VSphereGuest> Guests)
{
    private static readonly string[] OfHost =
    [
        "runtime.connectionState",
        "runtime.powerState",
        "runtime.inMaintenanceMode",
    ];

    private static readonly string[] OfGuest =
    [
        "name",
        "config.instanceUuid",
        "config.template",
        "config.managedBy",
        // Kept of VMs whose configuration cannot be read just now.
        "summary.config.instanceUuid",
        "summary.config.template",
        "runtime.connectionState",
        "runtime.powerState",
        "guest.toolsRunningStatus",
    ];

    public bool InMaintenance => Host.Flag("runtime.inMaintenanceMode");

    /// <summary>Templates are no guests, and vSphere's own agents (vCLS) come and go as it likes.</summary>
    public IEnumerable<VSphereGuest> Own => Guests.Where(g => g is { IsTemplate: false, IsAgent: false });

    /// <summary>Those that would lose their power with the host, or may.</summary>
    public IReadOnlyList<VSphereGuest> Up => [.. Own.Where(g => MayRun(g.State))];

    public static bool MayRun(GuestState state) => state is not (GuestState.Off or GuestState.Saved);

    public static async Task<VSphereInventory> ReadAsync(VSpherePlace place, CancellationToken ct)
    {
        var all = await place.Session.ReadAsync(place.Ref, OfHost, "vm", "VirtualMachine", OfGuest, ct);
        var host =
            all.FirstOrDefault(o => o.Ref == place.Ref)
            ?? throw new DeviceException(
                DeviceFault.ProtocolError,
                $"{place.Session.Endpoint} told nothing of {place.Name}."
            );
        return new(host, [.. all.Where(o => o.Ref.Type == "VirtualMachine").Select(Guest)]);
    }

    /// <summary>What a vCenter tells of a host that does not answer it is what was, not what is.</summary>
    /// <exception cref="DeviceException">Unreachable: the vCenter has no word of it.</exception>
    public VSphereInventory MustBeConnected(VSpherePlace place) =>
        Host.Text("runtime.connectionState") switch
        {
            null or "connected" => this,
            "notResponding" => throw new DeviceException(
                DeviceFault.Unreachable,
                $"{place.Session.Endpoint} says that {place.Name} does not respond"
            ),
            var state => throw new DeviceException(
                DeviceFault.Unreachable,
                $"{HostFaults.NotKnown}: {place.Name} is {state} in {place.Session.Endpoint}"
            ),
        };

    /// <param name="prepared">We brought it into maintenance mode: a start takes it out again.</param>
    public HostInventory ToHostInventory(VSpherePlace place, bool prepared) =>
        new(
            place.Realm,
            [.. Own.Select(g => new GuestSighting(g.Id, g.Name, GuestKind.Vm, g.State, g.Agent))],
            place.IsAlone && Guests.All(g => g.IsKnown) ? null : false,
            InMaintenance && !prepared ? $"{place.Name} is in maintenance mode" : null
        );

    private static VSphereGuest Guest(VimObject vm)
    {
        var name = vm.Text("name") ?? vm.Ref.Id;
        var manager = vm.Properties.GetValueOrDefault("config.managedBy");
        var id = vm.Text("config.instanceUuid") ?? vm.Text("summary.config.instanceUuid");
        return new(vm.Ref, id?.ToLowerInvariant() ?? $"moid:{vm.Ref.Id}", name)
        {
            State = StateOf(vm.Text("runtime.powerState"), vm.Text("runtime.connectionState")),
            Agent = AgentOf(vm.Text("guest.toolsRunningStatus")),
            IsTemplate = vm.Flag("config.template") || vm.Flag("summary.config.template"),
            IsAgent = IsClusterAgent(name, manager?.TextOf("extensionKey")),
        };
    }

    /// <param name="connection">Of a VM that its host lost sight of, the power state is what was.</param>
    public static GuestState StateOf(string? power, string? connection) =>
        power switch
        {
            _ when connection is not (null or "connected") => GuestState.Unknown,
            "poweredOn" => GuestState.Running,
            "poweredOff" => GuestState.Off,
            "suspended" => GuestState.Saved,
            _ => GuestState.Unknown,
        };

    public static AgentState AgentOf(string? tools) =>
        tools switch
        {
            "guestToolsRunning" or "guestToolsExecutingScripts" => AgentState.Running,
            "guestToolsNotRunning" => AgentState.Absent,
            _ => AgentState.Unknown,
        };

    /// <summary>By its manager where that is told, and by the name that vSphere gives it: a UUID follows.</summary>
    public static bool IsClusterAgent(string name, string? manager) =>
        name.StartsWith("vCLS", StringComparison.Ordinal)
        && (manager == "com.vmware.vim.eam" || AgentName().IsMatch(name));

    [GeneratedRegex("^vCLS[- (]+[0-9a-f]{8}-[0-9a-f-]{20,}\\)?$|^vCLS \\([0-9]+\\)$", RegexOptions.IgnoreCase)]
    private static partial Regex AgentName();
}

/// <summary>A VM of a host.</summary>
/// <param name="Id">Its instanceUuid: ids of the inventory change when a VM is registered anew.</param>
internal sealed record VSphereGuest(VimRef Ref, string Id, string Name)
{
    public GuestState State { get; init; }
    public AgentState Agent { get; init; }
    public bool IsTemplate { get; init; }
    public bool IsAgent { get; init; }

    /// <summary>By its instanceUuid, and not only by its place in this inventory.</summary>
    public bool IsKnown => !Id.StartsWith("moid:", StringComparison.Ordinal);
}

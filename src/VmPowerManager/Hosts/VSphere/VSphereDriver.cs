using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts.VSphere;

/// <summary>An ESXi host, spoken to directly or through its vCenter by SOAP, and where neither serves by its shell over SSH. One
/// behind a vCenter may have a login of its own, which is used while that one does not answer. The realm is the vCenter, or the host's hardware; guests are known by their instanceUuid.</summary>
internal sealed class VSphereDriver(
    VSphereAccess access,
    VSphereWays ways,
    EsxiShell shell,
    VSphereProbe probe,
    SshAccess ssh
) : IHostDriver, IHostIdentity
{
    private static readonly TimeSpan Discovery = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Maintenance = TimeSpan.FromMinutes(1);

    public string Platform => "vsphere";

    /// <summary>The others are ways beside it: their address is to be the ESXi host's own.</summary>
    public IReadOnlyList<string> Blocks { get; } = ["https", "direct", "ssh"];

    /// <summary>The other address may be a vCenter's.</summary>
    public IReadOnlyList<string> OwnAddress { get; } = ["ssh", "direct", "https"];
    public IReadOnlyList<string> Preparations { get; } = [VSphereMaintenance.Kind];

    public HostCapabilities Capabilities =>
        HostCapabilities.Guests
        | HostCapabilities.GuestSave
        | HostCapabilities.GuestAgent
        | HostCapabilities.HostShutdown;

    public Task<HostProbe> ProbeAsync(HostDevice host, CancellationToken ct) => probe.RunAsync(host, ct);

    public Task<HostInventory> GetStatesAsync(HostDevice host, CancellationToken ct) => ways.LookAsync(host, null, ct);

    /// <summary>The agents' states come with every listing.</summary>
    public Task<HostInventory> DiscoverAsync(HostDevice host, CancellationToken ct) =>
        ways.LookAsync(host, Discovery, ct);

    /// <summary>There is one way to ask a guest, VMware Tools; <paramref name="via"/> does not choose.</summary>
    public Task GuestPowerAsync(
        HostDevice host,
        string externalId,
        GuestVerb verb,
        ShutdownVia? via,
        CancellationToken ct
    ) =>
        ways.TellGuestAsync(
            host,
            externalId,
            verb,
            (known, place, token) => VSphereGuests.TellAsync(known, place, externalId, verb, token),
            (known, token) => shell.GuestAsync(host, known.Hardware, externalId, verb, token),
            ct
        );

    public Task HostPowerAsync(HostDevice host, HostVerb verb, CancellationToken ct) =>
        ways.ActAsync(
            host,
            (known, place, token) =>
                VSpherePower.TellAsync(known, place, verb, VSphereOwnWays.HasAnother(host, place), token),
            (known, token) => VSpherePower.TellByShellAsync(shell, host, known, verb, token),
            ct
        );

    /// <summary>Not where we brought it into maintenance mode ourselves.</summary>
    public async Task<bool> IsPreparedAsync(HostDevice host, string kind, CancellationToken ct)
    {
        Demand(kind);
        var was = false;
        await ways.ActAsync(
            host,
            async (_, place, token) => was = (await VSphereInventory.ReadAsync(place, token)).InMaintenance,
            async (_, token) => was = await shell.InMaintenanceAsync(host, token),
            ct
        );
        return was && !access.Open(host).Prepared;
    }

    public async Task<string> PrepareAsync(HostDevice host, string kind, bool rehearse, CancellationToken ct)
    {
        Demand(kind);
        (string Words, bool WasSo) done = ("", false);
        await ways.ActAsync(
            host,
            async (_, place, token) => done = await VSphereMaintenance.EnterAsync(place, rehearse, token),
            async (known, token) => done = await shell.EnterMaintenanceAsync(host, known, rehearse, token),
            ct,
            Maintenance
        );
        // What a person did, no start of a guest undoes.
        access.Open(host).Prepared |= !rehearse && !done.WasSo;
        return done.Words;
    }

    public async Task UndoAsync(HostDevice host, string kind, CancellationToken ct)
    {
        Demand(kind);
        await ways.ActAsync(
            host,
            (_, place, token) => VSphereMaintenance.LeaveAsync(place, token),
            (known, token) => shell.SetMaintenanceAsync(host, known.Hardware, enable: false, token),
            ct,
            Maintenance
        );
        access.Open(host).Prepared = false;
    }

    public Task<string> RunCommandAsync(HostDevice host, string command, CancellationToken ct) =>
        EsxiShell.IsSet(host)
            ? ssh.RunCommandAsync(host, command, ct)
            : throw new DeviceException(
                DeviceFault.Unsupported,
                "vSphere runs no commands through its API: set an SSH login of the ESXi host as well."
            );

    public Task<HostIdentity> IdentifyAsync(HostDevice host, CancellationToken ct) =>
        access.Open(host).WithAsync(VSphereIdentity.ReadAsync, ct);

    private static void Demand(string kind)
    {
        if (kind != VSphereMaintenance.Kind)
            throw new DeviceException(DeviceFault.Unsupported, $"vSphere does not know how to do {kind}.");
    }
}

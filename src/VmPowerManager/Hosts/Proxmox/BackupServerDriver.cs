using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Proxmox;

namespace VmPowerManager.Hosts.Proxmox;

/// <summary>A Proxmox Backup Server: a machine without guests that is told to shut down by its API.</summary>
internal sealed class BackupServerDriver(ProxmoxAccess access, TimeProvider time) : IHostDriver
{
    /// <summary>It has no cluster: it always means itself.</summary>
    private const string Node = "localhost";

    public string Platform => "pbs";
    public IReadOnlyList<string> Blocks { get; } = ["https"];
    public HostCapabilities Capabilities => HostCapabilities.HostShutdown;

    public async Task<HostProbe> ProbeAsync(HostDevice host, CancellationToken ct)
    {
        var (http, fresh) = access.Fresh(host, ProxmoxProduct.BackupServer);
        using (http)
        using (fresh)
        {
            var probe = new HttpsProbe(http);
            if (await probe.LogInAsync(token => LogInAsync(fresh, token), ct))
                await CheckAsync(probe, fresh, ct);
            return probe.Probe;
        }
    }

    public async Task<HostInventory> GetStatesAsync(HostDevice host, CancellationToken ct)
    {
        // Any answer to one who is known proves that it is up.
        await access.Open(host, ProxmoxProduct.BackupServer).Api.VersionAsync(ct);
        return new HostInventory($"pbs:{HttpsAccess.Endpoint(host)}", []);
    }

    public Task<HostInventory> DiscoverAsync(HostDevice host, CancellationToken ct) => GetStatesAsync(host, ct);

    public Task GuestPowerAsync(
        HostDevice host,
        string externalId,
        GuestVerb verb,
        ShutdownVia? via,
        CancellationToken ct
    ) => throw new DeviceException(DeviceFault.Unsupported, "A backup server has no guests.");

    public Task HostPowerAsync(HostDevice host, HostVerb verb, CancellationToken ct) =>
        ProxmoxOrder.NodeAsync(access.Open(host, ProxmoxProduct.BackupServer), Node, verb, ct);

    public Task<string> RunCommandAsync(HostDevice host, string command, CancellationToken ct) =>
        throw new DeviceException(
            DeviceFault.Unsupported,
            "Proxmox Backup Server runs no commands by its API: add it as a host of platform ssh as well."
        );

    private static async Task<Sentence> LogInAsync(ProxmoxHost host, CancellationToken ct)
    {
        var version = await host.Api.VersionAsync(ct);
        return Sentence.Of($"logged in as {host.Api.Client.Login}, Proxmox Backup Server {version}");
    }

    private async Task CheckAsync(HttpsProbe probe, ProxmoxHost host, CancellationToken ct)
    {
        try
        {
            var may = (await host.Api.PermissionsAsync(null, ct)).May("Sys.PowerManagement", "/system/status");
            probe.Add(
                CheckNames.Permissions,
                may ? HostCheckState.Ok : HostCheckState.Failed,
                may
                    ? Sentence.Of($"may shut it down")
                    : Sentence.Of(
                        $"the account needs Sys.PowerManagement on /system/status (role Admin on /system); tokens need it themselves"
                    )
            );
        }
        catch (DeviceException e)
        {
            probe.Add(CheckNames.Permissions, HostCheckState.Failed, Sentence.Verbatim(e.Message));
        }
        try
        {
            if (await host.Api.ClockAsync(Node, ct) is { } told && ClockCheck.OfSeconds(told, time) is { } clock)
                probe.Add(clock);
        }
        // It needs Sys.Audit on /system/time, which nothing else does: who has it not is not told.
        catch (DeviceException) { }
    }
}

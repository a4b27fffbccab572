using System.Collections.Concurrent;
using System.Globalization;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.PowerShell;
using static VmPowerManager.Hosts.HyperV.HyperVAnswer;

namespace VmPowerManager.Hosts.HyperV;

/// <summary>A Windows machine with Hyper-V, told through its own PowerShell, over SSH or over WinRM. Guests are known by the
/// virtual machine's id; the realm is the failover cluster's id, else the machine's UUID.</summary>
internal sealed class HyperVDriver(HyperVWays ways, TimeProvider time) : IHostDriver, IHostIdentity
{
    /// <summary>By the host's own key: what answers behind an address may be another machine tomorrow.</summary>
    private readonly ConcurrentDictionary<string, string> _realms = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Hosts that were asked for their cluster.</summary>
    private readonly ConcurrentDictionary<int, bool> _asked = new();

    public string Platform => "hyperv";
    public IReadOnlyList<string> Blocks { get; } = ["winrm", "ssh"];
    public IReadOnlyList<string> NeedsOneOf => Blocks;

    public HostCapabilities Capabilities =>
        HostCapabilities.Guests
        | HostCapabilities.GuestSave
        | HostCapabilities.GuestAgent
        | HostCapabilities.HostShutdown
        | HostCapabilities.Commands;

    public async Task<HostProbe> ProbeAsync(HostDevice host, CancellationToken ct)
    {
        var reached = await ways.ProbeAsync(host, HyperVScripts.Probe, ct);
        return reached.Result is null
            ? reached.Reached
            : reached.Reached with
            {
                Checks =
                [
                    .. reached.Reached.Checks,
                    .. HyperVProbe.Checks(reached.Result, ShutdownCommand(host), time),
                ],
            };
    }

    public async Task<HostInventory> GetStatesAsync(HostDevice host, CancellationToken ct)
    {
        var withCluster = !_asked.ContainsKey(host.Id);
        var listing = await ListAsync(host, HyperVScripts.States(withCluster), ct);
        if (!withCluster && _realms.TryGetValue(listing.Host.Key, out var realm))
            return listing.Inventory(realm);
        var whole = withCluster ? listing : await ListAsync(host, HyperVScripts.States(withCluster: true), ct);
        return whole.Inventory(Learn(host, whole.Host));
    }

    public async Task<HostInventory> DiscoverAsync(HostDevice host, CancellationToken ct)
    {
        var listing = await ListAsync(host, HyperVScripts.Discovery, ct);
        return listing.Discovered(Learn(host, listing.Host));
    }

    /// <summary>There is one way to ask a guest: its integration service.</summary>
    public async Task GuestPowerAsync(
        HostDevice host,
        string externalId,
        GuestVerb verb,
        ShutdownVia? via,
        CancellationToken ct
    )
    {
        if (!Guid.TryParseExact(externalId, "D", out var id))
            throw new DeviceException(DeviceFault.Refused, "A guest of Hyper-V is named by its id.");
        var done = Of(await ways.RunAsync(host, HyperVScripts.Guest(id, verb), ct)).One("done");
        if (ShutdownCodes.Refusal(Number(done, "code")) is { } words)
            throw new DeviceException(DeviceFault.Refused, words);
    }

    public async Task HostPowerAsync(HostDevice host, HostVerb verb, CancellationToken ct)
    {
        var own = verb == HostVerb.Shutdown ? ShutdownCommand(host) : null;
        var script = own is null ? HyperVScripts.HostPower(verb) : HyperVScripts.Command(own);
        if (await ways.TryRunAsync(host, script, ct) is not { } result)
            return;
        if (own is not null)
        {
            Succeeded(result);
            return;
        }
        var done = Of(result).One("done");
        var code = Number(done, "code");
        if (code != 0)
            throw new DeviceException(
                code == 5 ? DeviceFault.AuthenticationFailed : DeviceFault.Refused,
                string.Create(CultureInfo.InvariantCulture, $"shutdown.exe: {Text(done, "text")} (exit code {code})")
            );
    }

    public CommandShell ShellOf(HostDevice host) => CommandShell.PowerShell;

    public async Task<string> RunCommandAsync(HostDevice host, string command, CancellationToken ct) =>
        Succeeded(await ways.RunAsync(host, HyperVScripts.Command(command), ct));

    public async Task<HostIdentity> IdentifyAsync(HostDevice host, CancellationToken ct) =>
        HyperVIdentity.Of(Told(await ways.RunAsync(host, HyperVScripts.Identity, ct)));

    private async Task<HyperVListing> ListAsync(HostDevice host, PowerShellScript script, CancellationToken ct) =>
        HyperVListing.Of(Of(await ways.RunAsync(host, script, ct)));

    /// <summary>A cluster that does not answer for now keeps its guests known by it; after our restart, they are what they
    /// were when it was last told.</summary>
    private string Learn(HostDevice host, HyperVHost told)
    {
        if (told.Cluster.Length == 0 && told.ClusterWords.Length > 0)
            return _realms.GetValueOrDefault(told.Key, "");
        _asked[host.Id] = true;
        return _realms[told.Key] = told.Cluster.Length > 0 ? told.Cluster.ToLowerInvariant() : told.Key;
    }

    /// <summary>A person's own, which is PowerShell as all commands for this platform.</summary>
    private static string? ShutdownCommand(HostDevice host) =>
        HostSettings.Of(host).Ssh?.ShutdownCommand is { } own && !string.IsNullOrWhiteSpace(own) ? own.Trim() : null;

    private static string Succeeded(PowerShellResult result) =>
        result.ExitCode == 0
            ? result.Output.TrimStart('\uFEFF')
            : throw new DeviceException(DeviceFault.Refused, $"exit code {result.ExitCode}: {result.Words}");
}

using System.Collections.Concurrent;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Hosts.Libvirt;

/// <summary>A KVM or other host that libvirt manages, spoken to through its own <c>virsh</c> over SSH. The realm is
/// the host's UUID as libvirt tells it; guests are known by their UUID.</summary>
internal sealed class LibvirtDriver(SshAccess ssh) : IHostDriver, IHostIdentity
{
    private const string DefaultUri = "qemu:///system";
    private readonly ConcurrentDictionary<string, (long Connection, string Realm)> _realms = new();

    public string Platform => "libvirt";
    public IReadOnlyList<string> Blocks { get; } = ["ssh"];

    public HostCapabilities Capabilities =>
        HostCapabilities.Guests
        | HostCapabilities.GuestSave
        | HostCapabilities.GuestAgent
        | HostCapabilities.HostShutdown
        | HostCapabilities.Commands;

    public Task<HostProbe> ProbeAsync(HostDevice host, CancellationToken ct) =>
        ssh.ProbeAsync(host, (probe, token) => CheckAsync(Uri(host), probe, token), ct);

    public async Task<HostInventory> GetStatesAsync(HostDevice host, CancellationToken ct)
    {
        var (uri, key) = (Uri(host), Key(host));
        var known = _realms.GetValueOrDefault(key);
        var result = await ssh.RunAsync(host, VirshScript.States(uri, withRealm: known.Realm is null), ct);
        if (known.Realm is null)
            return Learn(key, result);
        var listing = Virsh.Listing(result);
        if (known.Connection == result.ConnectionId)
            return listing.Inventory(known.Realm);
        // Another connection may lead to another machine behind the same name.
        return Learn(key, await ssh.RunAsync(host, VirshScript.States(uri, withRealm: true), ct));
    }

    public async Task<HostInventory> DiscoverAsync(HostDevice host, CancellationToken ct)
    {
        return Learn(Key(host), await ssh.RunAsync(host, VirshScript.Discovery(Uri(host)), ct));
    }

    public async Task<HostIdentity> IdentifyAsync(HostDevice host, CancellationToken ct)
    {
        var uri = Uri(host);
        var told = await ssh.IdentifyAsync(host, HostIdentityScript.WithLibvirtGuests(uri), ct);
        // Where virsh goes on to another machine, the one that we are logged in to is not the guests' host.
        return System.Uri.TryCreate(uri, UriKind.Absolute, out var at) && at.Host.Length > 0
            ? new HostIdentity { GuestMacs = told.GuestMacs }
            : told;
    }

    public async Task GuestPowerAsync(
        HostDevice host,
        string externalId,
        GuestVerb verb,
        ShutdownVia? via,
        CancellationToken ct
    )
    {
        if (!Guid.TryParseExact(externalId, "D", out var uuid))
            throw new DeviceException(DeviceFault.Refused, "A libvirt guest is named by its UUID.");
        Virsh.Check(await ssh.RunAsync(host, VirshScript.Power(Uri(host), uuid, verb, via), ct));
    }

    public Task HostPowerAsync(HostDevice host, HostVerb verb, CancellationToken ct) =>
        ssh.HostPowerAsync(host, verb, ct);

    public Task<string> RunCommandAsync(HostDevice host, string command, CancellationToken ct) =>
        ssh.RunCommandAsync(host, command, ct);

    private HostInventory Learn(string key, SshResult result)
    {
        var listing = Virsh.Listing(result);
        if (listing.Realm is null)
            throw new DeviceException(DeviceFault.ProtocolError, "virsh told neither the host's UUID nor its name.");
        _realms[key] = (result.ConnectionId, listing.Realm);
        return listing.Inventory(listing.Realm);
    }

    private static async Task CheckAsync(string uri, SshProbe probe, CancellationToken ct)
    {
        var found = await probe.RunAsync(VirshScript.Find, ct);
        if (!found.Succeeded)
        {
            probe.Add("virsh", HostCheckState.Failed, $"virsh is not on the path: {found.Words}");
            return;
        }
        probe.Add("virsh", HostCheckState.Ok, found.Output.Trim().ReplaceLineEndings(" "));
        try
        {
            var result = await probe.RunAsync(VirshScript.Discovery(uri), ct);
            var guests = Virsh.Listing(result).Inventory("").Guests;
            var (running, agents) = (
                guests.Count(g => g.State == GuestState.Running),
                guests.Count(g => g.Agent == AgentState.Running)
            );
            probe.Add(
                "libvirt",
                HostCheckState.Ok,
                $"{uri}: {guests.Count} guests, {running} running, {agents} with a connected agent"
            );
        }
        catch (DeviceException e)
        {
            probe.Add("libvirt", HostCheckState.Failed, e.Message);
        }
    }

    private static string Uri(HostDevice host) =>
        SshAccess.Settings(host).LibvirtUri is { Length: > 0 } uri ? uri : DefaultUri;

    private static string Key(HostDevice host)
    {
        var at = SshAccess.Settings(host);
        return $"{at.UserName}@{at.Host}:{at.Port} {at.LibvirtUri}";
    }
}

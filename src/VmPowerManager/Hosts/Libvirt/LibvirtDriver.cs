using System.Collections.Concurrent;
using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Hosts.Libvirt;

/// <summary>A KVM or other host that libvirt manages, spoken to through its own <c>virsh</c> over SSH. The realm is
/// the host's UUID as libvirt tells it, see <see cref="LibvirtRealm"/>; guests are known by their UUID.</summary>
internal sealed class LibvirtDriver(SshAccess ssh) : IHostDriver, IHostIdentity
{
    private const int MostNamed = 10;
    private const string DefaultUri = "qemu:///system";
    private readonly ConcurrentDictionary<string, LibvirtRealm> _realms = new();

    public string Platform => "libvirt";
    public IReadOnlyList<string> Blocks { get; } = ["ssh"];

    public HostCapabilities Capabilities =>
        HostCapabilities.Guests
        | HostCapabilities.GuestSave
        | HostCapabilities.GuestAgent
        | HostCapabilities.HostShutdown
        | HostCapabilities.Commands;

    public Task<HostProbe> ProbeAsync(HostDevice host, CancellationToken ct) =>
        ssh.ProbeAsync(
            host,
            async (probe, token) =>
            {
                await CheckAsync(Uri(host), probe, token);
                if (Wrong(host, HostVerb.Shutdown) is { } wrong)
                    probe.Add(CheckNames.HostShutdown, HostCheckState.Failed, wrong);
            },
            ct
        );

    public async Task<HostInventory> GetStatesAsync(HostDevice host, CancellationToken ct)
    {
        var uri = Uri(host);
        var known = _realms.GetValueOrDefault(Key(host));
        var result = await ssh.RunAsync(host, known is null ? WithRealm(uri) : VirshScript.States(uri), ct);
        if (known is null)
            return Learn(host, result);
        var listing = Virsh.Listing(result);
        if (known.Connection == result.ConnectionId)
            return known.Inventory(listing, host.Known);
        // Another connection may lead to another machine behind the same name.
        return Learn(host, await ssh.RunAsync(host, WithRealm(uri), ct));
    }

    public async Task<HostInventory> DiscoverAsync(HostDevice host, CancellationToken ct)
    {
        var uri = Uri(host);
        return Learn(host, await ssh.RunAsync(host, VirshScript.Discovery(uri, !LeadsOn(uri)), ct));
    }

    public async Task<HostIdentity> IdentifyAsync(HostDevice host, CancellationToken ct)
    {
        var uri = Uri(host);
        var told = await ssh.IdentifyAsync(host, HostIdentityScript.WithLibvirtGuests(uri), ct);
        // Where virsh goes on to another machine, the one that we are logged in to is not the guests' host.
        return LeadsOn(uri) ? new HostIdentity { GuestMacs = told.GuestMacs } : told;
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

    /// <summary>Where virsh goes on to another machine, our own lines would take down the one in between.</summary>
    public Task HostPowerAsync(HostDevice host, HostVerb verb, CancellationToken ct) =>
        Wrong(host, verb) is { } wrong
            ? throw new DeviceException(DeviceFault.Unsupported, wrong.ToString())
            : ssh.HostPowerAsync(host, verb, ct);

    public Task<string> RunCommandAsync(HostDevice host, string command, CancellationToken ct) =>
        ssh.RunCommandAsync(host, command, ct);

    public Task<string> RunCommandAsync(HostDevice host, string command, string input, CancellationToken ct) =>
        ssh.RunCommandAsync(host, command, input, ct);

    private static RemoteCommand WithRealm(string uri) => VirshScript.StatesWithRealm(uri, !LeadsOn(uri));

    private HostInventory Learn(HostDevice host, SshResult result)
    {
        var (listing, key) = (Virsh.Listing(result), Key(host));
        var realm = LibvirtRealm.Of(listing, result.ConnectionId, _realms.GetValueOrDefault(key), host.Known);
        _realms[key] = realm;
        return realm.Inventory(listing, host.Known);
    }

    private static async Task CheckAsync(string uri, SshProbe probe, CancellationToken ct)
    {
        var found = await probe.RunAsync(VirshScript.Find, ct);
        if (!found.Succeeded)
        {
            probe.Add(CheckNames.Virsh, HostCheckState.Failed, $"virsh is not on the path: {found.Words}");
            return;
        }
        probe.Add(CheckNames.Virsh, HostCheckState.Ok, Sentence.Verbatim(found.Output.Trim().ReplaceLineEndings(" ")));
        try
        {
            var listing = Virsh.Listing(await probe.RunAsync(VirshScript.Discovery(uri, !LeadsOn(uri)), ct));
            var guests = listing.Inventory("").Guests;
            var running = guests.Where(g => g.State == GuestState.Running).ToList();
            probe.Add(CheckNames.Libvirt, HostCheckState.Ok, $"{uri}: {guests.Count} guests, {running.Count} running");
            if (running.Count > 0)
                probe.Add(CheckNames.Agents, HostCheckState.Ok, Agents(running));
            if (listing.Service.Count > 0)
                probe.Add(CheckNames.LibvirtGuests, HostCheckState.Warning, GuestsService(listing.Service));
        }
        catch (DeviceException e)
        {
            probe.Add(CheckNames.Libvirt, HostCheckState.Failed, Sentence.Verbatim(e.Message));
        }
    }

    /// <summary>A missing agent is no fault: libvirt presses the button then.</summary>
    private static Sentence Agents(List<GuestSighting> running)
    {
        var without = running.Where(g => g.Agent != AgentState.Running).Select(g => g.Name).ToList();
        return without.Count == 0
            ? Sentence.Of($"the agents of all {running.Count} that run answer")
            : Sentence.Of(
                $"{running.Count - without.Count} of {running.Count} that run answer by an agent; asked by ACPI alone: {Named.Of(without, MostNamed)}"
            );
    }

    /// <summary>It acts on guests by itself: what is still running when the host goes down, and what ran when it comes up.</summary>
    private static Sentence GuestsService(IReadOnlyDictionary<string, string> settings)
    {
        var set = string.Join(", ", settings.Select(s => $"{s.Key}={s.Value}"));
        return settings.GetValueOrDefault("ON_BOOT") == "ignore"
            ? Sentence.Of(
                $"libvirt-guests is enabled ({set}): guests that still run when the host goes down are stopped or saved by it, which may hold the host up"
            )
            : Sentence.Of(
                $"libvirt-guests is enabled ({set}): it starts guests by itself when the host is up again, before a plan does, and may hold the host up while it goes down; ON_BOOT=ignore leaves starting to the plan"
            );
    }

    /// <summary>The URI names another machine than the one that we are logged in to.</summary>
    private static bool LeadsOn(string uri) =>
        System.Uri.TryCreate(uri, UriKind.Absolute, out var at) && at.Host.Length > 0;

    private static Sentence? Wrong(HostDevice host, HostVerb verb)
    {
        var settings = SshAccess.Settings(host);
        return LeadsOn(Uri(host)) && (verb == HostVerb.Reboot || string.IsNullOrWhiteSpace(settings.ShutdownCommand))
            ? Sentence.Of(
                $"The guests are on another machine ({Uri(host)}) than the one that is logged in to ({settings.Host}): give a shutdown command that reaches it"
            )
            : null;
    }

    private static string Uri(HostDevice host) =>
        SshAccess.Settings(host).LibvirtUri is { Length: > 0 } uri ? uri : DefaultUri;

    private static string Key(HostDevice host)
    {
        var at = SshAccess.Settings(host);
        return $"{at.UserName}@{at.Host}:{at.Port} {at.LibvirtUri}";
    }
}

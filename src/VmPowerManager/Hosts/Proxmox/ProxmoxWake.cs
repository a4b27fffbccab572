using System.Net;
using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Proxmox;

namespace VmPowerManager.Hosts.Proxmox;

/// <summary>Another node of the cluster sends the magic packet: it stands in the right network, and the cluster knows the
/// address. <c>pvenode config set --wakeonlan</c> must have set it.</summary>
/// <param name="realmOf">The realm that a host was last seen to have, also before this process; null: none.</param>
internal sealed class ProxmoxWake(
    HostDirectory directory,
    ProxmoxAccess access,
    Func<int, string?> realmOf,
    TimeProvider time
) : IWakeMethod
{
    /// <summary>Nodes that are off themselves must not cost the time of those that could help.</summary>
    private static readonly TimeSpan Answers = TimeSpan.FromSeconds(3);

    public string Method => "proxmox";

    public Task<string> WakeAsync(WakeDevice host, CancellationToken ct) =>
        ThroughAnotherAsync(
            host,
            async (api, other, node) => $"{other} sent the magic packet for {node} ({await api.WakeAsync(node, ct)})",
            ct
        );

    public async Task<WakeProbe> ProbeAsync(WakeDevice host, CancellationToken ct)
    {
        try
        {
            var checks = await ThroughAnotherAsync(
                host,
                async (api, other, node) =>
                    (
                        Relay: new HostCheck(
                            CheckNames.Relay,
                            HostCheckState.Ok,
                            $"{other} sends it for {node}; whether it arrives nobody says"
                        ),
                        Address: await AddressAsync(api, node, ct)
                    ),
                ct
            );
            return new(checks.Address is null ? [checks.Relay] : [checks.Relay, checks.Address]);
        }
        catch (DeviceException e)
        {
            return new([new(CheckNames.Relay, HostCheckState.Failed, Sentence.Verbatim(e.Message))]);
        }
    }

    /// <summary>Null: the node does not tell; one that is off cannot.</summary>
    private static async Task<HostCheck?> AddressAsync(ProxmoxApi api, string node, CancellationToken ct)
    {
        try
        {
            return await api.WakeAddressAsync(node, ct) is { Length: > 0 } set
                ? new(CheckNames.Address, HostCheckState.Ok, $"{node} is woken at {set}")
                : new(
                    CheckNames.Address,
                    HostCheckState.Failed,
                    $"no address to wake is set for {node}: pvenode config set --wakeonlan MAC, on {node} itself"
                );
        }
        catch (DeviceException)
        {
            return null;
        }
    }

    /// <summary>Through the first other managed node of its cluster that answers: all are asked at once, one is told.</summary>
    private async Task<T> ThroughAnotherAsync<T>(
        WakeDevice host,
        Func<ProxmoxApi, string, string, Task<T>> act,
        CancellationToken ct
    )
    {
        var sleeping = directory.Entries.FirstOrDefault(e => e.Device.Name == host.Name)?.Device;
        if (sleeping is null || HostSettings.Of(sleeping).Https?.Url is not { } address)
            throw new DeviceException(DeviceFault.Refused, $"{host.Name} is no node of Proxmox VE.");
        var was = access.Open(sleeping);
        // Other clusters have nodes of the same name.
        if ((was.KnownRealm ?? realmOf(sleeping.Id)) is not { Length: > 0 } realm)
            throw new DeviceException(
                DeviceFault.Refused,
                $"{host.Name} was never seen up: to which cluster it belongs is not known."
            );
        var names = new Sleeper(was.KnownNode, await AddressesAsync(address.IdnHost, ct), Label(address), host.Name);
        var asked = directory
            .Entries.Where(e => e.Device.Id != sleeping.Id && e.Driver is ProxmoxDriver)
            .Select(e => AskAsync(e.Device, realm, names, ct))
            .ToList();
        var trouble = new List<string>();
        await foreach (var answered in Task.WhenEach(asked).WithCancellation(ct))
        {
            var (other, node, words) = await answered;
            if (words is not null)
                trouble.Add($"{other.Name}: {words}");
            if (node is null)
                continue;
            try
            {
                return await act(access.Open(other).Api, other.Name, node);
            }
            catch (DeviceException e)
            {
                trouble.Add($"{other.Name}: {e.Message}");
            }
        }
        throw new DeviceException(
            DeviceFault.Refused,
            trouble.Count > 0
                ? $"No other node wakes it: {string.Join("; ", trouble)}"
                : "No other node of its cluster is a managed host."
        );
    }

    /// <summary>What the sleeping node is called there; null where it is of another cluster, or with words.</summary>
    private async Task<(HostDevice Other, string? Node, string? Words)> AskAsync(
        HostDevice other,
        string realm,
        Sleeper sleeper,
        CancellationToken ct
    )
    {
        using var limit = new CancellationTokenSource(Answers, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            var open = access.Open(other);
            var cluster = await open.Api.ClusterAsync(both.Token);
            if (await open.RealmAsync(cluster, both.Token) != realm)
                return (other, null, null);
            var node = sleeper.In(cluster);
            return (other, node is { Local: false } ? node.Name : null, null);
        }
        catch (DeviceException e)
        {
            return (other, null, e.Message);
        }
        catch (OperationCanceledException)
        {
            return (other, null, $"no answer within {Answers.TotalSeconds:0} s");
        }
    }

    private static string? Label(Uri address) =>
        address.HostNameType == UriHostNameType.Dns ? address.IdnHost.Split('.')[0] : null;

    private static bool Same(string node, string? name) =>
        string.Equals(node, name, StringComparison.OrdinalIgnoreCase);

    private static async Task<IReadOnlyList<IPAddress>> AddressesAsync(string host, CancellationToken ct)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(host, ct);
        }
        catch (System.Net.Sockets.SocketException)
        {
            return [];
        }
    }

    /// <summary>By the name that it told while it was up; else by the address that the cluster knows it under, else by what the
    /// user calls it.</summary>
    private sealed record Sleeper(string? Node, IReadOnlyList<IPAddress> Addresses, string? Label, string Name)
    {
        public ProxmoxNode? In(ProxmoxCluster cluster) =>
            Node is not null
                ? cluster.Nodes.FirstOrDefault(n => n.Name == Node)
                : cluster.Nodes.FirstOrDefault(n => IPAddress.TryParse(n.Address, out var ip) && Addresses.Contains(ip))
                    ?? cluster.Nodes.FirstOrDefault(n => Same(n.Name, Label))
                    ?? cluster.Nodes.FirstOrDefault(n => Same(n.Name, Name.Split('.')[0]));
    }
}

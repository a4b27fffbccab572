using System.Collections.Concurrent;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Proxmox;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Hosts.Proxmox;

/// <summary>One node as it is spoken to, with what need not be asked twice: its name, what it belongs to, what its guests
/// are, and the tasks that we began.</summary>
internal sealed class ProxmoxHost : IDisposable
{
    private static readonly TimeSpan RulesLast = TimeSpan.FromSeconds(30);
    private readonly PinnedHttp _http;
    private readonly PinnedHttp _slowHttp;
    private readonly ProxmoxClient _client;
    private readonly ProxmoxClient _slow;
    private readonly TimeProvider _time;
    private volatile string? _node;
    private volatile string? _realm;
    private volatile Rules? _rules;
    private volatile IReadOnlyList<KnownGuest> _known;

    public ProxmoxHost(HostDevice device, PinnedHttp http, PinnedHttp slow, ProxmoxLogin login, TimeProvider time)
    {
        (Name, _http, _slowHttp, _time) = (device.Name, http, slow, time);
        (_client, _slow) = (new ProxmoxClient(http.Client, login, time), new ProxmoxClient(slow.Client, login, time));
        (Api, Agents) = (new ProxmoxApi(_client, time), new ProxmoxApi(_slow, time));
        AgentPings = new ProxmoxAgents(time);
        (_known, Hidden) = (device.Known, new ProxmoxHidden(time));
    }

    /// <summary>As the user calls it.</summary>
    public string Name { get; }
    public ProxmoxApi Api { get; }

    /// <summary>The same node over connections of their own, for calls that may hang.</summary>
    public ProxmoxApi Agents { get; }

    public ProxmoxAgents AgentPings { get; }

    /// <summary>Its name within its cluster, as it told first; null before. It stays when the node is off.</summary>
    public string? KnownNode => _node;

    /// <summary>As <see cref="RealmAsync"/> told; null before.</summary>
    public string? KnownRealm => _realm;

    /// <summary>Kinds of guests by their number, as last listed.</summary>
    public ConcurrentDictionary<long, string> Kinds { get; } = new();

    /// <summary>As <see cref="HostDevice.Known"/>, of the newest call.</summary>
    public IReadOnlyList<KnownGuest> Known
    {
        get => _known;
        set => _known = value;
    }

    /// <summary>Guests that are known and not listed.</summary>
    public ProxmoxHidden Hidden { get; }

    /// <summary>Guests that were paused when they were last asked themselves.</summary>
    public ConcurrentDictionary<long, bool> Paused { get; } = new();

    /// <summary>When each guest's agent was asked last.</summary>
    public ConcurrentDictionary<long, long> AgentsAsked { get; } = new();

    /// <summary>The newest shutdown task of ours, by guest.</summary>
    public ConcurrentDictionary<long, ProxmoxUpid> Shutdowns { get; } = new();

    public bool Serves(PinnedHttp http, PinnedHttp slow, ProxmoxLogin login) =>
        ReferenceEquals(http, _http) && ReferenceEquals(slow, _slowHttp) && login == _client.Login;

    /// <summary>Its name within its cluster.</summary>
    public async Task<string> NodeAsync(CancellationToken ct) => _node ?? Learn(await Api.ClusterAsync(ct));

    /// <summary>What the numbers of its guests are unique in. Two clusters, or nodes alone, may well have the same name:
    /// the certificate authority that each made for itself tells them apart.</summary>
    public async Task<string> RealmAsync(ProxmoxCluster cluster, CancellationToken ct)
    {
        if (_realm is { } known)
            return known;
        var node = Learn(cluster);
        var identity = await Api.IdentityAsync(node, ct);
        return _realm = identity is { } id ? $"pve:{id:D}" : $"pve:{cluster.Name ?? $"node:{node}"}";
    }

    /// <exception cref="DeviceException">Refused: another node answers at its address than before.</exception>
    public string Learn(ProxmoxCluster cluster)
    {
        var told =
            cluster.Local?.Name
            ?? throw new DeviceException(
                DeviceFault.ProtocolError,
                "The cluster does not say which of its nodes answers."
            );
        return _node is null || _node == told
            ? _node = told
            : throw new DeviceException(
                DeviceFault.Refused,
                $"The node {told} answers at its address, where {_node} did: each node needs an address of its own. If the node was "
                    + "renamed, restart this program."
            );
    }

    /// <summary>What a guest is, as far as anybody has seen it; null: nobody has.</summary>
    public string? KindOf(long id) =>
        Kinds.GetValueOrDefault(id)
        ?? (
            Known.LastOrDefault(g => g.ExternalId == ProxmoxClient.Text(id)) is { } stored
                ? ProxmoxHidden.KindOf(stored.Kind)
                : null
        );

    /// <summary>Whether there are rules for guests that leave us out; asked again after half a minute.</summary>
    public async Task<bool> RulesHideAsync(CancellationToken ct)
    {
        if (_rules is { } known && _time.GetElapsedTime(known.At) < RulesLast)
            return known.Hide;
        var at = _time.GetTimestamp();
        var rights = await Api.PermissionsAsync(null, ct);
        var hide = rights.Paths.Any(p => p.StartsWith("/vms/", StringComparison.Ordinal) && !rights.May("VM.Audit", p));
        return (_rules = new(at, hide)).Hide;
    }

    /// <summary>Tells whether a time is over that begins now.</summary>
    public Func<bool> Over(TimeSpan within)
    {
        var began = _time.GetTimestamp();
        return () => _time.GetElapsedTime(began) > within;
    }

    public void AskedAgent(long guest) => AgentsAsked[guest] = _time.GetTimestamp();

    /// <summary>Looks once a second until it holds; false: it did not within the limit.</summary>
    public async Task<bool> UntilAsync(Func<Task<bool>> holds, TimeSpan limit, CancellationToken ct)
    {
        for (var started = _time.GetTimestamp(); !await holds(); )
        {
            if (_time.GetElapsedTime(started) >= limit)
                return false;
            await Task.Delay(TimeSpan.FromSeconds(1), _time, ct);
        }
        return true;
    }

    public void Dispose()
    {
        _client.Dispose();
        _slow.Dispose();
        AgentPings.Dispose();
    }

    private sealed record Rules(long At, bool Hide);
}

using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Protocols.Redfish;

/// <summary>Speaks Redfish with one controller. Systems are enumerated: their addresses are no two vendors' the same. Any
/// thread.</summary>
public sealed class RedfishClient : IAsyncDisposable
{
    /// <summary>Pages of a collection, and systems of a controller, at most.</summary>
    private const int MostPages = 10;
    private const int MostSystems = 100;
    private static readonly HttpLimits Limits = new() { BodyBytes = 2 << 20, Connections = 2 };
    private readonly PinnedHttp _http;
    private readonly RedfishSession _session;
    private readonly RedfishEndpoint _endpoint;
    private readonly TimeProvider _time;

    /// <summary>By the name that was asked for; empty: none. Hosts with one controller share this client.</summary>
    private readonly ConcurrentDictionary<string, RedfishSystem> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="firstSeen">Told the certificate of a controller that has none pinned. Only enqueue.</param>
    /// <exception cref="DeviceException">Refused: no address.</exception>
    public RedfishClient(RedfishEndpoint endpoint, TimeProvider time, Action<string>? firstSeen = null)
    {
        (_endpoint, _time) = (endpoint, time);
        _http = new PinnedHttp(new(endpoint.BaseUrl, endpoint.CertificateFingerprint), Limits, time, firstSeen);
        _session = new RedfishSession(_http.Client, endpoint);
    }

    /// <summary>The certificate that the controller showed last.</summary>
    public string? Seen => _http.Seen;

    /// <inheritdoc cref="PinnedHttp.LastGood"/>
    public IPAddress? LastGood
    {
        get => _http.LastGood;
        set => _http.LastGood = value;
    }

    /// <summary>How it is logged in: "a session", "Basic authentication"; null before.</summary>
    public string? LoggedInBy => _session.How;

    /// <summary>Whether a Redfish service answers, and which version; needs no login.</summary>
    public async Task<string> HelloAsync(CancellationToken ct)
    {
        var root = await _session.RootAsync(ct);
        var product = RedfishJson.Text(root, "Product") ?? RedfishJson.Text(root, "Vendor");
        var version = RedfishJson.Text(root, "RedfishVersion") ?? "?";
        return product is null ? $"Redfish {version}" : $"Redfish {version}, {product}";
    }

    /// <summary>All systems that it manages.</summary>
    /// <exception cref="DeviceException">By what went wrong, with the controller's words.</exception>
    public async Task<IReadOnlyList<RedfishSystem>> SystemsAsync(CancellationToken ct)
    {
        var root = await _session.RootAsync(ct);
        var next = RedfishJson.Path(root, "Systems", "@odata.id");
        if (next is null)
            throw new DeviceException(DeviceFault.Unsupported, $"{At} manages no systems.");
        var paths = new List<string>();
        for (var page = 0; next is not null && page < MostPages; page++)
        {
            var collection = await _session.GetAsync(next, ct);
            paths.AddRange(RedfishJson.Members(collection));
            next = RedfishJson.Path(collection, "Members@odata.nextLink");
        }
        var systems = new List<RedfishSystem>();
        foreach (var path in paths.Distinct().Take(MostSystems))
            systems.Add(RedfishJson.System(path, await _session.GetAsync(path, ct)));
        return systems;
    }

    /// <summary>One system as it is now: the only one, or the one of that id or name.</summary>
    /// <exception cref="DeviceException">Refused: there are several and none is named, or none has that name.</exception>
    public async Task<RedfishSystem> SystemAsync(string? name, CancellationToken ct)
    {
        var asked = name?.Trim() ?? "";
        if (_known.TryGetValue(asked, out var known))
        {
            try
            {
                var now = RedfishJson.System(known.Path, await _session.GetAsync(known.Path, ct));
                // Another machine may sit in that slot now, or carry that name.
                if (now.Id == known.Id && now.Uuid == known.Uuid && (asked.Length == 0 || now.Is(asked)))
                    return now;
            }
            // It has another address now: a controller that was updated.
            catch (DeviceException e) when (e.Fault == DeviceFault.Unsupported) { }
        }
        return _known[asked] = Choose(await SystemsAsync(ct), asked);
    }

    /// <summary>Asks for it in the words that the system allows. Returning means that it accepted, nothing more: some accept
    /// whatever they are asked.</summary>
    /// <exception cref="DeviceException">Unsupported: it allows no such reset.</exception>
    public async Task ResetAsync(RedfishSystem system, RedfishVerb verb, CancellationToken ct)
    {
        if (system.ResetPath is not { } path)
            throw new DeviceException(DeviceFault.Unsupported, $"System {system.Id} of {At} cannot be switched.");
        var allowed = system.ResetTypes ?? await AllowedAsync(system, ct);
        var type = TypesOf(system, verb).FirstOrDefault(t => allowed?.Contains(t) ?? true);
        if (type is null)
            throw new DeviceException(
                DeviceFault.Unsupported,
                $"System {system.Id} of {At} allows only: {string.Join(", ", allowed ?? [])}."
            );
        await _session.PostAsync(path, new { ResetType = type }, ct);
    }

    /// <summary>Whether the user may switch systems (privilege ConfigureComponents); null when the controller does not let us
    /// look. The words are the user's role.</summary>
    public async Task<(bool? Allowed, string Words)> PrivilegeAsync(CancellationToken ct)
    {
        try
        {
            var root = await _session.RootAsync(ct);
            if (RedfishJson.Path(root, "AccountService", "@odata.id") is not { } service)
                return (null, "it does not tell");
            var accounts = RedfishJson.Path(await _session.GetAsync(service, ct), "Accounts", "@odata.id");
            if (accounts is null || await AccountAsync(accounts, ct) is not { } account)
                return (null, "it does not show the account");
            var role = RedfishJson.Text(account, "RoleId") ?? "?";
            if (RedfishJson.Path(account, "Links", "Role", "@odata.id") is not { } path)
                return (role is "Administrator" or "Operator" ? true : null, role);
            var privileges = RedfishJson.Texts(RedfishJson.At(await _session.GetAsync(path, ct), "AssignedPrivileges"));
            return (privileges?.Contains("ConfigureComponents"), role);
        }
        catch (DeviceException e) when (e.Fault is DeviceFault.Refused or DeviceFault.Unsupported)
        {
            return (null, e.Message);
        }
    }

    /// <summary>Ends the session.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), _time);
        try
        {
            await _session.EndAsync(limit.Token);
        }
        catch (OperationCanceledException) { }
        _session.Dispose();
        _http.Dispose();
    }

    private string At => $"{_endpoint.Host}:{_endpoint.Port}";

    private RedfishSystem Choose(IReadOnlyList<RedfishSystem> systems, string name)
    {
        if (name.Length > 0)
            return Named(systems, name);
        var physical = systems.Where(s => s.Type is null or "Physical").ToList();
        return (systems.Count, physical.Count) switch
        {
            (1, _) => systems[0],
            (_, 1) => physical[0],
            (0, _) => throw new DeviceException(DeviceFault.Refused, $"{At} shows no system to {_endpoint.UserName}."),
            _ => throw new DeviceException(
                DeviceFault.Refused,
                $"{At} manages several systems: name one of {string.Join(", ", systems.Select(s => s.Id))}."
            ),
        };
    }

    /// <summary>Ids are the controller's; names may be given to several, some by the systems themselves.</summary>
    private RedfishSystem Named(IReadOnlyList<RedfishSystem> systems, string name)
    {
        var found = systems.Where(s => s.IsAt(name)).ToList();
        if (found.Count == 0)
            found = [.. systems.Where(s => s.Is(name))];
        return found.Count == 1
            ? found[0]
            : throw new DeviceException(
                DeviceFault.Refused,
                found.Count == 0
                    ? $"{At} has no system {name}. It has: {string.Join(", ", systems.Select(s => s.Id))}."
                    : $"{At} has several systems {name}: name one of {string.Join(", ", found.Select(s => s.Id))}."
            );
    }

    private async Task<IReadOnlyList<string>?> AllowedAsync(RedfishSystem system, CancellationToken ct) =>
        system.ActionInfoPath is { } path ? RedfishJson.ResetTypes(await _session.GetAsync(path, ct)) : null;

    /// <summary>In the order to try. The button does the one or the other by the state that it finds.</summary>
    private static IEnumerable<string> TypesOf(RedfishSystem system, RedfishVerb verb) =>
        (verb, system.Power) switch
        {
            (RedfishVerb.On, RedfishPower.Off) => ["On", "ForceOn", "PushPowerButton"],
            (RedfishVerb.On, _) => ["On", "ForceOn"],
            (RedfishVerb.SoftOff, RedfishPower.On) => ["GracefulShutdown", "PushPowerButton"],
            (RedfishVerb.SoftOff, _) => ["GracefulShutdown"],
            _ => ["ForceOff"],
        };

    private async Task<JsonElement?> AccountAsync(string accounts, CancellationToken ct)
    {
        foreach (var path in RedfishJson.Members(await _session.GetAsync(accounts, ct)).Take(20))
        {
            try
            {
                var account = await _session.GetAsync(path, ct);
                if (RedfishJson.Text(account, "UserName") == _endpoint.UserName)
                    return account;
            }
            // Other people's accounts may be hidden from us.
            catch (DeviceException e) when (e.Fault is DeviceFault.Refused or DeviceFault.Unsupported) { }
        }
        return null;
    }
}

using System.Collections.Concurrent;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Hosts;

/// <summary>What all platforms that are reached over HTTPS share: standing connections by server and account, and the trust
/// in its certificate. Any thread.</summary>
internal sealed class HttpsAccess(FirstKeys firstKeys, LastAddresses addresses, TimeProvider time) : IDisposable
{
    /// <summary>By what is pinned as well: two hosts that trust different certificates of one server must not end each other's
    /// conversations.</summary>
    private readonly ConcurrentDictionary<(string Server, string Account, string? Pinned), PinnedHttp> _standing =
        new();

    /// <summary>The standing conversation with a server. A first certificate is pinned by what is saved of hosts.</summary>
    /// <param name="account">Whose it is: connections may be logged in, and cookies are kept.</param>
    public PinnedHttp Standing(HttpEndpoint endpoint, string account)
    {
        var server = endpoint.BaseUrl.GetLeftPart(UriPartial.Authority);
        // Begun before anything was pinned, and shown what is pinned now.
        if (
            endpoint.CertificateFingerprint is not null
            && _standing.TryGetValue((server, account, null), out var learned)
            && Serves(learned, endpoint)
        )
            return learned;
        var key = (server, account, Fingerprints.Normal(endpoint.CertificateFingerprint));
        while (true)
        {
            var standing = _standing.GetOrAdd(key, _ => Connect(endpoint));
            if (Serves(standing, endpoint))
                return standing;
            // Something else is trusted now, or the login is another one.
            if (_standing.TryRemove(new(key, standing)))
                standing.Dispose();
        }
    }

    /// <summary>A conversation of its own, for a probe: it pins nothing.</summary>
    public PinnedHttp Fresh(HttpEndpoint endpoint) => new(endpoint, HttpLimits.Default, time, addresses: addresses);

    /// <summary>Drops conversations with this address and what was learned of its certificate.</summary>
    public void Forget(string host, int port)
    {
        foreach (var (key, standing) in _standing)
            if (
                standing.Endpoint.BaseUrl is var url
                && url.Port == port
                && string.Equals(url.IdnHost, host, StringComparison.OrdinalIgnoreCase)
                && _standing.TryRemove(key, out var removed)
            )
                removed.Dispose();
    }

    public void Dispose()
    {
        foreach (var key in _standing.Keys)
            if (_standing.TryRemove(key, out var standing))
                standing.Dispose();
    }

    public static HttpsSettings Settings(HostDevice host) =>
        HostSettings.Of(host).Https
        ?? throw new DeviceException(DeviceFault.Refused, $"{host.Name} has no HTTPS settings.");

    /// <summary>Where the block <c>https</c> leads.</summary>
    public static HttpEndpoint Endpoint(HostDevice host) => Endpoint(Settings(host));

    public static HttpEndpoint Endpoint(HttpsSettings https) =>
        new(
            https.Url ?? throw new DeviceException(DeviceFault.Refused, $"{https.BaseUrl} is not an address of HTTPS."),
            https.CertificateFingerprint
        );

    /// <summary>A certificate that was learned and is pinned now keeps its connections, and holds for those to the same
    /// server that were not used yet.</summary>
    private static bool Serves(PinnedHttp standing, HttpEndpoint endpoint)
    {
        var had = standing.Endpoint;
        if ((had.Login, had.Cookies) != (endpoint.Login, endpoint.Cookies))
            return false;
        return had.CertificateFingerprint is { } trusted
            ? Fingerprints.Same(trusted, endpoint.CertificateFingerprint)
            : endpoint.CertificateFingerprint is not { } certificate || standing.Learn(certificate);
    }

    private PinnedHttp Connect(HttpEndpoint endpoint) =>
        new(
            endpoint,
            HttpLimits.Default,
            time,
            certificate => firstKeys.Tell(endpoint.BaseUrl, certificate),
            addresses
        );
}

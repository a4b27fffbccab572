using System.Collections.Concurrent;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Proxmox;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Hosts.Proxmox;

/// <summary>The conversations with nodes and what is remembered of them. Settings come in with every call: others give
/// another conversation.</summary>
internal sealed class ProxmoxAccess(HttpsAccess https, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<int, ProxmoxHost> _hosts = new();

    /// <summary>The standing conversation with a host.</summary>
    /// <exception cref="DeviceException">AuthenticationFailed: nothing to log in with.</exception>
    public ProxmoxHost Open(HostDevice host, ProxmoxProduct product = ProxmoxProduct.VirtualEnvironment)
    {
        var login = Login(host, product);
        var http = https.Standing(HttpsAccess.Endpoint(host), login.ToString());
        // Agents that do not answer take seconds each: they must not hold up what verifies a shutdown.
        var slow = https.Standing(HttpsAccess.Endpoint(host), $"{login} agents");
        while (true)
        {
            var known = _hosts.GetOrAdd(host.Id, _ => new ProxmoxHost(host, http, slow, login, time));
            if (known.Serves(http, slow, login))
            {
                known.Known = host.Known;
                return known;
            }
            // Another address, login or certificate: what was remembered may be of another machine. Calls may still be
            // under way on it: it is left to them.
            _hosts.TryRemove(new(host.Id, known));
        }
    }

    /// <summary>A conversation of its own, for a probe: it pins nothing.</summary>
    public (PinnedHttp Http, ProxmoxHost Host) Fresh(
        HostDevice host,
        ProxmoxProduct product = ProxmoxProduct.VirtualEnvironment
    )
    {
        var login = Login(host, product);
        var http = https.Fresh(HttpsAccess.Endpoint(host));
        return (http, new ProxmoxHost(host, http, http, login, time));
    }

    public void Dispose()
    {
        foreach (var known in _hosts.Values)
            known.Dispose();
    }

    private static ProxmoxLogin Login(HostDevice host, ProxmoxProduct product)
    {
        var settings = HttpsAccess.Settings(host);
        var token = string.IsNullOrEmpty(settings.TokenId) ? null : settings.TokenId;
        var user = settings.UserName is { Length: > 0 } name && !name.Contains('@') ? $"{name}@pam" : settings.UserName;
        return new ProxmoxLogin(
            product,
            token,
            host.Secrets.GetValueOrDefault(HostSecrets.HttpsTokenSecret),
            user,
            host.Secrets.GetValueOrDefault(HostSecrets.HttpsPassword)
        );
    }
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Tls;
using VmPowerManager.Protocols.VSphere;

namespace VmPowerManager.Hosts.VSphere;

/// <summary>Logins by server, user, password and pinned certificate, shared by all hosts of a vCenter that agree in them, and
/// what is remembered of each host. Settings come in with every call: others give another login.</summary>
internal sealed class VSphereAccess(HttpsAccess https, TimeProvider time) : IAsyncDisposable, IDisposable
{
    private readonly ConcurrentDictionary<(VimEndpoint At, PinnedHttp Http), VimSession> _logins = new();

    /// <summary>A password that was refused is not tried again by another login, either: vSphere locks accounts.</summary>
    private readonly ConcurrentDictionary<VimEndpoint, VimRefusal> _refusals = new();
    private readonly ConcurrentDictionary<(int Id, bool Direct), VSphereHost> _hosts = new();

    /// <summary>What is known of a host; nothing is asked.</summary>
    /// <exception cref="DeviceException">Refused: the settings are not complete.</exception>
    public VSphereHost Open(HostDevice host) => Open((host.Id, false), DoorOf(host));

    /// <summary>The host's own API, beside that of its vCenter; null: there is no login for it.</summary>
    /// <exception cref="DeviceException">Refused: the settings are not complete.</exception>
    public VSphereHost? OpenDirect(HostDevice host) =>
        DirectDoorOf(host) is { } door ? Open((host.Id, true), door) : null;

    /// <summary>A login of its own, for a probe: it pins nothing.</summary>
    public (PinnedHttp Http, VimSession Session) Fresh(HostDevice host) => Fresh(DoorOf(host));

    /// <inheritdoc cref="Fresh(HostDevice)"/>
    public (PinnedHttp Http, VimSession Session)? FreshDirect(HostDevice host) =>
        DirectDoorOf(host) is { } door ? Fresh(door) : null;

    /// <summary>Logs out: the server would keep each login for its half hour.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_logins.Values.Select(s => s.LogoutAsync(CancellationToken.None)));
        Dispose();
    }

    public void Dispose()
    {
        foreach (var session in _logins.Values)
            session.Dispose();
    }

    private VSphereHost Open((int, bool) key, Door door)
    {
        var session = Session(door);
        var wanted = door.Settings.HostName;
        while (true)
        {
            var known = _hosts.GetOrAdd(key, _ => new VSphereHost(session, wanted, null, time));
            if (ReferenceEquals(known.Session, session) && known.Wanted == wanted)
                return known;
            // The same server after a new password is the same realm.
            var same = known.Session.Endpoint.Sdk == session.Endpoint.Sdk && known.Wanted == wanted;
            if (_hosts.TryUpdate(key, new(session, wanted, same ? known : null, time), known))
                LeaveUnused(known.Session);
        }
    }

    private (PinnedHttp Http, VimSession Session) Fresh(Door door)
    {
        var http = https.Fresh(HttpsAccess.Endpoint(door.Settings));
        return (http, new VimSession(http.Client, Endpoint(door), VimLimits.Default, time));
    }

    /// <summary>Logs one out that no host uses any more. Calls may still be under way on it: they end as of a login that
    /// is over.</summary>
    private void LeaveUnused(VimSession session)
    {
        if (_hosts.Values.Any(h => ReferenceEquals(h.Session, session)))
            return;
        foreach (var login in _logins.Where(l => ReferenceEquals(l.Value, session)))
            if (_logins.TryRemove(login))
                _ = session.LogoutAsync(CancellationToken.None);
    }

    private VimSession Session(Door door)
    {
        var endpoint = Endpoint(door);
        var at = HttpsAccess.Endpoint(door.Settings);
        // Connections are another's with another password, and their key must not hold the password itself.
        var secret = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(endpoint.Password)));
        var http = https.Standing(at, $"{endpoint.UserName} {secret}");
        var refusal = _refusals.GetOrAdd(endpoint, _ => new VimRefusal());
        return _logins.GetOrAdd(
            (endpoint, http),
            key => new VimSession(key.Http.Client, key.At, VimLimits.Default, time, refusal)
        );
    }

    private static Door DoorOf(HostDevice host) =>
        new(HttpsAccess.Settings(host), host.Secrets.GetValueOrDefault(HostSecrets.HttpsPassword) ?? "");

    private static Door? DirectDoorOf(HostDevice host) =>
        HostSettings.Of(host).Direct is { } direct
            ? new(direct with { HostName = null }, host.Secrets.GetValueOrDefault(HostSecrets.DirectPassword) ?? "")
            : null;

    private static VimEndpoint Endpoint(Door door) =>
        string.IsNullOrEmpty(door.Settings.UserName)
            ? throw new DeviceException(DeviceFault.AuthenticationFailed, "vSphere takes a user name and a password.")
            : VimEndpoint.Of(door.Settings.BaseUrl, door.Settings.UserName, door.Password);

    /// <summary>Where we knock, and as whom.</summary>
    private sealed record Door(HttpsSettings Settings, string Password)
    {
        /// <summary>Never the password.</summary>
        public override string ToString() => Settings.BaseUrl;
    }
}

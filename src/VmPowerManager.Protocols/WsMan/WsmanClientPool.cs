using System.Collections.Concurrent;
using VmPowerManager.Protocols.Kerberos;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Protocols.WsMan;

/// <summary>Clients by endpoint, each made at its first use and let go when idle.</summary>
public sealed class WsmanClientPool : IAsyncDisposable
{
    private readonly ConcurrentDictionary<WsmanEndpoint, Lazy<Served>> _served = new();

    /// <summary>By user and password: one ticket for all hosts of a domain, which outlasts connections.</summary>
    private readonly ConcurrentDictionary<(string User, string Password), KerberosLogin> _logins = new();
    private readonly WsmanLimits _limits;
    private readonly TimeProvider _time;
    private readonly Action<WsmanEndpoint, string>? _firstSeen;
    private readonly LastAddresses? _addresses;
    private readonly ITimer _tidying;

    /// <param name="firstSeen">Told the certificate that an endpoint without a pinned one shows. It must only enqueue.</param>
    public WsmanClientPool(
        WsmanLimits limits,
        TimeProvider time,
        Action<WsmanEndpoint, string>? firstSeen = null,
        LastAddresses? addresses = null
    )
    {
        (_limits, _time, _firstSeen, _addresses) = (limits, time, firstSeen, addresses);
        _tidying = time.CreateTimer(_ => Tidy(), null, limits.Idle, limits.Idle);
    }

    /// <summary>As <see cref="WsmanClient.RunAsync"/>.</summary>
    public Task<WsmanResult> RunAsync(
        WsmanEndpoint endpoint,
        string program,
        IReadOnlyList<string> arguments,
        CancellationToken ct
    ) => _served.GetOrAdd(endpoint, Make).Value.Client.RunAsync(program, arguments, ct);

    /// <summary>As <see cref="WsmanClient.AskAsync"/>.</summary>
    public Task<WsmanResult> AskAsync(
        WsmanEndpoint endpoint,
        string program,
        IReadOnlyList<string> arguments,
        CancellationToken ct
    ) => _served.GetOrAdd(endpoint, Make).Value.Client.AskAsync(program, arguments, ct);

    /// <summary>The connection of an endpoint, with its login where the connection carries it.</summary>
    public static PinnedHttp Connect(
        WsmanEndpoint endpoint,
        WsmanLimits limits,
        TimeProvider time,
        Action<string>? firstSeen,
        LastAddresses? addresses = null
    ) =>
        new(
            new HttpEndpoint(endpoint.Url, endpoint.CertificateFingerprint, Login(endpoint)),
            // Besides one for each shell: for ending what was given up.
            HttpLimits.Default with
            {
                BodyBytes = limits.AnswerBytes,
                Connections = limits.Shells + 2,
            },
            time,
            firstSeen,
            addresses
        );

    /// <summary>Lets go of clients of this address, and of what was learned of its certificate.</summary>
    public void Forget(string host, int port)
    {
        foreach (var (endpoint, served) in _served)
            if (
                endpoint.Port == port
                && string.Equals(endpoint.Host, host, StringComparison.OrdinalIgnoreCase)
                && _served.TryRemove(new(endpoint, served))
                && served.IsValueCreated
            )
                _ = served.Value.Client.DisposeAsync().AsTask();
    }

    public async ValueTask DisposeAsync()
    {
        await _tidying.DisposeAsync();
        foreach (var endpoint in _served.Keys)
            if (_served.TryRemove(endpoint, out var served) && served.IsValueCreated)
            {
                await served.Value.Client.DisposeAsync();
                served.Value.Http.Dispose();
            }
        foreach (var login in _logins.Values)
            login.Dispose();
    }

    /// <summary>Under the scheme's own name: .NET's managed NTLM does not answer <c>Negotiate</c> everywhere. Basic goes with
    /// each request.</summary>
    private static HttpLogin? Login(WsmanEndpoint endpoint) =>
        endpoint.Authentication == WsmanAuthentication.Ntlm
            ? new HttpLogin("NTLM", endpoint.UserName, endpoint.Password)
            : null;

    private Lazy<Served> Make(WsmanEndpoint endpoint) =>
        new(() =>
        {
            var http = Connect(endpoint, _limits, _time, seen => _firstSeen?.Invoke(endpoint, seen), _addresses);
            return new Served(http, new WsmanClient(http.Client, endpoint, _limits, _time, LoginOf(endpoint)));
        });

    private KerberosLogin? LoginOf(WsmanEndpoint endpoint) =>
        endpoint.Authentication == WsmanAuthentication.Kerberos
            ? _logins.GetOrAdd(
                (endpoint.UserName, endpoint.Password),
                key => new KerberosLogin(key.User, key.Password, _time)
            )
            : null;

    private void Tidy()
    {
        foreach (var (endpoint, served) in _served)
        {
            if (!served.IsValueCreated)
                continue;
            served.Value.Client.Tidy();
            // A command that comes in just now still runs: connections that idle close by themselves.
            if (served.Value.Client.IsUnused && _served.TryRemove(new(endpoint, served)))
                _ = served.Value.Client.DisposeAsync().AsTask();
        }
    }

    private sealed record Served(PinnedHttp Http, WsmanClient Client);
}

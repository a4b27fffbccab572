using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace VmPowerManager.Protocols.Tls;

/// <summary>Makes the connections to one server: TCP, then TLS by fingerprint alone. Chains, names, certificate stores and
/// the environment's are not asked: self-signed is the rule here, and a wrong root would make trust out of nothing.</summary>
internal sealed class PinnedConnector(
    HttpEndpoint endpoint,
    HttpLimits limits,
    TimeProvider time,
    Action<string>? firstSeen,
    LastAddresses? addresses = null
)
{
    private readonly Lock _gate = new();
    private string? _learned;
    private volatile IPAddress? _lastGood;
    private volatile string? _seen;

    public PeerReach Reach { get; } = new();

    /// <summary>The address that took the newest connection.</summary>
    public IPAddress? LastGood
    {
        get => _lastGood;
        set => _lastGood = value;
    }

    /// <summary>What the server showed last; null before, and for plain HTTP.</summary>
    public string? Seen => _seen;

    /// <summary>The first certificate, where none was pinned.</summary>
    public string? Learned
    {
        get
        {
            lock (_gate)
                return _learned;
        }
    }

    /// <summary>Learns it where nothing was learned. False: another one is trusted.</summary>
    public bool LearnOf(string certificate)
    {
        lock (_gate)
            return Fingerprints.Same(_learned ??= certificate, certificate);
    }

    private string At => $"{endpoint.BaseUrl.IdnHost}:{endpoint.BaseUrl.Port}";

    /// <exception cref="HttpDeviceException">Unreachable, Timeout (it took the connection and let TLS hang), TrustChanged,
    /// ProtocolError.</exception>
    public async ValueTask<Stream> ConnectAsync(CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(limits.Connect, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var stage = Stage.Name;
        var attempt = Reach.Begin();
        try
        {
            var found = await ResolveAsync(both.Token);
            (stage, attempt.Waits) = (Stage.Tcp, true);
            var plain = await ReachAsync(found, both.Token);
            (stage, attempt.Waits) = (Stage.Tls, false);
            return endpoint.BaseUrl.Scheme == Uri.UriSchemeHttps ? await SecureAsync(plain, both.Token) : plain;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            var within = $"nothing within {limits.Connect.TotalSeconds:0.#} s";
            throw stage switch
            {
                Stage.Name => HttpFailure.NameNotResolved(endpoint.BaseUrl.Host),
                Stage.Tcp => HttpFailure.NoAnswer(At, within),
                _ => HttpFailure.HandshakeHangs(At, within),
            };
        }
        finally
        {
            // Given up by us or not: it says nothing any more. A call that ends by its limit looks while it still waits, as
            // the client lets go of it later.
            attempt.Waits = false;
        }
    }

    private async Task<IReadOnlyList<IPAddress>> ResolveAsync(CancellationToken ct)
    {
        var host = endpoint.BaseUrl.IdnHost;
        var found = await Names.ResolveAsync(host, _lastGood ?? addresses?.Of(host), time, ct);
        return found.Count > 0 ? found : throw HttpFailure.NameNotResolved(host);
    }

    private async Task<NetworkStream> ReachAsync(IReadOnlyList<IPAddress> found, CancellationToken ct)
    {
        for (var i = 0; ; i++)
        {
            // An address that does not answer leaves time for those after it.
            using var share = new CancellationTokenSource(limits.Connect / found.Count, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, share.Token);
            var last = i == found.Count - 1;
            Socket? socket = null;
            try
            {
                socket = new Socket(found[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(found[i], endpoint.BaseUrl.Port, last ? ct : both.Token);
                _lastGood = found[i];
                addresses?.Note(endpoint.BaseUrl.IdnHost, found[i]);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e)
            {
                socket?.Dispose();
                if (!last && (e is SocketException || (e is OperationCanceledException && !ct.IsCancellationRequested)))
                    continue;
                if (e is SocketException)
                    throw HttpFailure.OfConnect(At, e);
                throw;
            }
        }
    }

    private async Task<Stream> SecureAsync(Stream plain, CancellationToken ct)
    {
        HttpDeviceException? changed = null;
        var tls = new SslStream(plain, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(Options(Accepts), ct);
            return tls;
        }
        catch (Exception e)
        {
            await tls.DisposeAsync();
            if (changed is not null)
                throw changed;
            if (e is OperationCanceledException)
                throw;
            throw HttpFailure.OfHandshake(At, e);
        }

        bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            if (certificate is null)
                return false;
            var seen = Fingerprints.Of(certificate);
            _seen = seen;
            var trusted = endpoint.CertificateFingerprint ?? Learn(seen);
            if (Fingerprints.Same(trusted, seen))
                return true;
            changed = HttpFailure.TrustChanged(At, trusted, seen);
            return false;
        }
    }

    /// <summary>The first one seen, which is told once.</summary>
    private string Learn(string seen)
    {
        lock (_gate)
        {
            if (_learned is not null)
                return _learned;
            _learned = seen;
        }
        firstSeen?.Invoke(seen);
        return seen;
    }

    private SslClientAuthenticationOptions Options(RemoteCertificateValidationCallback accepts) =>
        new()
        {
            TargetHost = endpoint.BaseUrl.IdnHost,
            AllowRenegotiation = false,
            RemoteCertificateValidationCallback = accepts,
            // An empty store of roots of our own: neither the system's nor the environment's is read, and nothing is fetched.
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
        };

    private enum Stage
    {
        Name,
        Tcp,
        Tls,
    }
}

using System.Net;

namespace VmPowerManager.Protocols.Tls;

/// <summary>Speaks HTTP with one server whose certificate is pinned: <see cref="Client"/> throws nothing but
/// <see cref="DeviceException"/> (and cancellation), follows no redirect, knows no proxy, and hands out responses that are
/// read whole, within bounds. Any thread.</summary>
/// <remarks>Time limits are the caller's, by its token; a new connection has one of its own.</remarks>
public sealed class PinnedHttp : IDisposable
{
    private readonly PinnedConnector _connector;

    /// <param name="firstSeen">Told once, when a server without a pinned certificate showed its own, before anything is
    /// sent. It must only enqueue.</param>
    /// <param name="addresses">What its name stood for, where it cannot be looked up; null: what this one finds itself.</param>
    /// <exception cref="DeviceException">Refused: not an address of HTTP, or a certificate is pinned where there is none.</exception>
    public PinnedHttp(
        HttpEndpoint endpoint,
        HttpLimits limits,
        TimeProvider time,
        Action<string>? firstSeen = null,
        LastAddresses? addresses = null
    )
    {
        Endpoint = endpoint;
        var url = endpoint.BaseUrl;
        if (!url.IsAbsoluteUri || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp))
            throw new DeviceException(DeviceFault.Refused, $"{url} is not an address of HTTPS.");
        if (url.Scheme == Uri.UriSchemeHttp && !string.IsNullOrEmpty(endpoint.CertificateFingerprint))
            throw new DeviceException(DeviceFault.Refused, $"{url} has no certificate that could be the pinned one.");
        _connector = new PinnedConnector(endpoint, limits, time, firstSeen, addresses);
        Client = new HttpClient(new Mapped(Sockets(endpoint, limits, _connector), endpoint, limits, _connector))
        {
            BaseAddress = url,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public HttpEndpoint Endpoint { get; }

    /// <summary>Sends to <see cref="HttpEndpoint.BaseUrl"/>; relative addresses are completed by it.</summary>
    public HttpClient Client { get; }

    /// <summary>The certificate that the server showed last, also when it was refused; null before, and for plain
    /// HTTP.</summary>
    public string? Seen => _connector.Seen;

    /// <summary>The address that took the newest connection. It serves when names fail, and may be set to what an earlier
    /// conversation with the same server found (POLICY F8).</summary>
    public IPAddress? LastGood
    {
        get => _connector.LastGood;
        set => _connector.LastGood = value;
    }

    /// <summary>The certificate that is trusted because it was the first; null where one is pinned, or before.</summary>
    public string? Learned => _connector.Learned;

    /// <summary>Where nothing was pinned: trusts this certificate from now on, which another conversation with the same
    /// server has learned. False: this one trusts another, or has none.</summary>
    public bool Learn(string certificate) =>
        Endpoint.CertificateFingerprint is null
        && Endpoint.BaseUrl.Scheme == Uri.UriSchemeHttps
        && _connector.LearnOf(certificate);

    /// <summary>Connects, sets TLS up and hangs up: whether the server is there and is the trusted one. Nothing is asked.</summary>
    /// <exception cref="HttpDeviceException">As a request that does not get that far.</exception>
    public async Task ReachAsync(CancellationToken ct)
    {
        Hearing.Connecting(_connector.Reach);
        await using var connection = await _connector.ConnectAsync(ct);
        Hearing.Heard();
    }

    public void Dispose() => Client.Dispose();

    private static SocketsHttpHandler Sockets(HttpEndpoint endpoint, HttpLimits limits, PinnedConnector connector) =>
        new()
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = endpoint.Cookies,
            Credentials = endpoint.Login is { } login ? Credentials(endpoint.BaseUrl, login) : null,
            ActivityHeadersPropagator = null,
            MaxConnectionsPerServer = limits.Connections,
            PooledConnectionIdleTimeout = limits.Idle,
            MaxResponseDrainSize = 0,
            ConnectCallback = (_, ct) => connector.ConnectAsync(ct),
        };

    private static CredentialCache Credentials(Uri server, HttpLogin login)
    {
        var (domain, user) = login.UserName.Split('\\', 2) is [var d, var u] ? (d, u) : ("", login.UserName);
        return new() { { server, login.Scheme, new NetworkCredential(user, login.Password, domain) } };
    }

    private sealed class Mapped(
        SocketsHttpHandler sockets,
        HttpEndpoint endpoint,
        HttpLimits limits,
        PinnedConnector connector
    ) : DelegatingHandler(sockets)
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            // A link in an answer must not carry our login to somebody else.
            if (request.RequestUri is not { } url || !SameServer(url))
                throw new DeviceException(
                    DeviceFault.ProtocolError,
                    $"{endpoint} points to another server: {request.RequestUri?.Authority}"
                );
            Hearing.Connecting(connector.Reach);
            var answered = false;
            try
            {
                var response = await base.SendAsync(request, cancellationToken);
                answered = true;
                Hearing.Heard();
                await ReadAsync(response, cancellationToken);
                return response;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                var failure = HttpFailure.OfRequest(endpoint.ToString(), e, answered);
                // A wrong certificate, or nonsense, is somebody's.
                if (failure.Fault != DeviceFault.Unreachable)
                    Hearing.Heard();
                throw failure;
            }
            // What failed because we went away is no fault of the peer.
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new OperationCanceledException(e.Message, e, cancellationToken);
            }
        }

        private bool SameServer(Uri url) =>
            (url.Scheme, url.Port) == (endpoint.BaseUrl.Scheme, endpoint.BaseUrl.Port)
            && string.Equals(url.IdnHost, endpoint.BaseUrl.IdnHost, StringComparison.OrdinalIgnoreCase);

        /// <summary>Replaces the body by what it holds.</summary>
        private async Task ReadAsync(HttpResponseMessage response, CancellationToken ct)
        {
            var body = response.Content;
            try
            {
                var whole = new ByteArrayContent(await WholeAsync(body, ct));
                foreach (var (name, values) in body.Headers)
                    whole.Headers.TryAddWithoutValidation(name, values);
                response.Content = whole;
                body.Dispose();
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }

        private async Task<byte[]> WholeAsync(HttpContent body, CancellationToken ct)
        {
            if (body.Headers.ContentLength > limits.BodyBytes)
                throw TooLong();
            using var whole = new MemoryStream();
            await using var stream = await body.ReadAsStreamAsync(ct);
            var part = new byte[16 << 10];
            for (int read; (read = await stream.ReadAsync(part, ct)) > 0; )
            {
                if (whole.Length + read > limits.BodyBytes)
                    throw TooLong();
                whole.Write(part, 0, read);
            }
            return whole.ToArray();
        }

        private HttpDeviceException TooLong() =>
            new(DeviceFault.ProtocolError, $"{endpoint} answered more than {limits.BodyBytes >> 10} KiB.", sent: true);
    }
}

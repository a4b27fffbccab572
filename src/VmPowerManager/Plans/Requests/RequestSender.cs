using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Plans.Requests;

/// <summary>Sends the requests of plans, and looks whether it could. A server is known by its certificate alone; where none is
/// pinned, the first one seen holds as long as this program runs. Never throws but on cancellation. Any thread.</summary>
public sealed class RequestSender(RequestSecrets secrets, TimeProvider time, LastAddresses? addresses = null)
    : IDisposable
{
    private const int MostShown = 200;
    private const int MostLookedAt = 20_000;
    private static readonly HttpLimits Limits = new() { BodyBytes = 1 << 20, Connections = 2 };
    private readonly DeviceCall _call = new(time);
    private readonly ConcurrentDictionary<(string Server, string? Certificate), PinnedHttp> _standing = new();

    /// <summary>Sent once, never again by itself. Ok: it was answered as the step expects; the value says how.</summary>
    public Task<DeviceOutcome<string>> SendAsync(
        HttpDefinition http,
        IReadOnlyDictionary<string, string?> values,
        TimeSpan limit,
        CancellationToken ct
    ) => _call.RunAsync(token => SendAsync(http, values, token), limit, ct);

    /// <summary>Connects and sets TLS up, looks at the certificate and at what is stored, and sends nothing.</summary>
    public Task<DeviceOutcome<string>> ProbeAsync(HttpDefinition http, TimeSpan limit, CancellationToken ct) =>
        _call.RunAsync(
            async token =>
            {
                Headers(http, new Dictionary<string, string?>());
                var peer = Standing(http);
                await peer.ReachAsync(token);
                var words = $"{peer.Endpoint} answers; the request itself was not sent";
                return http.CertificateFingerprint is null && peer.Seen is { } seen
                    ? $"{words}; {seen} is not pinned: the first certificate seen is trusted"
                    : words;
            },
            limit,
            ct
        );

    /// <summary>As <see cref="ProbeAsync"/> on a connection of its own, which pins nothing: the certificate that the server
    /// shows, also where another one is pinned; null for plain HTTP.</summary>
    public async Task<(DeviceOutcome<string> Outcome, string? Certificate)> LookAsync(
        HttpDefinition http,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        string? seen = null;
        var outcome = await _call.RunAsync(
            async token =>
            {
                using var peer = new PinnedHttp(EndpointOf(http), Limits, time, addresses: addresses);
                try
                {
                    await peer.ReachAsync(token);
                }
                finally
                {
                    seen = peer.Seen;
                }
                return $"{peer.Endpoint} answers";
            },
            limit,
            ct
        );
        return (outcome, seen);
    }

    public void Dispose()
    {
        foreach (var peer in _standing.Values)
            peer.Dispose();
    }

    private async Task<string> SendAsync(
        HttpDefinition http,
        IReadOnlyDictionary<string, string?> values,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(http.Method), RequestText.Url(http, values));
        if (RequestText.Body(http, values) is { } body)
            request.Content = new StringContent(body, Encoding.UTF8, http.ContentType);
        request.Headers.UserAgent.ParseAdd("VmPowerManager");
        var headers = Headers(http, values);
        foreach (var (header, value) in headers)
            if (!request.Headers.TryAddWithoutValidation(header.Name, value))
                request.Content?.Headers.TryAddWithoutValidation(header.Name, value);
        using var answer = await Standing(http).Client.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        var status = string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode} {answer.ReasonPhrase}")
            .Trim();
        if (!Fits(http, answer.StatusCode))
            throw Unexpected(
                answer.StatusCode,
                $"{http.Method} {Server(http)} answered {status}: {Shown(text, headers)}"
            );
        if (http.ExpectText is { Length: > 0 } wanted && !text.Contains(wanted, StringComparison.Ordinal))
            throw new DeviceException(
                DeviceFault.Refused,
                $"{http.Method} {Server(http)} answered {status} without \"{wanted}\": {Shown(text, headers)}"
            );
        return $"{http.Method} {Server(http)} answered {status}";
    }

    private static DeviceException Unexpected(HttpStatusCode status, string words) =>
        new(HttpFailure.Of(status), words);

    private static bool Fits(HttpDefinition http, HttpStatusCode status) =>
        http.ExpectStatus is { } wanted ? (int)status == wanted : (int)status is >= 200 and < 300;

    /// <exception cref="DeviceException">Refused: a secret is not stored, or cannot be read.</exception>
    private List<(HttpHeaderDefinition Header, string Value)> Headers(
        HttpDefinition http,
        IReadOnlyDictionary<string, string?> values
    ) =>
        [
            .. http.Headers.Select(h =>
                (
                    h,
                    h.Secret
                        ? secrets.Open(http, h)
                            ?? throw new DeviceException(
                                DeviceFault.Refused,
                                $"The secret value of {h.Name} is not stored, or cannot be read."
                            )
                        : RequestText.Header(h.Value ?? "", values)
                )
            ),
        ];

    /// <summary>The answer's first words. A server may say back what it was told: no secret goes into words.</summary>
    private static string Shown(string text, List<(HttpHeaderDefinition Header, string Value)> headers)
    {
        var told = PeerWords.Without(
            text.Length <= MostLookedAt ? text : text[..MostLookedAt],
            headers.Where(h => h.Header.Secret).Select(h => h.Value)
        );
        var line = string.Concat(told.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return line.Length <= MostShown ? line : $"{line[..MostShown]}…";
    }

    private static string Server(HttpDefinition http) => new Uri(HttpDefinition.Server(http.Url) ?? http.Url).Authority;

    private PinnedHttp Standing(HttpDefinition http)
    {
        var endpoint = EndpointOf(http);
        return _standing.GetOrAdd(
            (endpoint.BaseUrl.AbsoluteUri, endpoint.CertificateFingerprint),
            _ => new PinnedHttp(endpoint, Limits, time, addresses: addresses)
        );
    }

    private static HttpEndpoint EndpointOf(HttpDefinition http) =>
        new(
            new Uri(
                HttpDefinition.Server(http.Url)
                    ?? throw new DeviceException(DeviceFault.Refused, $"{http.Url} is not an address of HTTP.")
            ),
            string.IsNullOrWhiteSpace(http.CertificateFingerprint)
                ? null
                : Fingerprints.Normal(http.CertificateFingerprint) ?? http.CertificateFingerprint
        );
}

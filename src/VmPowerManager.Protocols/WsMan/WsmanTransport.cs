using System.Net;
using System.Net.Http.Headers;
using System.Text;
using VmPowerManager.Protocols.Kerberos;

namespace VmPowerManager.Protocols.WsMan;

/// <summary>One request and its answer. The client is of one server, throws nothing but <see cref="DeviceException"/>, and
/// bounds what it reads (<see cref="Tls.PinnedHttp"/>); NTLM is its affair, Basic and Kerberos ours.</summary>
internal sealed class WsmanTransport(
    HttpClient http,
    WsmanEndpoint endpoint,
    WsmanLimits limits,
    TimeProvider time,
    KerberosLogin? kerberos
)
{
    private static readonly MediaTypeHeaderValue SoapXml = new("application/soap+xml") { CharSet = "UTF-8" };
    private readonly AuthenticationHeaderValue? _basic =
        endpoint.Authentication == WsmanAuthentication.Basic
            ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{endpoint.UserName}:{endpoint.Password}")))
            : null;

    public TimeProvider Time => time;
    public WsmanLimits Limits => limits;
    public WsmanRequest Requests { get; } = new(endpoint.Url, limits);

    /// <exception cref="DeviceException">As the HTTP client's; Timeout; AuthenticationFailed; and for faults
    /// <see cref="WsmanException"/> with their code.</exception>
    public async Task<WsmanAnswer> AskAsync(string envelope, CancellationToken ct)
    {
        var (answer, fault) = await TryAskAsync(envelope, ct);
        return fault is null ? answer : throw fault.ToException();
    }

    /// <summary>As <see cref="AskAsync"/>; a fault is given back.</summary>
    public async Task<(WsmanAnswer Answer, WsmanFault? Fault)> TryAskAsync(string envelope, CancellationToken ct)
    {
        var limit = limits.Operation + limits.Grace;
        using var timer = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            using var response = await SendAsync(envelope, both.Token);
            var body = await response.Content.ReadAsByteArrayAsync(both.Token);
            // Faults come with 500; a proxy's or a web server's own pages with anything.
            if (
                response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.InternalServerError)
                || body.Length == 0
            )
                throw OfStatus(response);
            var answer = WsmanAnswer.Parse(body);
            var fault = answer.Fault;
            return response.IsSuccessStatusCode || fault is not null ? (answer, fault) : throw OfStatus(response);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new WsmanException(
                DeviceFault.Timeout,
                $"{endpoint.Host}:{endpoint.Port} does not answer a request of WinRM within {limit.TotalSeconds:0.#} s"
            )
            {
                Lost = true,
            };
        }
    }

    /// <summary>A connection that Kerberos logged in stays so: a token is made where the service asks for one. It is of Kerberos
    /// alone, whatever else the service would take.</summary>
    private async Task<HttpResponseMessage> SendAsync(string envelope, CancellationToken ct)
    {
        var response = await SendAsync(envelope, _basic, ct);
        if (
            kerberos is null
            || response.StatusCode != HttpStatusCode.Unauthorized
            || Scheme(response) is not { } scheme
        )
            return response;
        response.Dispose();
        try
        {
            var token = Convert.ToBase64String(await kerberos.TokenAsync(endpoint.Host, ct));
            return await SendAsync(envelope, new(scheme, token), ct);
        }
        catch (KerberosException e)
        {
            throw new WsmanException(DeviceFault.AuthenticationFailed, $"{endpoint}: Kerberos: {e.Message}", e)
            {
                LoginRefused = e.OfTheLogin,
            };
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        string envelope,
        AuthenticationHeaderValue? authorization,
        CancellationToken ct
    )
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(envelope));
        content.Headers.ContentType = SoapXml;
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Url) { Content = content };
        request.Headers.Authorization = authorization;
        return await http.SendAsync(request, ct);
    }

    /// <summary>Of those offered the one that takes Kerberos; null: none does.</summary>
    private static string? Scheme(HttpResponseMessage response) =>
        ((string[])["Negotiate", "Kerberos"]).FirstOrDefault(s =>
            response.Headers.WwwAuthenticate.Any(h => string.Equals(h.Scheme, s, StringComparison.OrdinalIgnoreCase))
        );

    private WsmanException OfStatus(HttpResponseMessage response)
    {
        var at = $"{endpoint.Host}:{endpoint.Port}";
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => new(DeviceFault.AuthenticationFailed, NotLoggedIn(response))
            {
                LoginRefused = true,
            },
            HttpStatusCode.Forbidden => new(
                DeviceFault.AuthenticationFailed,
                $"{at} forbids it to this user (HTTP 403)"
            ),
            HttpStatusCode.NotFound => new(
                DeviceFault.ProtocolError,
                $"{at} answers, but is no WinRM service (HTTP 404)"
            ),
            >= HttpStatusCode.InternalServerError => new(
                DeviceFault.Refused,
                $"{at} refuses: HTTP {(int)response.StatusCode} {response.ReasonPhrase}"
            ),
            _ => new(DeviceFault.ProtocolError, $"{at} is no WinRM service: HTTP {(int)response.StatusCode}"),
        };
    }

    private string NotLoggedIn(HttpResponseMessage response)
    {
        var offered = response.Headers.WwwAuthenticate.Select(h => h.Scheme).Distinct(StringComparer.OrdinalIgnoreCase);
        var schemes = string.Join(", ", offered);
        var ours = endpoint.Authentication switch
        {
            WsmanAuthentication.Basic => "Basic",
            WsmanAuthentication.Ntlm => "NTLM",
            _ => "Kerberos",
        };
        var says = schemes.Length == 0 ? "" : $" (it offers {schemes}; {ours} was used)";
        return $"{endpoint} did not accept the login{says}";
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Xml;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Protocols.VSphere;

/// <summary>One call: an envelope out, an element or a fault back. Any thread.</summary>
internal sealed class VimWire(HttpClient http, VimEndpoint endpoint, VimLimits limits, TimeProvider time)
{
    /// <summary>Everything used here exists since vSphere 6.0, and every later server speaks that version too.</summary>
    private const string Version = "\"urn:vim25/6.0\"";
    private static readonly MediaTypeHeaderValue Xml = new("text/xml", "utf-8");

    /// <returns>The response element of the method, and the cookies that came with it.</returns>
    /// <exception cref="DeviceException">A <see cref="VimFault"/> of the server, Timeout, ProtocolError, and what the
    /// client throws, which is to be a <see cref="PinnedHttp"/>'s.</exception>
    public async Task<(VimElement Response, IReadOnlyList<string> Cookies)> CallAsync(
        string method,
        VimRef target,
        Action<XmlWriter>? arguments,
        string? cookie,
        CancellationToken ct
    )
    {
        using var limit = new CancellationTokenSource(limits.Call, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        using var request = Request(VimRequest.Write(method, target, arguments), cookie);
        try
        {
            using var response = await http.SendAsync(request, both.Token);
            await using var body = await response.Content.ReadAsStreamAsync(both.Token);
            return (Open(method, response, body), CookiesOf(response));
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            var words = $"{endpoint} did not answer {method} within {limits.Call.TotalSeconds:0} s";
            throw new HttpDeviceException(DeviceFault.Timeout, words, sent: true, e);
        }
    }

    private HttpRequestMessage Request(byte[] envelope, string? cookie)
    {
        var content = new ByteArrayContent(envelope);
        content.Headers.ContentType = Xml;
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Sdk) { Content = content };
        request.Headers.Add("SOAPAction", Version);
        if (!string.IsNullOrEmpty(cookie))
            request.Headers.Add("Cookie", cookie);
        return request;
    }

    /// <summary>A fault comes with 500; anything else without an envelope is not the API, or not now.</summary>
    private VimElement Open(string method, HttpResponseMessage response, Stream body)
    {
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.InternalServerError))
            throw Answered(response);
        VimElement envelope;
        try
        {
            envelope = VimXml.Read(body, limits);
        }
        catch (DeviceException) when (response.StatusCode == HttpStatusCode.InternalServerError)
        {
            throw Answered(response);
        }
        var soap = envelope is { Name: "Envelope", Space: VimRequest.Soap } ? envelope["Body"] : null;
        var inside = soap is { Space: VimRequest.Soap, Children: [var first, ..] } ? first : null;
        return inside switch
        {
            { Name: "Fault", Space: VimRequest.Soap } => throw VimFaults.OfSoap(inside),
            { Space: VimFaults.Vim } when inside.Name == method + "Response" => inside,
            _ when response.StatusCode != HttpStatusCode.OK => throw Answered(response),
            _ => throw new DeviceException(DeviceFault.ProtocolError, $"{endpoint} gave no answer to {method}."),
        };
    }

    private DeviceException Answered(HttpResponseMessage response)
    {
        var code = (int)response.StatusCode;
        var words = FormattableString.Invariant($"{endpoint} answered HTTP {code} {response.ReasonPhrase}").TrimEnd();
        return response.StatusCode switch
        {
            HttpStatusCode.Forbidden => new(DeviceFault.AuthenticationFailed, words),
            HttpStatusCode.NotFound => new(DeviceFault.ProtocolError, $"{words}: it has no vSphere API at /sdk."),
            >= HttpStatusCode.InternalServerError => new(DeviceFault.Refused, $"{words}: its service is not up."),
            _ => new(HttpFailure.Of(response.StatusCode), words),
        };
    }

    /// <summary><c>name=value</c> of each; the rest says where and how long, which we know.</summary>
    private static List<string> CookiesOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Set-Cookie", out var all)
            ? [.. all.Take(8).Select(c => c.Split(';', 2)[0].Trim()).Where(c => c.Length is > 2 and < 2048)]
            : [];
}

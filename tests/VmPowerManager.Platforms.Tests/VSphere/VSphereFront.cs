using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using VmPowerManager.Lab;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Platforms.Tests.VSphere;

/// <summary>A call on its way to the simulator.</summary>
/// <param name="Target">Id of the object that it is for.</param>
/// <param name="AskAsync">Lets the simulator answer.</param>
internal sealed record FrontCall(string Method, string Target, string Body, Func<Task<string>> AskAsync);

/// <summary>A TLS server in front of the real simulator, which does what that one is too kind for: refuses, holds, rewrites.
/// A rule that gives null lets the simulator answer.</summary>
internal sealed partial class VSphereFront : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private PinnedHttp? _behind;
    private readonly X509Certificate2 _certificate;
    private volatile Func<FrontCall, Task<string?>>? _rule;
    private int _contacts;

    private VSphereFront(WebApplication app, X509Certificate2 certificate) => (_app, _certificate) = (app, certificate);

    public int Port { get; private set; }
    public int Contacts => Volatile.Read(ref _contacts);

    /// <summary>Methods that were called, oldest first.</summary>
    public List<string> Methods { get; } = [];

    public void Rule(Func<FrontCall, Task<string?>>? rule) => _rule = rule;

    /// <summary>A rule that needs not wait.</summary>
    public void Answer(Func<FrontCall, string?> rule) => _rule = call => Task.FromResult(rule(call));

    public int Calls(string method)
    {
        lock (Methods)
            return Methods.Count(m => m == method);
    }

    public static async Task<VSphereFront> StartAsync(Func<VSphereServer> server)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddHours(-1), now.AddHours(12));
        var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, o => o.UseHttps(certificate)));
        var front = new VSphereFront(builder.Build(), certificate);
        front._app.Run(context => front.ServeAsync(context, server()));
        await front._app.StartAsync();
        front.Port = new Uri(front._app.Urls.First()).Port;
        return front;
    }

    public static string Fault(string type, string words = "", string detail = "") =>
        Envelope(
            $"<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>{words}</faultstring><detail>"
                + $"<{type}Fault xmlns=\"urn:vim25\" xsi:type=\"{type}\">{detail}</{type}Fault></detail></soapenv:Fault>"
        );

    public static string Response(string method, string inside) =>
        Envelope($"<{method}Response xmlns=\"urn:vim25\">{inside}</{method}Response>");

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _behind?.Dispose();
        _certificate.Dispose();
    }

    private static string Envelope(string body) =>
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
        + "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" "
        + $"xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>";

    /// <summary>A simulator that was started anew has another certificate.</summary>
    private HttpClient Behind(VSphereServer server)
    {
        lock (_gate)
        {
            if (_behind?.Endpoint.BaseUrl != server.Url)
            {
                _behind?.Dispose();
                _behind = new PinnedHttp(new HttpEndpoint(server.Url), HttpLimits.Default, TimeProvider.System);
            }
            return _behind.Client;
        }
    }

    private async Task ServeAsync(HttpContext context, VSphereServer server)
    {
        Interlocked.Increment(ref _contacts);
        var ct = context.RequestAborted;
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(ct);
        var match = Method().Match(body);
        lock (Methods)
            Methods.Add(match.Groups[1].Value);
        (string Text, string? Cookie)? real = null;
        var call = new FrontCall(match.Groups[1].Value, match.Groups[2].Value, body, AskAsync);
        string text;
        try
        {
            text = (_rule is { } rule ? await rule(call).WaitAsync(ct) : null) ?? await AskAsync();
        }
        // The rule wants the connection to end.
        catch (IOException)
        {
            context.Abort();
            return;
        }
        if (real?.Cookie is { } cookie)
            context.Response.Headers.SetCookie = cookie;
        context.Response.StatusCode = text.Contains("Fault>", StringComparison.Ordinal) ? 500 : 200;
        context.Response.ContentType = "text/xml; charset=utf-8";
        await context.Response.WriteAsync(text, ct);

        async Task<string> AskAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Url, "sdk"))
            {
                Content = new StringContent(body, System.Text.Encoding.UTF8, "text/xml"),
            };
            foreach (var name in (string[])["Cookie", "SOAPAction"])
                if (context.Request.Headers.TryGetValue(name, out var value))
                    request.Headers.TryAddWithoutValidation(name, (string?)value);
            using var response = await Behind(server).SendAsync(request, ct);
            var cookies = response.Headers.TryGetValues("Set-Cookie", out var all) ? all.FirstOrDefault() : null;
            real = (await response.Content.ReadAsStringAsync(ct), cookies);
            return real.Value.Text;
        }
    }

    [GeneratedRegex("<(\\w+) xmlns=\"urn:vim25\"><_this type=\"\\w+\">([^<]*)<")]
    private static partial Regex Method();
}

using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace VmPowerManager.Lab;

/// <summary>A stand-in for the WinRM service of Windows, on loopback: shells with state, selectors, both outputs, exit
/// codes, time-outs, quotas and faults as MS-WSMV has them. What a client runs is run by sh, with <see cref="Path"/> in
/// front of the path. Independent clients drive it too, so that it does not merely agree with ours.</summary>
public sealed class WinrmServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private volatile bool _refuses;

    private WinrmServer(WebApplication app, WinrmShells shells) => (_app, Shells) = (app, shells);

    public WinrmShells Shells { get; }
    public int Port { get; private set; }
    public Uri Url => new($"{(Certificate is null ? "http" : "https")}://127.0.0.1:{Port}/wsman");
    public X509Certificate2? Certificate { get; private init; }

    /// <summary>Null: no login is asked for (somebody in front asks).</summary>
    public NetworkCredential? Login { get; init; }

    /// <summary>The last word of each request's action, in order.</summary>
    public ConcurrentQueue<string> Actions { get; } = [];

    /// <summary>Called before a request is answered; true: it has been seen to.</summary>
    public Func<string, HttpContext, Task<bool>>? Before { get; set; }

    /// <summary>A service that is going down: connections end without an answer.</summary>
    public bool Refuses
    {
        get => _refuses;
        set => _refuses = value;
    }

    /// <param name="path">Folder of the programs that commands find first, <c>powershell</c> among them.</param>
    /// <param name="certificate">Null: plain HTTP.</param>
    public static async Task<WinrmServer> StartAsync(
        string path,
        NetworkCredential? login = null,
        X509Certificate2? certificate = null,
        int port = 0,
        TimeProvider? time = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                port,
                listen =>
                {
                    if (certificate is not null)
                        listen.UseHttps(certificate);
                }
            )
        );
        var app = builder.Build();
        var server = new WinrmServer(app, new WinrmShells(path, time ?? TimeProvider.System))
        {
            Login = login,
            Certificate = certificate,
        };
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!; // Kestrel's
        server.Port = new Uri(address.Addresses.First()).Port;
        return server;
    }

    /// <summary>Self-signed, as a listener's usually is.</summary>
    public static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = new CertificateRequest("CN=HYPERV1", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            now.AddDays(-1),
            now.AddYears(1)
        );
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    public async ValueTask DisposeAsync()
    {
        Shells.DeleteAll();
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (Refuses)
        {
            context.Abort();
            return;
        }
        var (request, response) = (context.Request, context.Response);
        using var text = new MemoryStream();
        await request.Body.CopyToAsync(text);
        if (!request.Path.Value!.Equals("/wsman", StringComparison.OrdinalIgnoreCase) || request.Method != "POST")
            response.StatusCode = StatusCodes.Status404NotFound;
        else if (Login is not null && !LoggedIn(request))
        {
            response.StatusCode = StatusCodes.Status401Unauthorized;
            response.Headers.WWWAuthenticate = new(["Negotiate", "Basic realm=\"WSMAN\""]);
        }
        else if (request.ContentType?.StartsWith("application/soap+xml", StringComparison.OrdinalIgnoreCase) != true)
            response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
        else
            await AnswerAsync(context, text.ToArray());
    }

    private async Task AnswerAsync(HttpContext context, byte[] text)
    {
        var asked = WinrmRequest.Read(text);
        if (asked is not null)
            Actions.Enqueue(asked.Verb);
        if (asked is not null && Before is not null && await Before(asked.Verb, context))
            return;
        var answer = asked is null
            ? WinrmFault.Malformed.Answer(null)
            : await Shells.AnswerAsync(asked, context.RequestAborted);
        context.Response.StatusCode = answer.IsFault
            ? StatusCodes.Status500InternalServerError
            : StatusCodes.Status200OK;
        context.Response.ContentType = "application/soap+xml;charset=UTF-8";
        var bytes = Encoding.UTF8.GetBytes(answer.Envelope.ToString(SaveOptions.DisableFormatting));
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes);
    }

    private bool LoggedIn(HttpRequest request)
    {
        var given = request.Headers.Authorization.ToString();
        var wanted = $"{Login!.UserName}:{Login.Password}"; // not null: the caller looked
        return given == $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(wanted))}";
    }
}

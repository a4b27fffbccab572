using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace VmPowerManager.Lab.Proxmox;

/// <summary>An HTTPS server, on a loopback port of its own and with a certificate of its own making where not told
/// otherwise. Shut, nobody listens there; opened again, it is the same door.</summary>
public sealed class HttpsDoor(RequestDelegate answer, IPEndPoint? at = null, X509Certificate2? certificate = null)
    : IAsyncDisposable
{
    private readonly IPEndPoint _at = at ?? new(IPAddress.Loopback, FreePort());
    private readonly SemaphoreSlim _turn = new(1, 1);
    private WebApplication? _app;
    private bool _gone;

    public int Port => _at.Port;

    /// <summary>What it shows; another one from the next opening on.</summary>
    public X509Certificate2 Certificate { get; private set; } = certificate ?? Made();
    public string BaseUrl => $"https://127.0.0.1:{Port}";

    public async Task OpenAsync()
    {
        // A server that is shut while it still starts fails on a thread of its own.
        await _turn.WaitAsync();
        try
        {
            if (!_gone)
                await StartAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>At once: conversations break off.</summary>
    public async Task ShutAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (_app is not { } app)
                return;
            _app = null;
            await app.StopAsync(new CancellationToken(canceled: true));
            await app.DisposeAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Somebody else's certificate from now on.</summary>
    public async Task RecertifyAsync()
    {
        await ShutAsync();
        Certificate = Made();
        await OpenAsync();
    }

    /// <summary>For good.</summary>
    public async ValueTask DisposeAsync()
    {
        _gone = true;
        await ShutAsync();
    }

    private async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(o =>
            o.Listen(
                _at,
                l =>
                {
                    l.Protocols = HttpProtocols.Http1;
                    l.UseHttps(Certificate);
                }
            )
        );
        _app = builder.Build();
        _app.Run(answer);
        await _app.StartAsync();
    }

    public static X509Certificate2 Made()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=pve.lab", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }
}

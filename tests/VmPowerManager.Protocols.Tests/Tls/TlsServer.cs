using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace VmPowerManager.Protocols.Tests.Tls;

/// <summary>A server on loopback that says over TLS, byte for byte, what a test wants, once for each request.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private readonly Task _serving;

    /// <param name="certificate">Null: no TLS.</param>
    /// <param name="answer">From the head of a request to what is said to it, through a stream; false ends the connection.</param>
    public TlsServer(X509Certificate2? certificate, Func<string, Stream, CancellationToken, Task<bool>> answer)
    {
        Certificate = certificate;
        Answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    public TlsServer(X509Certificate2? certificate, string answer)
        : this(certificate, (_, to, ct) => SayAsync(to, answer, ct)) { }

    public X509Certificate2? Certificate { get; set; }
    public Func<string, Stream, CancellationToken, Task<bool>> Answer { get; set; }
    public ConcurrentQueue<string> Requests { get; } = [];
    public int Connections { get; private set; }
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
    public Uri Url => new($"{(Certificate is null ? "http" : "https")}://127.0.0.1:{Port}/");

    public static X509Certificate2 NewCertificate(string name = "CN=lab")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        // Long expired and of another name: only the fingerprint counts.
        using var made = new CertificateRequest(name, key, HashAlgorithmName.SHA256).CreateSelfSigned(
            now.AddYears(-2),
            now.AddYears(-1)
        );
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    public static string Ok(string body) => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    public static async Task<bool> SayAsync(Stream to, string text, CancellationToken ct)
    {
        await to.WriteAsync(Encoding.ASCII.GetBytes(text), ct);
        return true;
    }

    /// <summary>Ends the connections that stand; new ones are taken.</summary>
    public void DropConnections()
    {
        foreach (var (client, _) in _open)
            client.Client?.Close(timeout: 0); // null: it just ended by itself
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        DropConnections();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Connections++;
                _open[client] = true;
                _ = TalkAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException) { }
    }

    private async Task TalkAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                Stream stream = client.GetStream();
                if (Certificate is not null)
                {
                    var tls = new SslStream(stream);
                    await tls.AuthenticateAsServerAsync(
                        new SslServerAuthenticationOptions { ServerCertificate = Certificate },
                        _stop.Token
                    );
                    stream = tls;
                }
                while (await HeadAsync(stream) is { } head)
                {
                    Requests.Enqueue(head);
                    if (!await Answer(head, stream, _stop.Token))
                        return;
                }
            }
        }
        catch (Exception e)
            when (e
                    is IOException
                        or SocketException
                        or OperationCanceledException
                        or AuthenticationException
                        or ObjectDisposedException
            ) { }
        finally
        {
            _open.TryRemove(client, out _);
        }
    }

    private async Task<string?> HeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
                return null;
            head.Append((char)one[0]);
        }
        return head.ToString();
    }
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace VmPowerManager.Browser.Secrets;

/// <summary>A server over TLS that refuses whatever it is asked, and quotes all that it was sent in its words, as a careless
/// or a hostile one may: as a fault of SOAP, as JSON, or as text.</summary>
public sealed class Parrot : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate = Certificate();
    private readonly Task _accepting;

    public Parrot()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }
    public string Url => $"https://127.0.0.1:{Port}";

    /// <summary>SHA-256 of its certificate.</summary>
    public string Fingerprint => Convert.ToHexString(SHA256.HashData(_certificate.RawData));

    /// <summary>What it was sent, all together.</summary>
    public string Heard { get; private set; } = "";

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = TalkAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It has ended.
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(_certificate);
            while (await RequestAsync(tls) is { } request)
            {
                lock (_listener)
                    Heard += request;
                await tls.WriteAsync(Answer(request));
            }
        }
        catch (Exception e)
            when (e is IOException or AuthenticationException or SocketException or ObjectDisposedException)
        {
            // Whoever asked is gone.
        }
    }

    private static async Task<string?> RequestAsync(Stream stream)
    {
        var got = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer) is > 0 and var read)
        {
            got.Append(Encoding.Latin1.GetString(buffer, 0, read));
            var text = got.ToString();
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
                continue;
            var length = text[..end]
                .Split("\r\n")
                .FirstOrDefault(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
            if (text.Length >= end + 4 + (length is null ? 0 : int.Parse(length.Split(':')[1], null)))
                return text;
        }
        return null;
    }

    private static byte[] Answer(string request)
    {
        var path = request.Split(' ')[1];
        var words = $"refused, you sent: {request} {Decoded(request)}";
        var (status, type, body) =
            path.StartsWith("/sdk", StringComparison.Ordinal) || path.StartsWith("/wsman", StringComparison.Ordinal)
                ? ("500 Internal Server Error", "text/xml", Fault(words))
            : path.StartsWith("/redfish", StringComparison.Ordinal)
                ? (
                    "400 Bad Request",
                    "application/json",
                    JsonSerializer.Serialize(new { error = new { code = "Base.1.0.GeneralError", message = words } })
                )
            : path.StartsWith("/api2", StringComparison.Ordinal)
                ? (
                    "400 Bad Request",
                    "application/json",
                    JsonSerializer.Serialize(
                        new
                        {
                            message = words,
                            data = (string?)null,
                            errors = new { password = words },
                        }
                    )
                )
            : ("400 Bad Request", "text/plain", words);
        var bytes = Encoding.UTF8.GetBytes(body);
        return
        [
            .. Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {bytes.Length}\r\n\r\n"
            ),
            .. bytes,
        ];
    }

    private static string Fault(string words) =>
        "<?xml version=\"1.0\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body><soapenv:Fault>"
        + $"<faultcode>ServerFaultCode</faultcode><faultstring>{SecurityElement.Escape(words)}</faultstring>"
        + "</soapenv:Fault></soapenv:Body></soapenv:Envelope>";

    private static string Decoded(string request)
    {
        var basic = request.IndexOf("Basic ", StringComparison.Ordinal);
        if (basic < 0)
            return "";
        var token = request[(basic + 6)..].Split("\r\n")[0];
        var bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : "";
    }

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=parrot", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        return X509CertificateLoader.LoadPkcs12(
            request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1)).Export(X509ContentType.Pfx),
            null
        );
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        _certificate.Dispose();
    }
}

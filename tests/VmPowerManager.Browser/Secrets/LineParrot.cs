using System.Net;
using System.Net.Sockets;
using System.Text;

namespace VmPowerManager.Browser.Secrets;

/// <summary>A server of lines, as upsd is one, that knows the user, refuses all else and quotes it.</summary>
public sealed class LineParrot : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _accepting;

    public LineParrot()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

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

    private static async Task TalkAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            using var reader = new StreamReader(client.GetStream());
            while (await reader.ReadLineAsync() is { } line)
                await client
                    .GetStream()
                    .WriteAsync(
                        Encoding.ASCII.GetBytes(
                            line.StartsWith("USERNAME", StringComparison.Ordinal) ? "OK\n" : $"ERR NOT-TODAY {line}\n"
                        )
                    );
        }
        catch (IOException)
        {
            // Whoever asked is gone.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }
}

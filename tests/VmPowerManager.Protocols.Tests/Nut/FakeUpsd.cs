using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace VmPowerManager.Protocols.Tests.Nut;

/// <summary>A server that does what a test tells it, for faults that the real one does not make.</summary>
public sealed class FakeUpsd : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly Func<string, Stream, CancellationToken, Task> _answer;
    private int _connections;

    /// <param name="answer">Called with every line that comes.</param>
    public FakeUpsd(Func<string, Stream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Every line is answered with what <paramref name="answer"/> gives for it; null keeps silent.</summary>
    public FakeUpsd(Func<string, string?> answer)
        : this((line, stream, ct) => answer(line) is { } text ? SendAsync(stream, text, ct) : Task.CompletedTask) { }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
    public int Connections => Volatile.Read(ref _connections);
    public ConcurrentQueue<string> Requests { get; } = [];

    public static Task SendAsync(Stream stream, string text, CancellationToken ct) =>
        stream.WriteAsync(Encoding.Latin1.GetBytes(text), ct).AsTask();

    /// <summary>Hangs up on everybody, as upsd does after 60 s of silence.</summary>
    public void HangUp()
    {
        foreach (var socket in _sockets)
            socket.Dispose();
    }

    /// <summary>A usual server with one UPS; <paramref name="special"/> comes first and may give null.</summary>
    public static string? Usual(string line, Func<string, string?>? special = null) =>
        special?.Invoke(line)
        ?? line.Split(' ') switch
        {
            ["USERNAME" or "PASSWORD", ..] => "OK\n",
            ["GET", "VAR", var ups, "ups.status"] => $"VAR {ups} ups.status \"OL\"\n",
            ["GET", "VAR", ..] => "ERR VAR-NOT-SUPPORTED\n",
            ["LIST", "VAR", var ups] => $"BEGIN LIST VAR {ups}\nVAR {ups} ups.status \"OL\"\nEND LIST VAR {ups}\n",
            _ => "ERR UNKNOWN-COMMAND\n",
        };

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        HangUp();
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync(_ending.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
            _sockets.Add(socket);
            Interlocked.Increment(ref _connections);
            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            using var lines = new StreamReader(stream, Encoding.UTF8);
            while (await lines.ReadLineAsync(_ending.Token) is { } line)
            {
                Requests.Enqueue(line);
                await _answer(line, stream, _ending.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client or the test hung up.
        }
    }
}

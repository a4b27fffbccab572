using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace VmPowerManager.Protocols.Tests.Nis;

/// <summary>A server that does what a test tells it, for faults that apcupsd does not make.</summary>
public sealed class FakeNis : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly Func<string, Stream, CancellationToken, Task> _answer;
    private int _connections;

    /// <param name="answer">Called with every command that comes.</param>
    public FakeNis(Func<string, Stream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Every command is answered with these bytes.</summary>
    public FakeNis(byte[] answer)
        : this((_, stream, ct) => stream.WriteAsync(answer, ct).AsTask()) { }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
    public int Connections => Volatile.Read(ref _connections);
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Hangs up on everybody, as apcupsd does after 15 s of silence.</summary>
    public void HangUp()
    {
        foreach (var socket in _sockets)
            socket.Dispose();
    }

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
            var buffer = new byte[300];
            while (true)
            {
                await stream.ReadExactlyAsync(buffer.AsMemory(0, 2), _ending.Token);
                var length = BinaryPrimitives.ReadUInt16BigEndian(buffer);
                await stream.ReadExactlyAsync(buffer.AsMemory(0, length), _ending.Token);
                var command = Encoding.ASCII.GetString(buffer, 0, length);
                Requests.Enqueue(command);
                await _answer(command, stream, _ending.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client or the test hung up.
        }
    }
}

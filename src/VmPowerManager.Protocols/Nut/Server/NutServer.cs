using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace VmPowerManager.Protocols.Nut.Server;

/// <summary>A NUT server (RFC 9271) for devices that the program itself provides. Bounded: so many clients, lines of so
/// many bytes, and who is silent for a minute is dropped, as upsd does. A client's fault ends that client only.</summary>
public sealed class NutServer : IAsyncDisposable
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    private readonly Socket _listener;
    private readonly TimeProvider _time;
    private readonly int _mostClients;
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<int, Task> _clients = [];
    private readonly NutServerState _state;
    private readonly Task _accepting;

    private NutServer(Socket listener, NutServerState state, TimeProvider time, int mostClients)
    {
        _listener = listener;
        _state = state;
        _time = time;
        _mostClients = mostClients;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens, with the port that it got.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!; // bound since Start

    /// <summary>What is served; replaced as a whole.</summary>
    public ImmutableArray<INutDevice> Devices
    {
        get => _state.Devices;
        set => _state.Devices = value;
    }

    /// <summary>Listens and serves until disposed.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static NutServer Start(
        IPEndPoint at,
        IEnumerable<INutDevice> devices,
        IEnumerable<NutServerUser> users,
        TimeProvider time,
        int mostClients = 200
    )
    {
        var listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(at);
            listener.Listen(64);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
        return new NutServer(listener, new NutServerState([.. devices], [.. users]), time, mostClients);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_clients.Values);
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        for (var id = 0; !_ending.IsCancellationRequested; id++)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptAsync(_ending.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // That client went away before it was taken, or there are no handles left: not in a busy loop then.
                await Task.Delay(Breath, _time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }
            if (_clients.Count >= _mostClients)
            {
                client.Dispose();
                continue;
            }
            var number = id;
            var serving = new TaskCompletionSource();
            _clients[number] = serving.Task;
            _ = ServeAsync(client, number, serving);
        }
    }

    private async Task ServeAsync(Socket client, int number, TaskCompletionSource done)
    {
        try
        {
            client.NoDelay = true;
            var address = (client.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? "";
            await using var stream = new NetworkStream(client, ownsSocket: true);
            using var session = new NutServerSession(_state, address);
            await ConverseAsync(stream, session);
        }
        catch (Exception e) when (e is IOException or SocketException or DeviceException or OperationCanceledException)
        {
            // The client left, was silent, or spoke something else: nothing to tell anybody.
        }
        finally
        {
            client.Dispose();
            _clients.TryRemove(number, out _);
            done.SetResult();
        }
    }

    private async Task ConverseAsync(NetworkStream stream, NutServerSession session)
    {
        var reader = new NutLineReader(stream);
        var answer = new StringBuilder();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        await using var silence = _time.CreateTimer(
            _ => ending.Cancel(),
            null,
            LongestSilence,
            Timeout.InfiniteTimeSpan
        );
        while (!session.IsOver)
        {
            var line = await reader.ReadAsync(ending.Token);
            silence.Change(LongestSilence, Timeout.InfiniteTimeSpan);
            session.Answer(line, answer.Clear());
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answer.ToString()), ending.Token);
        }
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace VmPowerManager.Platforms.Tests.Contract;

/// <summary>A port on loopback that leads to another one, until the test has it do something else.</summary>
public sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private readonly int _target;
    private readonly Func<Stream, CancellationToken, Task>? _instead;
    private readonly Task _serving;
    private TaskCompletionSource _thawed = Passing();
    private long _asked;
    private int _accepted;

    /// <param name="target">Leads there.</param>
    /// <param name="instead">Given: nobody is asked, this answers each connection.</param>
    public Relay(int target, Func<Stream, CancellationToken, Task>? instead = null)
    {
        (_target, _instead) = (target, instead);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _serving = ServeAsync();
    }

    public int Port { get; }

    /// <summary>Bytes that came from our side.</summary>
    public long Asked => Interlocked.Read(ref _asked);

    /// <summary>Connections so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>From now on what the peer answers does not arrive.</summary>
    public void Freeze() => _thawed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => _thawed.TrySetResult();

    /// <summary>Resets every connection that stands; new ones are taken.</summary>
    public void Drop()
    {
        foreach (var (client, _) in _open)
            client.Client?.Close(timeout: 0); // null: it ended by itself
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Thaw();
        Drop();
        await _serving;
        _stop.Dispose();
    }

    private static TaskCompletionSource Passing()
    {
        var passing = new TaskCompletionSource();
        passing.SetResult();
        return passing;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                _open[client] = true;
                _ = ConnectAsync(client);
            }
        }
        catch (Exception e) when (Ended(e)) { }
    }

    private async Task ConnectAsync(TcpClient client)
    {
        try
        {
            using (client)
                if (_instead is not null)
                    await _instead(client.GetStream(), _stop.Token);
                else
                {
                    using var target = new TcpClient();
                    await target.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                    using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                    var (ours, theirs) = (client.GetStream(), target.GetStream());
                    await Task.WhenAny(
                        PassAsync(ours, theirs, fromUs: true, either.Token),
                        PassAsync(theirs, ours, fromUs: false, either.Token)
                    );
                    await either.CancelAsync();
                }
        }
        catch (Exception e) when (Ended(e)) { }
        finally
        {
            _open.TryRemove(client, out _);
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to, bool fromUs, CancellationToken ct)
    {
        try
        {
            var part = new byte[64 << 10];
            for (int read; (read = await from.ReadAsync(part, ct)) > 0; )
            {
                if (fromUs)
                    Interlocked.Add(ref _asked, read);
                else
                    await _thawed.Task.WaitAsync(ct);
                await to.WriteAsync(part.AsMemory(0, read), ct);
            }
        }
        catch (Exception e) when (Ended(e)) { }
    }

    private static bool Ended(Exception e) =>
        e is IOException or SocketException or OperationCanceledException or InvalidOperationException;
}

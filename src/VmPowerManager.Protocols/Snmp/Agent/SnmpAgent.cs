using System.Net;
using System.Net.Sockets;

namespace VmPowerManager.Protocols.Snmp.Agent;

/// <summary>An SNMP agent of v1, v2c and v3 for objects that the program itself provides. One request at a time, none
/// queued but by the system: a flood costs itself only. What is malformed or of nobody is dropped without an answer.</summary>
public sealed class SnmpAgent : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly SnmpResponder _responder;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _serving;

    private SnmpAgent(Socket socket, SnmpResponder responder)
    {
        _socket = socket;
        _responder = responder;
        _serving = ServeAsync();
    }

    /// <summary>Where it listens, with the port that it got.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!; // bound since Start

    /// <summary>Listens and serves until disposed.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static SnmpAgent Start(IPEndPoint at, ISnmpObjects objects, SnmpAgentAccess access, TimeProvider time)
    {
        var socket = new Socket(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(at);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        var authority = new UsmAuthority(UsmAuthority.NewEngineId(), boots: 1, time);
        authority.SetUsers(access.Users);
        return new SnmpAgent(socket, new SnmpResponder(objects, access, authority));
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _socket.Dispose();
        await _serving;
        _ending.Dispose();
    }

    private async Task ServeAsync()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(4096);
        var from = new SocketAddress(_socket.AddressFamily);
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                var length = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, from, _ending.Token);
                if (_responder.Answer(buffer.AsSpan(0, length)) is { } answer)
                    await _socket.SendToAsync(answer, SocketFlags.None, from, _ending.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (Exception e) when (e is SnmpException or SocketException)
            {
                // Not SNMP, larger than the buffer, or a client that is gone: the next one may be well.
            }
        }
    }
}

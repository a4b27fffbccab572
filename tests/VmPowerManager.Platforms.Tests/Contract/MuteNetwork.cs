using System.Net;
using System.Net.Sockets;

namespace VmPowerManager.Platforms.Tests.Contract;

/// <summary>A port on loopback whose queue is full: a further connection is not answered at all, as by a machine that is
/// off.</summary>
public sealed class MuteNetwork : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _waiting = [];

    public MuteNetwork()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(0);
        for (var i = 0; i < 4; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            {
                Blocking = false,
            };
            _waiting.Add(socket);
            try
            {
                socket.Connect(IPAddress.Loopback, Port);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock) { }
        }
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port; // not null: bound

    public void Dispose()
    {
        _waiting.ForEach(s => s.Dispose());
        _listener.Dispose();
    }
}

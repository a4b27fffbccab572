using System.Net.Sockets;

namespace VmPowerManager.Protocols;

/// <summary>What a failed attempt to connect says of the peer (POLICY C4).</summary>
internal static class SocketSilence
{
    /// <summary>The attempt went out, and no connection came of it. All else (no more handles, no free port, a firewall of
    /// our own, no network) is trouble on our side, which says nothing of the peer.</summary>
    public static bool IsOfThePeer(SocketError error) =>
        error
            is SocketError.ConnectionRefused
                or SocketError.TimedOut
                or SocketError.HostUnreachable
                or SocketError.HostDown;

    /// <summary>The peer ended a connection that it had taken.</summary>
    public static bool IsEnded(SocketError error) =>
        error is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown;
}

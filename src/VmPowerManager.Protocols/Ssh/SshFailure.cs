using System.Net.Sockets;
using Renci.SshNet.Common;
using Renci.SshNet.Messages.Transport;

namespace VmPowerManager.Protocols.Ssh;

/// <summary>Turns what the library and the sockets throw into <see cref="DeviceException"/>.</summary>
internal static class SshFailure
{
    /// <summary>Trouble while connecting and logging in.</summary>
    public static DeviceException OfConnect(SshEndpoint endpoint, Exception e) =>
        e switch
        {
            DeviceException known => known,
            SshAuthenticationException => new(
                DeviceFault.AuthenticationFailed,
                $"{endpoint} did not accept the login: {e.Message}",
                e
            ),
            SocketException socket => OfSocket(endpoint, socket),
            SshOperationTimeoutException => NoAnswer(endpoint, e.Message, e),
            SshConnectionException { InnerException: SocketException socket } => OfSocket(endpoint, socket),
            SshConnectionException { DisconnectReason: DisconnectReason.ProtocolVersionNotSupported } => NotSsh(
                endpoint,
                e
            ),
            SshConnectionException => new(
                e.Message.Contains("identification", StringComparison.OrdinalIgnoreCase)
                    ? DeviceFault.ProtocolError
                    : DeviceFault.Unreachable,
                $"No SSH connection to {endpoint}: {e.Message}",
                e
            ),
            SshException => NotSsh(endpoint, e),
            ObjectDisposedException => new(DeviceFault.Unreachable, $"connection to {endpoint} lost", e),
            _ => new(DeviceFault.ProtocolError, $"{endpoint}: {e.Message}", e),
        };

    /// <summary>Trouble on a connection that stood.</summary>
    public static DeviceException OfRun(SshEndpoint endpoint, Exception e) =>
        e switch
        {
            DeviceException known => known,
            SshOperationTimeoutException => new(DeviceFault.Timeout, $"{endpoint} does not answer: {e.Message}", e),
            SshConnectionException or SocketException or ObjectDisposedException or IOException => new(
                DeviceFault.Unreachable,
                $"connection lost to {endpoint}: {e.Message}",
                e
            ),
            _ => new(DeviceFault.ProtocolError, $"{endpoint}: {e.Message}", e),
        };

    /// <summary>It opens no channel (RFC 4254, 5.1), and nothing of ours runs that could end.</summary>
    public static DeviceException OpensNoChannel(SshEndpoint endpoint, string? words, Exception? e) =>
        new(DeviceFault.Refused, $"{endpoint} opens no channel for a command: {words ?? e?.Message}", e);

    public static DeviceException NameNotResolved(SshEndpoint endpoint, Exception? e) =>
        new(DeviceFault.Unreachable, $"name not resolved: {endpoint.Host}", e);

    /// <summary>Nobody answered the attempt to connect: silence, as the caller understands it (POLICY C4).</summary>
    public static DeviceException NoAnswer(SshEndpoint endpoint, string detail, Exception? e) =>
        new(DeviceFault.Unreachable, $"no answer from {At(endpoint)}: {detail}", e);

    /// <summary>It showed its key and then let the login hang: somebody is there.</summary>
    public static DeviceException LoginHangs(SshEndpoint endpoint, string detail, Exception? e) =>
        new(DeviceFault.Timeout, $"{At(endpoint)} answered but did not let us log in: {detail}", e);

    private static DeviceException NotSsh(SshEndpoint endpoint, Exception e) =>
        new(DeviceFault.ProtocolError, $"{endpoint} does not speak SSH as expected: {e.Message}", e);

    private static DeviceException OfSocket(SshEndpoint endpoint, SocketException e) =>
        e.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => new(DeviceFault.Unreachable, $"connection refused by {At(endpoint)}", e),
            SocketError.HostUnreachable => new(DeviceFault.Unreachable, $"no route to {At(endpoint)}", e),
            SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => NameNotResolved(endpoint, e),
            var error when SocketSilence.IsOfThePeer(error) => NoAnswer(endpoint, e.Message, e),
            var error when SocketSilence.IsEnded(error) => new(
                DeviceFault.ProtocolError,
                $"{At(endpoint)} ended the connection: {e.Message}",
                e
            ),
            _ => new(DeviceFault.Timeout, $"no connection to {At(endpoint)} can be tried: {e.Message}", e),
        };

    private static string At(SshEndpoint endpoint) => $"{endpoint.Host}:{endpoint.Port}";
}

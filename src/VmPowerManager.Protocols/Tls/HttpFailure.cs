using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace VmPowerManager.Protocols.Tls;

/// <summary>A conversation by HTTP that failed.</summary>
/// <param name="sent">The request may have reached the peer and have had its effect; false: it certainly has not.</param>
public sealed class HttpDeviceException(DeviceFault fault, string message, bool sent, Exception? inner = null)
    : DeviceException(fault, message, inner)
{
    public bool Sent { get; } = sent;

    /// <summary>The connection ended after the request was sent, without a word: as one does whose machine goes down.</summary>
    public bool EndedUnanswered { get; init; }
}

/// <summary>Turns what sockets, TLS and HTTP throw into <see cref="DeviceException"/>, and status codes into faults.
/// Unreachable is left for those of whom nothing was heard, or a refusal to connect: it counts as silence (POLICY
/// C4).</summary>
public static class HttpFailure
{
    /// <summary>What a status that is no success means in general; a protocol may know better.</summary>
    public static DeviceFault Of(HttpStatusCode status) =>
        status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.ProxyAuthenticationRequired =>
                DeviceFault.AuthenticationFailed,
            HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented =>
                DeviceFault.Unsupported,
            < HttpStatusCode.BadRequest => DeviceFault.ProtocolError,
            _ => DeviceFault.Refused,
        };

    internal static HttpDeviceException OfConnect(string at, Exception e) =>
        e switch
        {
            HttpDeviceException known => known,
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => Nobody(
                $"connection refused by {at}",
                e
            ),
            SocketException { SocketErrorCode: SocketError.HostUnreachable } => Nobody($"no route to {at}", e),
            SocketException { SocketErrorCode: var error } when SocketSilence.IsOfThePeer(error) => Nobody(
                $"no answer from {at}: {e.Message}",
                e
            ),
            SocketException { SocketErrorCode: var error } when SocketSilence.IsEnded(error) => new(
                DeviceFault.ProtocolError,
                $"{at} ended the connection at once: {e.Message}",
                sent: false,
                e
            ),
            _ => new(DeviceFault.Timeout, $"no connection to {at} can be tried: {e.Message}", sent: false, e),
        };

    internal static HttpDeviceException NameNotResolved(string host) => Nobody($"name not resolved: {host}", null);

    internal static HttpDeviceException NoAnswer(string at, string detail) =>
        Nobody($"no answer from {at}: {detail}", null);

    /// <summary>It took the connection: somebody is there.</summary>
    internal static HttpDeviceException OfHandshake(string at, Exception e) =>
        new(
            DeviceFault.ProtocolError,
            e is AuthenticationException
                ? $"{at} does not speak TLS as expected: {Innermost(e)}"
                : $"{at} ended the connection while TLS was set up: {Innermost(e)}",
            sent: false,
            e
        );

    internal static HttpDeviceException HandshakeHangs(string at, string detail) =>
        new(DeviceFault.Timeout, $"{at} answered but did not finish TLS: {detail}", sent: false);

    internal static HttpDeviceException TrustChanged(string at, string? pinned, string? seen) =>
        new(
            DeviceFault.TrustChanged,
            $"The certificate of {at} changed: trusted is {pinned}, it now shows {seen}.",
            sent: false
        );

    /// <summary>Trouble with a request on a connection that stood.</summary>
    /// <param name="answered">The answer had begun.</param>
    internal static DeviceException OfRequest(string at, Exception e, bool answered)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
            if (cause is DeviceException known)
                return known;
        return e switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => Broken(
                $"{at} does not speak HTTP as expected: {e.Message}"
            ),
            HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.HttpProtocolError,
            } => Broken($"{at} breaks the bounds of HTTP: {e.Message}"),
            HttpRequestException or IOException or SocketException => Broken(
                $"connection lost to {at}: {Innermost(e)}",
                ended: !answered
            ),
            ObjectDisposedException => Broken($"connection lost to {at}: {Innermost(e)}"),
            _ => Broken($"{at}: {e.Message}"),
        };

        HttpDeviceException Broken(string words, bool ended = false) =>
            new(DeviceFault.ProtocolError, words, sent: true, e) { EndedUnanswered = ended };
    }

    private static HttpDeviceException Nobody(string words, Exception? e) =>
        new(DeviceFault.Unreachable, words, sent: false, e);

    private static string Innermost(Exception e) => e.GetBaseException().Message;
}

namespace VmPowerManager.Protocols;

/// <summary>The kinds of trouble that a device can make (STYLE: Errors).</summary>
public enum DeviceFault
{
    /// <summary>No connection: no route, refused, name not resolved, connection lost.</summary>
    Unreachable,

    /// <summary>Connected, but no answer within the limit.</summary>
    Timeout,

    /// <summary>The peer does not accept who we say we are, or what that user may do.</summary>
    AuthenticationFailed,

    /// <summary>The peer understood and said no.</summary>
    Refused,

    /// <summary>The peer does not know the request.</summary>
    Unsupported,

    /// <summary>The answer is not of this protocol, or breaks its bounds.</summary>
    ProtocolError,

    /// <summary>The pinned host key or certificate is another one now.</summary>
    TrustChanged,
}

/// <summary>The one failure that protocols and drivers throw. <see cref="Exception.Message"/> holds the peer's own
/// words where it spoke, and never a secret. A protocol with reasons of its own derives from it.</summary>
public class DeviceException(DeviceFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public DeviceFault Fault { get; } = fault;
}

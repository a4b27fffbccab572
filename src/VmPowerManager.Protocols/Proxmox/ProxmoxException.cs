using System.Net;

namespace VmPowerManager.Protocols.Proxmox;

/// <summary>The API answered with an error. Somebody is there: never Unreachable.</summary>
/// <param name="status">The HTTP status. 595 to 599 come from a node that could not reach the one it was asked about.</param>
/// <param name="fields">What is wrong with which parameter.</param>
public sealed class ProxmoxException(
    DeviceFault fault,
    string message,
    int status,
    IReadOnlyDictionary<string, string> fields
) : DeviceException(fault, message)
{
    public int Status { get; } = status;
    public IReadOnlyDictionary<string, string> Fields { get; } = fields;

    public static DeviceFault FaultOf(int status) =>
        status switch
        {
            (int)HttpStatusCode.Unauthorized or (int)HttpStatusCode.Forbidden => DeviceFault.AuthenticationFailed,
            (int)HttpStatusCode.NotFound
            or (int)HttpStatusCode.MethodNotAllowed
            or (int)HttpStatusCode.NotImplemented => DeviceFault.Unsupported,
            < 400 => DeviceFault.ProtocolError,
            _ => DeviceFault.Refused,
        };
}

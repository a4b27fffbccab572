using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Tls;
using VmPowerManager.Protocols.VSphere;

namespace VmPowerManager.Hosts.VSphere;

/// <summary>What went wrong on the way to a server, told apart from what the server said.</summary>
internal static class VSphereTrouble
{
    /// <summary>No answer of the server's own, by whose fault ever: another way to the host may be taken.</summary>
    public static bool IsOfTheLink(DeviceException e) =>
        e is HttpDeviceException or { Fault: DeviceFault.Timeout or DeviceFault.Unreachable }
        || (e is not VimFault && e.Message.Contains("its service is not up", StringComparison.Ordinal));

    /// <summary>The vCenter's own word: the host does not answer it.</summary>
    public static bool IsOfTheHost(DeviceException e) =>
        e is not HttpDeviceException && e.Fault == DeviceFault.Unreachable;

    /// <summary>It may have arrived all the same.</summary>
    public static bool MayHaveArrived(DeviceException e) =>
        IsOfTheLink(e) && e is not HttpDeviceException { Sent: false };

    public static bool IsOfTheLicense(DeviceException e) => e is VimFault { Name: "RestrictedVersion" };

    /// <summary>Nobody was heard there.</summary>
    public static bool IsSilence(DeviceException e) => e.Fault == DeviceFault.Unreachable && !IsRefusal(e);

    public static bool IsRefusal(DeviceException e) =>
        e.Message.StartsWith("connection refused", StringComparison.Ordinal);
}

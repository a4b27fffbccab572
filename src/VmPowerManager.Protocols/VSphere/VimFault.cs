namespace VmPowerManager.Protocols.VSphere;

/// <summary>A fault of the vSphere API, by the name of its type in <c>urn:vim25</c>, with the server's words.</summary>
public sealed class VimFault : DeviceException
{
    private readonly VimElement? _detail;

    internal VimFault(string name, string words, VimElement? detail)
        : base(KindOf(name), words) => (Name, _detail) = (name, detail);

    /// <summary><c>ToolsUnavailable</c>, <c>InvalidPowerState</c> ...; empty when the server named none.</summary>
    public string Name { get; }

    /// <summary>Of an InvalidPowerState: the state that the VM is in.</summary>
    public string? ExistingState => _detail?.TextOf("existingState");

    /// <summary>Of a NoPermission: the privilege that is missing.</summary>
    public string? PrivilegeId => _detail?.TextOf("privilegeId");

    private static DeviceFault KindOf(string name) =>
        name switch
        {
            "InvalidLogin"
            or "NotAuthenticated"
            or "NoPermission"
            or "NoHost"
            or "PasswordExpired"
            or "AccountLocked" => DeviceFault.AuthenticationFailed,
            "MethodNotFound" or "NotSupported" or "NotImplemented" => DeviceFault.Unsupported,
            "InvalidRequest" or "InvalidType" or "" => DeviceFault.ProtocolError,
            _ => DeviceFault.Refused,
        };
}

namespace VmPowerManager.Protocols.VSphere;

/// <summary>Where a vCenter or an ESXi host takes SOAP, and who we are.</summary>
public sealed record VimEndpoint(Uri Sdk, string UserName, string Password)
{
    /// <param name="baseUrl"><c>https://esxi/</c>, with or without the path <c>sdk</c>.</param>
    /// <exception cref="DeviceException">Refused: it is no address of that kind.</exception>
    public static VimEndpoint Of(string baseUrl, string userName, string password)
    {
        if (!Uri.TryCreate(baseUrl, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
            throw new DeviceException(DeviceFault.Refused, "The address of vCenter or ESXi is not https://NAME/.");
        return new(
            new UriBuilder(url)
            {
                Path = "/sdk",
                Query = "",
                Fragment = "",
            }.Uri,
            userName,
            password
        );
    }

    /// <summary>Without the password.</summary>
    public override string ToString() => Sdk.Authority;
}

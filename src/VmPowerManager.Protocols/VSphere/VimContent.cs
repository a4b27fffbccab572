namespace VmPowerManager.Protocols.VSphere;

/// <summary>What a server says of itself, and its managed objects: their ids differ between vCenter and ESXi.</summary>
public sealed record VimContent
{
    /// <summary>A standalone host, or one of a vCenter that is spoken to directly.</summary>
    public bool IsHostAgent { get; private init; }

    /// <summary>Of a vCenter; an ESXi host has none.</summary>
    public string? InstanceUuid { get; private init; }

    /// <summary><c>VMware ESXi 8.0.2 build-22380479</c>.</summary>
    public string FullName { get; private init; } = "";
    public string ApiVersion { get; private init; } = "";

    /// <summary>The licensed product, where the server tells it.</summary>
    public string? License { get; private init; }
    public VimRef RootFolder { get; private init; }
    public VimRef PropertyCollector { get; private init; }
    public VimRef ViewManager { get; private init; }
    public VimRef SessionManager { get; private init; }
    public VimRef? AuthorizationManager { get; private init; }
    public VimRef? SearchIndex { get; private init; }
    public VimRef? LicenseManager { get; private init; }

    /// <exception cref="DeviceException">ProtocolError: something without which nothing works is missing.</exception>
    internal static VimContent Of(VimElement response)
    {
        var content = response["returnval"] ?? throw Missing("returnval");
        var about = content["about"] ?? throw Missing("about");
        return new VimContent
        {
            IsHostAgent = about.TextOf("apiType") == "HostAgent",
            InstanceUuid = about.TextOf("instanceUuid") is { Length: > 0 } uuid ? uuid : null,
            FullName = about.TextOf("fullName") ?? "",
            ApiVersion = about.TextOf("apiVersion") ?? "",
            License = about.TextOf("licenseProductName"),
            RootFolder = Needed("rootFolder"),
            PropertyCollector = Needed("propertyCollector"),
            ViewManager = Needed("viewManager"),
            SessionManager = Needed("sessionManager"),
            AuthorizationManager = content["authorizationManager"]?.Reference,
            SearchIndex = content["searchIndex"]?.Reference,
            LicenseManager = content["licenseManager"]?.Reference,
        };

        VimRef Needed(string name) => content[name]?.Reference ?? throw Missing(name);
    }

    private static DeviceException Missing(string what) =>
        new(DeviceFault.ProtocolError, $"The server's content has no {what}: it is no vCenter and no ESXi host.");
}

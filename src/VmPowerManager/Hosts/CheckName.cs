namespace VmPowerManager.Hosts;

/// <summary>What a check is called. A probe cannot yield one without: the names are all in <see cref="CheckNames"/>.</summary>
public sealed class CheckName
{
    internal CheckName(string key, string title, HostAspect aspect) => (Key, Title, Aspect) = (key, title, aspect);

    /// <summary>The API's name: <c>hostKey</c>.</summary>
    public string Key { get; }

    /// <summary>Plain English, and a key of the strings.</summary>
    public string Title { get; }

    /// <summary>The question that it answers, asked of the host itself.</summary>
    public HostAspect Aspect { get; }

    public override string ToString() => Key;
}

/// <summary>The names of all checks that drivers and wake methods make.</summary>
public static class CheckNames
{
    public static readonly CheckName Connect = new("connect", "Connection", HostAspect.Reachable);
    public static readonly CheckName HostKey = new("hostKey", "Host key", HostAspect.Trusted);
    public static readonly CheckName Certificate = new("certificate", "Certificate", HostAspect.Trusted);
    public static readonly CheckName Login = new("login", "Login", HostAspect.Allowed);
    public static readonly CheckName Permissions = new("permissions", "Permissions", HostAspect.Allowed);
    public static readonly CheckName Hidden = new("hidden", "Guests out of sight", HostAspect.Allowed);
    public static readonly CheckName Privileges = new("privileges", "Privileges", HostAspect.Allowed);
    public static readonly CheckName Privilege = new("privilege", "Privilege", HostAspect.Allowed);
    public static readonly CheckName Rights = new("rights", "Rights", HostAspect.Allowed);
    public static readonly CheckName ShutdownCommand = new("shutdownCommand", "Shutdown command", HostAspect.Allowed);
    public static readonly CheckName HostShutdown = new("hostShutdown", "Shutdown of the host", HostAspect.Allowed);
    public static readonly CheckName Licence = new("licence", "Licence", HostAspect.Allowed);
    public static readonly CheckName Virsh = new("virsh", "virsh", HostAspect.Allowed);
    public static readonly CheckName Libvirt = new("libvirt", "libvirt", HostAspect.Allowed);
    public static readonly CheckName PowerShell = new("powershell", "PowerShell", HostAspect.Allowed);
    public static readonly CheckName HyperV = new("hyperv", "Hyper-V", HostAspect.Allowed);
    public static readonly CheckName Agents = new("agents", "Guest agents", HostAspect.Agent);
    public static readonly CheckName Clock = new("clock", "Clock", HostAspect.Clock);
    public static readonly CheckName Guests = new("guests", "Guests", HostAspect.Platform);
    public static readonly CheckName LibvirtGuests = new("libvirtGuests", "libvirt-guests", HostAspect.Platform);
    public static readonly CheckName Quorum = new("quorum", "Quorum", HostAspect.Platform);
    public static readonly CheckName Ha = new("ha", "High availability", HostAspect.Platform);
    public static readonly CheckName Cluster = new("cluster", "Failover cluster", HostAspect.Platform);
    public static readonly CheckName Automatic = new("automatic", "What it does by itself", HostAspect.Platform);
    public static readonly CheckName Host = new("host", "Host in the inventory", HostAspect.Platform);
    public static readonly CheckName VCenter = new("vcenter", "vCenter", HostAspect.Platform);
    public static readonly CheckName Direct = new("direct", "ESXi host directly", HostAspect.Platform);
    public static readonly CheckName Shell = new("shell", "ESXi shell", HostAspect.Platform);
    public static readonly CheckName Ssh = new("ssh", "SSH", HostAspect.Platform);
    public static readonly CheckName Pinned = new("pinned", "Pinned host key", HostAspect.Platform);

    // Of ways to wake a host.
    public static readonly CheckName Method = new("method", "Method", HostAspect.Wake);
    public static readonly CheckName Identity = new("identity", "Whose controller it is", HostAspect.Wake);
    public static readonly CheckName System = new("system", "System", HostAspect.Wake);
    public static readonly CheckName Power = new("power", "Power state", HostAspect.Wake);
    public static readonly CheckName RestorePolicy = new("restorePolicy", "When its power returns", HostAspect.Wake);
    public static readonly CheckName Packet = new("packet", "Magic packet", HostAspect.Wake);
    public static readonly CheckName Network = new("network", "Network of this program", HostAspect.Wake);
    public static readonly CheckName Relay = new("relay", "Relay", HostAspect.Wake);
    public static readonly CheckName Armed = new("armed", "Network card armed", HostAspect.Wake);
    public static readonly CheckName Address = new("address", "Wake address", HostAspect.Wake);

    public static IReadOnlyList<CheckName> All { get; } =
    [
        .. typeof(CheckNames)
            .GetFields()
            .Where(f => f.FieldType == typeof(CheckName))
            .Select(f => (CheckName)f.GetValue(null)!), // every one is set above
    ];
}

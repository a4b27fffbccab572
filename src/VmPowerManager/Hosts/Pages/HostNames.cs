namespace VmPowerManager.Hosts.Pages;

/// <summary>Platforms as people know them. A driver whose platform is not here is shown under its own name.</summary>
public static class HostNames
{
    public static string Platform(string platform) =>
        platform switch
        {
            "libvirt" => "KVM (libvirt)",
            "ssh" => "SSH",
            "proxmox" => "Proxmox VE",
            "pbs" => "Proxmox Backup Server",
            "vsphere" => "VMware vSphere",
            "hyperv" => "Hyper-V",
            _ => platform,
        };

    /// <summary>What it is for, in a line (a key of the strings); null: nothing to add.</summary>
    public static string? PlatformHint(string platform) =>
        platform switch
        {
            "libvirt" => "A Linux host with KVM guests. They are listed and told through virsh over SSH.",
            "ssh" => "A machine without guests that is shut down over SSH: NAS, server, router.",
            "proxmox" => "A node of Proxmox VE, alone or in a cluster, by its API and a token.",
            "pbs" => "A Proxmox Backup Server, shut down by its API and a token.",
            "vsphere" =>
                "A vCenter or a single ESXi host, by its SOAP API. SSH can help out where a licence forbids the API.",
            "hyperv" => "Windows with Hyper-V, by PowerShell over WinRM or SSH.",
            _ => null,
        };

    /// <summary>Where and as whom it is reached.</summary>
    public static string Reached(HostView host) =>
        host switch
        {
            { Https: { } https } => $"{https.TokenId ?? https.UserName} {https.BaseUrl}",
            { Winrm: { } winrm } => $"{winrm.UserName}@{winrm.Host}:{winrm.Port}",
            { Ssh: { } ssh } => $"{ssh.UserName}@{ssh.Host}:{ssh.Port}",
            _ => "",
        };

    public static string Wake(string method) =>
        method switch
        {
            "wol" => "Wake-on-LAN",
            "ipmi" => "IPMI",
            "redfish" => "Redfish",
            "proxmox" => "Proxmox VE",
            "pdu" => "PDU",
            "nutOutlet" => "NUT",
            _ => method,
        };

    public static string Block(string block) =>
        block switch
        {
            "ssh" => "SSH",
            "https" => "HTTPS",
            "direct" => "HTTPS (ESXi)",
            "winrm" => "WinRM",
            _ => block,
        };

    /// <summary>What one block is to a platform that could do without it (a key of the strings).</summary>
    public static string Extra(string block) =>
        block switch
        {
            "ssh" => "Also reach it over SSH",
            "https" => "Also reach it over HTTPS",
            "direct" => "Also reach the ESXi host itself, for when vCenter does not answer",
            _ => "Also reach it over WinRM",
        };

    public static string ExampleUrl(string platform) =>
        platform switch
        {
            "proxmox" => "https://pve1.lan:8006",
            "pbs" => "https://pbs1.lan:8007",
            "vsphere" => "https://vcenter.lan",
            _ => "https://host.lan",
        };

    /// <summary>Others know users only.</summary>
    public static bool TakesToken(string platform) => platform is "proxmox" or "pbs";

    public static string ExampleUser(string platform) =>
        platform switch
        {
            "proxmox" => "power@pve",
            "pbs" => "power@pbs",
            "vsphere" => "power@vsphere.local",
            _ => "",
        };

    /// <summary>What a platform can do, in the order in which pages tell it (keys of the strings).</summary>
    public static IReadOnlyList<string> Capabilities(HostCapabilities can) =>
        [
            .. new[]
            {
                (HostCapabilities.Guests, "stop and start guests"),
                (HostCapabilities.GuestSave, "save guests"),
                (HostCapabilities.GuestAgent, "ask the guest agent"),
                (HostCapabilities.HostShutdown, "shut the host down"),
                (HostCapabilities.Commands, "run commands"),
            }
                .Where(c => can.HasFlag(c.Item1))
                .Select(c => c.Item2),
        ];

    /// <summary>All names of facts that drivers tell (<see cref="HostFact"/>): a name that is not here is shown in
    /// English.</summary>
    public static IReadOnlyList<string> Facts { get; } =
    [
        "Starts with the host",
        "libvirt-guests",
        "Automatic start",
        "Automatic stop",
        "Power restore policy",
        "Version",
        "Cluster",
        "High availability",
    ];
}

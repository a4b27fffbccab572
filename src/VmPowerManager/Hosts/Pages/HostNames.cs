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
            _ => null,
        };
}

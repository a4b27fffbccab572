using System.Text.RegularExpressions;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Hosts;

/// <summary>Asks a Unix host which machine it is, in one line for its shell, and reads what it prints.</summary>
internal static partial class HostIdentityScript
{
    private const string Host =
        "t() { echo \"@@$1\"; cat \"$2\" 2>/dev/null; echo; }; t boot /proc/sys/kernel/random/boot_id; "
        + "t machine /etc/machine-id; t product /sys/class/dmi/id/product_uuid; echo @@mac; "
        + "for d in /sys/class/net/*; do if [ -e \"$d/device\" ]; then cat \"$d/address\" 2>/dev/null; fi; done; ";

    /// <summary>A guest without network, or one that goes away meanwhile, is no reason to say nothing of the others.</summary>
    private const string LibvirtGuests =
        "for u in $(virsh -q -c \"$1\" list --all --uuid 2>/dev/null); do echo \"@@guest $u\"; "
        + "virsh -q -c \"$1\" domiflist \"$u\" 2>/dev/null; done; ";

    public static RemoteCommand OfHost { get; } = RemoteCommand.Script(Host + "exit 0");

    public static RemoteCommand WithLibvirtGuests(string uri) =>
        RemoteCommand.Script(Host + LibvirtGuests + "exit 0", uri);

    /// <summary>Anything else than what was asked for (a shell of another kind) tells nothing.</summary>
    public static HostIdentity Parse(string output)
    {
        var (section, identity) = ("", new HostIdentity());
        var macs = new List<string>();
        var guests = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("@@", StringComparison.Ordinal))
            {
                section = line[2..];
                continue;
            }
            identity = section switch
            {
                "boot" => identity with { BootId = line },
                "machine" => identity with { MachineId = line },
                "product" => identity with { ProductUuid = line },
                _ => identity,
            };
            var found = Mac().Matches(line).Select(m => m.Value.ToLowerInvariant());
            if (section == "mac")
                macs.AddRange(found);
            else if (section.StartsWith("guest ", StringComparison.Ordinal))
                guests[section["guest ".Length..]] =
                [
                    .. guests.GetValueOrDefault(section["guest ".Length..]) ?? [],
                    .. found,
                ];
        }
        return identity with { Macs = macs, GuestMacs = guests };
    }

    [GeneratedRegex("(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:])")]
    private static partial Regex Mac();
}

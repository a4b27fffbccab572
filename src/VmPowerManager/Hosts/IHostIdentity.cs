using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>A driver that can tell which machine a host is implements this too: by it the program finds out where it runs
/// itself (POLICY C6: the manager's host last). Found by <c>is</c>.</summary>
public interface IHostIdentity
{
    /// <summary>In one call, without special rights and without effect; what the host does not tell is null.</summary>
    /// <exception cref="DeviceException">As the other calls of <see cref="IHostDriver"/>.</exception>
    Task<HostIdentity> IdentifyAsync(HostDevice host, CancellationToken ct);
}

/// <summary>What a host tells of itself.</summary>
public sealed record HostIdentity
{
    /// <summary>Of the running kernel (Linux: <c>random/boot_id</c>): the same in a container as on its host, and in no
    /// other machine.</summary>
    public string? BootId { get; init; }

    /// <summary>Of the installed system (systemd's <c>machine-id</c>): clones may share it.</summary>
    public string? MachineId { get; init; }

    /// <summary>Of the hardware, or of the VM (DMI). Needs root on most hosts.</summary>
    public string? ProductUuid { get; init; }

    /// <summary>Of its devices, not of bridges and the like; lower case with colons.</summary>
    public IReadOnlyList<string> Macs { get; init; } = [];

    /// <summary>MAC addresses of its guests, by <see cref="GuestSighting.ExternalId"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> GuestMacs { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();
}

using System.Text.Json.Serialization;
using VmPowerManager.Core;

namespace VmPowerManager.Hosts;

/// <summary>Where this process was found to run (POLICY C6).</summary>
/// <param name="HostId">The outermost machine that is configured: when it goes down, so does this process.</param>
/// <param name="GuestId">The guest on it that this process runs in; null: on the host itself, in a container there, or the
/// guest is not stored yet.</param>
/// <param name="Sign">What told it.</param>
/// <param name="Said">The same in a sentence.</param>
public sealed record ManagerPlace(
    int HostId,
    int? GuestId,
    string? Realm,
    string? ExternalId,
    PlaceSign Sign,
    PlaceCertainty Certainty,
    [property: JsonIgnore] Sentence Said
)
{
    /// <summary>In English.</summary>
    public string Because => Said.ToString();
}

/// <summary>Signs by which a process knows its machine, the surest first.</summary>
public enum PlaceSign
{
    /// <summary>The hardware id that this process sees is that of a guest.</summary>
    GuestUuid,

    /// <summary>An interface that this process sees has the address of a guest's.</summary>
    GuestMac,

    /// <summary>The host runs under the very kernel that this process runs under.</summary>
    BootId,

    /// <summary>The host has the hardware id that this process sees.</summary>
    ProductUuid,
    MachineId,
    Mac,
}

public enum PlaceCertainty
{
    /// <summary>Such a sign may be shared by clones.</summary>
    Likely,
    Certain,
}

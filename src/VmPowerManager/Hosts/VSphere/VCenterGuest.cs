namespace VmPowerManager.Hosts.VSphere;

/// <summary>A vCenter that runs as a guest of its own hosts.</summary>
internal static class VCenterGuest
{
    /// <summary>Says of each guest whether it is the vCenter. Where the vCenter does not find itself by its address, nothing
    /// is said, so that what was known stays.</summary>
    public static async Task<HostInventory> NoteAsync(
        VSpherePlace place,
        VSphereInventory seen,
        HostInventory told,
        CancellationToken ct
    )
    {
        var session = place.Session;
        if (place.IsAlone || await session.FindByAddressAsync(session.Endpoint.Sdk.IdnHost, ct) is not { } vm)
            return told;
        var self = seen.Own.FirstOrDefault(g => g.Ref == vm)?.Id;
        return told with { Guests = [.. told.Guests.Select(g => g with { ControlsHosts = g.ExternalId == self })] };
    }
}

using VmPowerManager.Protocols;
using VmPowerManager.Protocols.VSphere;

namespace VmPowerManager.Hosts.VSphere;

/// <summary>Maintenance mode, by which a plan may prepare a host; it is owed from before it is entered (POLICY C10).</summary>
internal static class VSphereMaintenance
{
    public const string Kind = "maintenance";
    private static readonly TimeSpan Enters = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Leaves = TimeSpan.FromSeconds(40);

    /// <returns>What was done, and whether somebody else had done it before.</returns>
    public static async Task<(string Words, bool WasSo)> EnterAsync(
        VSpherePlace place,
        bool rehearse,
        CancellationToken ct
    )
    {
        var seen = (await VSphereInventory.ReadAsync(place, ct)).MustBeConnected(place);
        if (seen.InMaintenance)
            return ($"{place.Name} is in maintenance mode already", true);
        var running = seen.Guests.Where(g => g.State == GuestState.Running).Select(g => g.Name).ToList();
        if (rehearse)
            return (
                running.Count == 0
                    ? $"{place.Name} can enter maintenance mode"
                    : $"{place.Name} enters maintenance mode once no guest runs on it; now {running.Count} do",
                false
            );
        await EnterAsync(place, running, ct);
        return (await VSphereInventory.ReadAsync(place, ct)).InMaintenance
            ? ($"{place.Name} is in maintenance mode", false)
            : throw new DeviceException(DeviceFault.Refused, $"{place.Name} says that it is not in maintenance mode.");
    }

    /// <summary>What it waits for is the server's word: Refused, not a link that is slow.</summary>
    private static async Task EnterAsync(VSpherePlace place, List<string> running, CancellationToken ct)
    {
        var session = place.Session;
        var task = await session.EnterMaintenanceAsync(place.Ref, Enters, ct);
        var ended = VimTaskState.Running;
        try
        {
            ended = await session.WaitAsync(task, Enters, ct);
        }
        finally
        {
            // Else it would enter later, behind our back.
            if (ended == VimTaskState.Running)
                await session.CallOffAsync(task);
        }
        if (ended == VimTaskState.Running)
            throw new DeviceException(
                DeviceFault.Refused,
                $"{place.Name} does not enter maintenance mode: it waits for {Named(running)}."
            );
    }

    public static async Task LeaveAsync(VSpherePlace place, CancellationToken ct)
    {
        var seen = (await VSphereInventory.ReadAsync(place, ct)).MustBeConnected(place);
        if (!seen.InMaintenance)
            return;
        var session = place.Session;
        await session.WaitAsync(await session.ExitMaintenanceAsync(place.Ref, Leaves, ct), Leaves, ct);
        if ((await VSphereInventory.ReadAsync(place, ct)).InMaintenance)
            throw new DeviceException(
                DeviceFault.Refused,
                $"{place.Name} was told to leave maintenance mode and is still in it."
            );
    }

    public static string Named(IReadOnlyList<string> names) =>
        names.Count switch
        {
            0 => "something that it does not name",
            <= 5 => string.Join(", ", names),
            _ => $"{string.Join(", ", names.Take(5))} and {names.Count - 5} more",
        };
}

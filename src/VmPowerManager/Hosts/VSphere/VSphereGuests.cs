using VmPowerManager.Protocols;
using VmPowerManager.Protocols.VSphere;

namespace VmPowerManager.Hosts.VSphere;

/// <summary>Tells guests what to do through the API.</summary>
internal static class VSphereGuests
{
    /// <summary>What fails at once is told; what takes longer is accepted and goes on by itself (POLICY C3).</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    public static async Task TellAsync(
        VSphereHost host,
        VSpherePlace place,
        string externalId,
        GuestVerb verb,
        CancellationToken ct
    )
    {
        var vm = await FindAsync(place, externalId, ct);
        var session = place.Session;
        try
        {
            switch (verb)
            {
                case GuestVerb.Shutdown:
                    await session.ShutdownGuestAsync(vm, ct);
                    break;
                case GuestVerb.Reboot:
                    await session.RebootGuestAsync(vm, ct);
                    break;
                case GuestVerb.ForceOff:
                    await session.WaitAsync(await session.PowerOffAsync(vm, ct), Patience, ct);
                    break;
                case GuestVerb.Save:
                    await session.WaitAsync(await session.SuspendAsync(vm, ct), Patience, ct);
                    break;
                case GuestVerb.Start or GuestVerb.Resume:
                    await LeaveMaintenanceAsync(host, place, ct);
                    await session.WaitAsync(await session.PowerOnAsync(vm, ct), Patience, ct);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(verb), verb, null);
            }
        }
        catch (VimFault e) when (IsSoAlready(verb, e)) { }
        catch (VimFault e) when (e.Name == "ToolsUnavailable")
        {
            throw new DeviceException(
                DeviceFault.Refused,
                $"VMware Tools does not run in the guest, so that it cannot be asked: {e.Message}",
                e
            );
        }
    }

    /// <summary>The VM of that instanceUuid; where a copied folder gave several the same, the one on this host.</summary>
    private static async Task<VimRef> FindAsync(VSpherePlace place, string externalId, CancellationToken ct)
    {
        if (externalId.StartsWith("moid:", StringComparison.Ordinal))
            return new VimRef("VirtualMachine", externalId["moid:".Length..]);
        if (!Guid.TryParse(externalId, out _))
            throw new DeviceException(DeviceFault.Refused, "A guest of vSphere is named by its instanceUuid.");
        var found = await place.Session.FindByInstanceUuidAsync(externalId, ct);
        if (found.Count > 1)
        {
            var where = await place.Session.ReadAsync("VirtualMachine", found, ["runtime.host"], ct);
            found = [.. where.Where(v => v.Reference("runtime.host") == place.Ref).Select(v => v.Ref)];
        }
        return found.Count switch
        {
            1 => found[0],
            0 => throw new DeviceException(DeviceFault.Refused, $"{place.Session.Endpoint} has no guest {externalId}."),
            _ => throw new DeviceException(
                DeviceFault.Refused,
                $"Several guests of {place.Name} have the instanceUuid {externalId}: one of them has to get another."
            ),
        };
    }

    /// <summary>What is off or saved already needs no shutdown, and what runs no start.</summary>
    private static bool IsSoAlready(GuestVerb verb, VimFault fault) =>
        fault.Name == "InvalidPowerState"
        && verb switch
        {
            GuestVerb.Shutdown or GuestVerb.ForceOff or GuestVerb.Save => fault.ExistingState
                is "poweredOff"
                    or "suspended",
            GuestVerb.Start or GuestVerb.Resume => fault.ExistingState == "poweredOn",
            _ => false,
        };

    /// <summary>No guest starts on a host in maintenance mode. Only what we did ourselves is undone by a start.</summary>
    private static async Task LeaveMaintenanceAsync(VSphereHost host, VSpherePlace place, CancellationToken ct)
    {
        if (!host.Prepared)
            return;
        await VSphereMaintenance.LeaveAsync(place, ct);
        host.Prepared = false;
    }
}

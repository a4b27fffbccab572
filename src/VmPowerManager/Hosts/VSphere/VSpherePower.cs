using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts.VSphere;

/// <summary>Shuts a host down or reboots it.</summary>
internal static class VSpherePower
{
    /// <summary>A task that fails does so at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The order itself has to fit into what its caller has left.</summary>
    private static readonly TimeSpan Lists = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShellLists = TimeSpan.FromSeconds(8);

    /// <summary>In maintenance mode it is asked as it is. Else it takes force, under which guests that run lose their power:
    /// that is done when none runs, or when it is asked a second time although some do, as a run does whose ladder for
    /// them is at its end. A host that cannot list its guests any more is told the same way.</summary>
    /// <param name="hasOther">Trouble with the link is left to another way.</param>
    public static async Task TellAsync(
        VSphereHost host,
        VSpherePlace place,
        HostVerb verb,
        bool hasOther,
        CancellationToken ct
    )
    {
        var force = true;
        try
        {
            var seen = await host.WithinAsync(
                Lists,
                place.Session.Endpoint.ToString(),
                async token => (await VSphereInventory.ReadAsync(place, token)).MustBeConnected(place),
                ct
            );
            force = !seen.InMaintenance;
            if (force)
                DemandOff(host, [.. seen.Up.Select(g => (g.Id, g.Name))]);
        }
        catch (DeviceException e) when (IsOfTheListing(e, hasOther))
        {
            DemandInsistence(host, e);
        }
        try
        {
            var task =
                verb == HostVerb.Reboot
                    ? await place.Session.RebootHostAsync(place.Ref, force, ct)
                    : await place.Session.ShutdownHostAsync(place.Ref, force, ct);
            await place.Session.WaitAsync(task, Patience, ct);
        }
        // A host that is spoken to directly takes its answer with it, or leaves it to its proxy to say that nobody is there.
        catch (DeviceException e) when (place.IsAlone && VSphereTrouble.MayHaveArrived(e)) { }
    }

    /// <inheritdoc cref="TellAsync"/>
    public static async Task TellByShellAsync(
        EsxiShell shell,
        HostDevice device,
        VSphereHost host,
        HostVerb verb,
        CancellationToken ct
    )
    {
        try
        {
            var seen = await host.WithinAsync(
                ShellLists,
                "vim-cmd",
                token => shell.ListAsync(device, host.Hardware, token),
                ct
            );
            DemandOff(host, [.. seen.Own.Where(g => VSphereInventory.MayRun(g.State)).Select(g => (g.Id, g.Name))]);
        }
        catch (DeviceException e) when (IsOfTheListing(e, hasOther: false))
        {
            DemandInsistence(host, e);
        }
        await shell.HostAsync(device, host.Hardware, verb, ct);
    }

    /// <exception cref="DeviceException">Refused: guests run, and it is asked for the first time.</exception>
    private static void DemandOff(VSphereHost host, IReadOnlyList<(string Id, string Name)> running)
    {
        if (running.Count > 0 && !host.Insists([.. running.Select(g => g.Id)]))
            throw new HeldBackException(
                $"{host.Name} still runs {VSphereMaintenance.Named([.. running.Select(g => g.Name)])}: asked again within "
                    + "two minutes, it goes down and takes their power."
            );
    }

    /// <exception cref="DeviceException">Refused: nobody knows what runs, and it is asked for the first time.</exception>
    private static void DemandInsistence(VSphereHost host, DeviceException why)
    {
        if (!host.Insists(null))
            throw new HeldBackException(
                $"{host.Name} cannot list its guests ({why.Message}): asked again within two minutes, it goes down and takes "
                    + "the power of whatever runs."
            );
    }

    /// <summary>The host is there and its listing fails, which tells nothing of an order.</summary>
    private static bool IsOfTheListing(DeviceException e, bool hasOther) =>
        e is not HeldBackException
        && e.Fault is DeviceFault.Timeout or DeviceFault.ProtocolError or DeviceFault.Refused
        && !(hasOther && VSphereTrouble.IsOfTheLink(e));

    private sealed class HeldBackException(string message) : DeviceException(DeviceFault.Refused, message);
}

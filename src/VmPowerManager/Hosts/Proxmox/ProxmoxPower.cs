using System.Globalization;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Proxmox;

namespace VmPowerManager.Hosts.Proxmox;

/// <summary>Gives orders to guests. An order is a task: what goes wrong at once is told, what takes longer is accepted, and
/// whether the guest heeds it is seen by its state (POLICY C3).</summary>
internal static class ProxmoxPower
{
    /// <summary>Until then a task's end is waited for.</summary>
    private static readonly TimeSpan Told = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan StartTold = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan HaRecovers = TimeSpan.FromSeconds(20);

    /// <summary>The task presses the button once and holds the guest's lock until it gives up: short, so that a guest in its
    /// boot, which loses the press, is asked again.</summary>
    private const int ShutdownSeconds = 30;

    /// <summary>HA forces a guest off by itself when its time is over, whatever the plan's ladder says.</summary>
    public const int HaShutdownSeconds = 120;

    private static readonly Dictionary<string, string> None = [];

    public static async Task OrderAsync(
        ProxmoxHost host,
        string externalId,
        GuestVerb verb,
        ShutdownVia? via,
        CancellationToken ct
    )
    {
        if (!long.TryParse(externalId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id <= 0)
            throw new DeviceException(DeviceFault.Refused, "A guest of Proxmox VE is named by its number.");
        var (guest, now) = await FindAsync(host, id, ct);
        switch (verb)
        {
            case GuestVerb.Shutdown:
                await ShutdownAsync(host, guest, now, via, ct);
                break;
            case GuestVerb.ForceOff when now.Status != "stopped":
                await ForceOffAsync(host, guest, ct);
                break;
            case GuestVerb.Save when now.Status != "stopped":
                await SaveAsync(host, guest, ct);
                break;
            case GuestVerb.Start when now.Status != "running":
                await StartAsync(host, guest, now, ct);
                break;
            case GuestVerb.Start when now.QmpStatus is "paused" or "suspended":
            case GuestVerb.Resume:
                await RunAsync(host, guest, now.Status == "running" ? "resume" : "start", None, StartTold, ct);
                break;
            case GuestVerb.Reboot:
                await RunAsync(host, guest, "reboot", None, Told, ct);
                break;
        }
    }

    private static async Task ShutdownAsync(
        ProxmoxHost host,
        ProxmoxPlace guest,
        ProxmoxCurrent now,
        ShutdownVia? via,
        CancellationToken ct
    )
    {
        if (now.Status == "stopped" || await StillAskedAsync(host, guest, ct))
            return;
        var haActs = now.HaManaged && !ProxmoxPreparation.IsDisarmed(await host.Api.HaAsync(ct));
        // HA has the request, and acts on it in its own time.
        if (haActs && now.HaState is ("request_stop" or "stopping"))
            return;
        RefuseLocked(guest, now);
        if (haActs && now.HaState == "error")
            throw new DeviceException(
                DeviceFault.Refused,
                $"HA has {guest.Sid} in error and takes no orders for it: set it to disabled and repair it, or let the plan disarm HA first."
            );
        if (guest.Kind == "qemu")
            await CheckAgentAsync(host, guest, now, via, ct);
        var seconds = haActs ? HaShutdownSeconds : ShutdownSeconds;
        var fields = new Dictionary<string, string> { ["timeout"] = ProxmoxClient.Text(seconds), ["forceStop"] = "0" };
        var task = await host.Api.GuestAsync(guest, "shutdown", fields, ct);
        host.Shutdowns[guest.Id] = task;
        Check(await host.Api.WaitAsync(task, Told, ct), guest);
    }

    /// <summary>Where the agent is enabled, it alone is asked: the button is not pressed when it does not answer, and the
    /// task waits in vain.</summary>
    private static async Task CheckAgentAsync(
        ProxmoxHost host,
        ProxmoxPlace guest,
        ProxmoxCurrent now,
        ShutdownVia? via,
        CancellationToken ct
    )
    {
        if (!now.Agent)
        {
            if (via == ShutdownVia.Agent)
                throw new DeviceException(DeviceFault.Refused, "Its guest agent is not enabled in its options.");
            return;
        }
        if (await host.AgentPings.NewestAsync(host.Agents, guest, ct) == AgentState.Silent)
            throw new DeviceException(
                DeviceFault.Refused,
                "Its guest agent is enabled and does not answer: Proxmox VE would ask nobody else. Repair the agent, or disable it in the options."
            );
    }

    private static async Task ForceOffAsync(ProxmoxHost host, ProxmoxPlace guest, CancellationToken ct)
    {
        // A shutdown that still waits holds the guest's lock. Versions before 8.2, and HA, do not know how to overrule it.
        await GiveUpAsync(host, guest, ct);
        try
        {
            await RunAsync(host, guest, "stop", new() { ["overrule-shutdown"] = "1" }, Told, ct);
        }
        catch (ProxmoxException e) when (e.Fields.ContainsKey("overrule-shutdown"))
        {
            await RunAsync(host, guest, "stop", None, Told, ct);
        }
    }

    private static async Task SaveAsync(ProxmoxHost host, ProxmoxPlace guest, CancellationToken ct)
    {
        if (guest.Kind == "lxc")
            throw new DeviceException(DeviceFault.Unsupported, "A container cannot be hibernated.");
        await GiveUpAsync(host, guest, ct);
        await RunAsync(host, guest, "suspend", new() { ["todisk"] = "1" }, Told, ct);
    }

    private static async Task StartAsync(ProxmoxHost host, ProxmoxPlace guest, ProxmoxCurrent now, CancellationToken ct)
    {
        if (now is { HaManaged: true, HaState: "error" } && !ProxmoxPreparation.IsDisarmed(await host.Api.HaAsync(ct)))
            await RecoverAsync(host, guest, ct);
        await RunAsync(host, guest, "start", None, StartTold, ct);
    }

    /// <summary>HA takes a guest out of error only over "disabled".</summary>
    private static async Task RecoverAsync(ProxmoxHost host, ProxmoxPlace guest, CancellationToken ct)
    {
        await host.Api.SetHaStateAsync(guest.Sid, "disabled", ct);
        await host.UntilAsync(async () => (await host.Api.CurrentAsync(guest, ct)).HaState != "error", HaRecovers, ct);
    }

    private static async Task RunAsync(
        ProxmoxHost host,
        ProxmoxPlace guest,
        string verb,
        Dictionary<string, string> fields,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        var task = await host.Api.GuestAsync(guest, verb, fields, ct);
        Check(await host.Api.WaitAsync(task, limit, ct), guest);
    }

    /// <summary>A shutdown of ours still waits for the guest: another one would wait for its lock.</summary>
    private static async Task<bool> StillAskedAsync(ProxmoxHost host, ProxmoxPlace guest, CancellationToken ct)
    {
        if (!host.Shutdowns.TryGetValue(guest.Id, out var asked))
            return false;
        try
        {
            if ((await host.Api.TaskAsync(asked, ct)).Running)
                return true;
        }
        // Old tasks are forgotten, and so are those of a node that was started anew.
        catch (ProxmoxException) { }
        host.Shutdowns.TryRemove(new(guest.Id, asked));
        return false;
    }

    private static async Task GiveUpAsync(ProxmoxHost host, ProxmoxPlace guest, CancellationToken ct)
    {
        if (!await StillAskedAsync(host, guest, ct) || !host.Shutdowns.TryRemove(guest.Id, out var asked))
            return;
        try
        {
            await host.Api.StopTaskAsync(asked, ct);
        }
        // It came to its end by itself.
        catch (ProxmoxException) { }
    }

    /// <summary>Where the guest is now: mostly where it was listed, else where the cluster has it.</summary>
    private static async Task<(ProxmoxPlace Guest, ProxmoxCurrent Now)> FindAsync(
        ProxmoxHost host,
        long id,
        CancellationToken ct
    )
    {
        if (host.KindOf(id) is { } kind)
        {
            var here = new ProxmoxPlace(await host.NodeAsync(ct), kind, id);
            try
            {
                return (here, await host.Api.CurrentAsync(here, ct));
            }
            catch (ProxmoxException e) when (e.Fault == DeviceFault.Refused) { }
        }
        var found = (await host.Api.GuestsAsync(ct)).FirstOrDefault(g => g.Id == id);
        if (found?.Node is not { } node)
            throw new DeviceException(
                DeviceFault.Refused,
                $"There is no guest {ProxmoxClient.Text(id)} in the cluster."
            );
        var there = new ProxmoxPlace(node, found.Kind, id);
        return (there, await host.Api.CurrentAsync(there, ct));
    }

    private static void RefuseLocked(ProxmoxPlace guest, ProxmoxCurrent now)
    {
        if (now.Lock is { } held and not "suspended")
            throw new DeviceException(
                DeviceFault.Refused,
                $"{guest.Sid} is locked ({held}): Proxmox VE does nothing with it until that is over."
            );
    }

    private static void Check(ProxmoxTask task, ProxmoxPlace guest)
    {
        if (!task.Running && !task.Succeeded)
            throw new DeviceException(DeviceFault.Refused, $"{guest.Sid}: {task.Exit}");
    }
}

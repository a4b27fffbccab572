namespace VmPowerManager.Protocols.VSphere;

/// <summary>The calls that act, one method each.</summary>
public sealed partial class VimSession
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastLook = TimeSpan.FromMilliseconds(500);

    /// <summary>Asks VMware Tools in the guest to shut it down; returns at once.</summary>
    /// <exception cref="VimFault">ToolsUnavailable, InvalidPowerState, TaskInProgress, NoPermission, RestrictedVersion ...</exception>
    public Task ShutdownGuestAsync(VimRef vm, CancellationToken ct) => CallAsync("ShutdownGuest", vm, null, ct);

    /// <summary>As <see cref="ShutdownGuestAsync"/>, for a reboot.</summary>
    public Task RebootGuestAsync(VimRef vm, CancellationToken ct) => CallAsync("RebootGuest", vm, null, ct);

    /// <returns>The task.</returns>
    public Task<VimRef> PowerOnAsync(VimRef vm, CancellationToken ct) => TaskOf("PowerOnVM_Task", vm, null, ct);

    /// <inheritdoc cref="PowerOnAsync"/>
    public Task<VimRef> PowerOffAsync(VimRef vm, CancellationToken ct) => TaskOf("PowerOffVM_Task", vm, null, ct);

    /// <inheritdoc cref="PowerOnAsync"/>
    public Task<VimRef> SuspendAsync(VimRef vm, CancellationToken ct) => TaskOf("SuspendVM_Task", vm, null, ct);

    /// <summary>The task ends when no VM runs on the host, or fails after <paramref name="timeout"/>.</summary>
    public Task<VimRef> EnterMaintenanceAsync(VimRef host, TimeSpan timeout, CancellationToken ct) =>
        TaskOf(
            "EnterMaintenanceMode_Task",
            host,
            xml =>
            {
                xml.Number("timeout", (int)timeout.TotalSeconds);
                xml.Flag("evacuatePoweredOffVms", false);
            },
            ct
        );

    public Task<VimRef> ExitMaintenanceAsync(VimRef host, TimeSpan timeout, CancellationToken ct) =>
        TaskOf("ExitMaintenanceMode_Task", host, xml => xml.Number("timeout", (int)timeout.TotalSeconds), ct);

    /// <param name="force">Without it the host has to be in maintenance mode; with it, VMs that run lose their power.</param>
    public Task<VimRef> ShutdownHostAsync(VimRef host, bool force, CancellationToken ct) =>
        TaskOf("ShutdownHost_Task", host, xml => xml.Flag("force", force), ct);

    /// <inheritdoc cref="ShutdownHostAsync"/>
    public Task<VimRef> RebootHostAsync(VimRef host, bool force, CancellationToken ct) =>
        TaskOf("RebootHost_Task", host, xml => xml.Flag("force", force), ct);

    /// <summary>Calls a task off, also for a caller who has gone; one that ended meanwhile did so. Best effort.</summary>
    public async Task CallOffAsync(VimRef task)
    {
        if (_entry is { } entry)
            await TidyAsync("CancelTask", task, entry, CancellationToken.None);
    }

    /// <summary>Looks at a task until it ended, or for as long as <paramref name="patience"/>.</summary>
    /// <exception cref="VimFault">It failed, with its error.</exception>
    public async Task<VimTaskState> WaitAsync(VimRef task, TimeSpan patience, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        for (var pause = FirstLook; ; pause = pause < LastLook ? pause * 2 : LastLook)
        {
            VimObject seen;
            try
            {
                seen = await ReadAsync(task, ["info.state", "info.error"], ct);
            }
            catch (VimFault e) when (e.Name == "ManagedObjectNotFound")
            {
                return VimTaskState.Gone;
            }
            switch (seen.Text("info.state"))
            {
                case "success":
                    return VimTaskState.Succeeded;
                case "error":
                    throw seen.Properties.TryGetValue("info.error", out var error)
                        ? VimFaults.OfLocalized(error)
                        : new DeviceException(DeviceFault.Refused, "The task failed without words.");
            }
            if (time.GetElapsedTime(began) + pause > patience)
                return VimTaskState.Running;
            await Task.Delay(pause, time, ct);
        }
    }

    private async Task<VimRef> TaskOf(
        string method,
        VimRef target,
        Action<System.Xml.XmlWriter>? arguments,
        CancellationToken ct
    ) => (await CallAsync(method, target, arguments, ct))["returnval"]?.Reference ?? throw NoReturn(method);
}

using VmPowerManager.Hosts;
using VmPowerManager.Platforms.Tests.Contract;
using VmPowerManager.Protocols.VSphere;

namespace VmPowerManager.Platforms.Tests.VSphere;

/// <summary>govmomi's simulator as vCenter or as ESXi host, behind a front in which one guest has no VMware Tools.</summary>
public sealed class VSpherePeer(VSphereStands stands, bool esxi) : IGuestPeer
{
    public string Platform => "vsphere";
    public int Port => Stand.Front.Port;
    public string Willing { get; private set; } = "";
    public string Stubborn { get; private set; } = "";
    public string Nobody => "11111111-2222-4333-8444-555555555555";

    private VSphereStand Stand
    {
        get => field ?? throw new InvalidOperationException("It is not started.");
        set;
    }

    public async Task ReadyAsync()
    {
        Stand = await stands.OfAsync(esxi);
        if (esxi || await IsDownAsync())
            await Stand.RestartAsync();
        Stand.Front.Rule(null);
        lock (Stand.Front.Methods)
            Stand.Front.Methods.Clear();
        var vms = (await Stand.VmsAsync()).OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => v.Value).ToList();
        foreach (var vm in vms.Where(v => v.Text("runtime.powerState") != "poweredOn"))
            await Stand.Session.WaitAsync(
                await Stand.Session.PowerOnAsync(vm.Ref, default),
                TimeSpan.FromSeconds(5),
                default
            );
        (Willing, Stubborn) = (IdOf(vms[0]), IdOf(vms[1]));
        var hung = vms[1].Ref.Id;
        Stand.Front.Answer(c =>
            c.Method == "ShutdownGuest" && c.Target == hung
                ? VSphereFront.Fault("ToolsUnavailable", "VMware Tools is not running in this virtual machine.")
                : null
        );
    }

    public HostDevice Device(Way way) => Stand.Device(way);

    /// <summary>Nobody may power hosts down by the front's word.</summary>
    public (HostDevice, string) Lacking()
    {
        Stand.Front.Rule(async c =>
            c.Method == "HasPrivilegeOnEntities"
                ? (await c.AskAsync()).Replace(
                    "<privId>Host.Config.Power</privId><isGranted>true</isGranted>",
                    "<privId>Host.Config.Power</privId><isGranted>false</isGranted>",
                    StringComparison.Ordinal
                )
                : null
        );
        return (Device(new()), "privileges");
    }

    public Task<int?> ContactsAsync() => Task.FromResult<int?>(Stand.Front.Contacts);

    public Task<bool> ShutdownSeenAsync() => Task.FromResult(Stand.Front.Calls("ShutdownHost_Task") > 0);

    public async Task<(HostDevice, IAsyncDisposable)> WithGuestsAsync(int count)
    {
        var stand = await stands.StartAsync(esxi, "-vms", $"{count}");
        return (stand.Device(new()), stand);
    }

    private async Task<bool> IsDownAsync() =>
        (await Stand.HostsAsync()).Any(h => h.Text("runtime.connectionState") != "connected");

    private static string IdOf(VimObject vm) => vm.Text("config.instanceUuid")!; // not null: every VM has one
}

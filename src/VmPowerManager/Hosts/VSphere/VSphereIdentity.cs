using VmPowerManager.Protocols.VSphere;

namespace VmPowerManager.Hosts.VSphere;

/// <summary>Which machine a host is, and which network cards its guests have.</summary>
internal static class VSphereIdentity
{
    public static async Task<HostIdentity> ReadAsync(VSpherePlace place, CancellationToken ct)
    {
        var all = await place.Session.ReadAsync(
            place.Ref,
            ["hardware.systemInfo.uuid"],
            "vm",
            "VirtualMachine",
            ["config.instanceUuid", "config.hardware.device"],
            ct
        );
        var macs = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var vm in all.Where(o => o.Ref.Type == "VirtualMachine"))
            if (vm.Text("config.instanceUuid") is { } id)
                macs[id.ToLowerInvariant()] = MacsOf(vm);
        var host = all.FirstOrDefault(o => o.Ref == place.Ref);
        return new HostIdentity { ProductUuid = host?.Text("hardware.systemInfo.uuid"), GuestMacs = macs };
    }

    private static List<string> MacsOf(VimObject vm) =>
        vm.Properties.TryGetValue("config.hardware.device", out var devices)
            ?
            [
                .. devices
                    .Children.Select(d => d.TextOf("macAddress"))
                    .OfType<string>()
                    .Select(m => m.ToLowerInvariant()),
            ]
            : [];
}

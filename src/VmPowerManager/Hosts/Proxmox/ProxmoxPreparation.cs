using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Proxmox;

namespace VmPowerManager.Hosts.Proxmox;

/// <summary>What a plan does to a whole cluster before its guests go down, and undoes when they are back (POLICY C10).</summary>
internal static class ProxmoxPreparation
{
    public const string HaDisarmed = "haDisarmed";
    public const string CephNoout = "cephNoout";
    private const string Noout = "noout";
    private static readonly TimeSpan Disarms = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Arms = TimeSpan.FromSeconds(40);

    public static IReadOnlyList<string> Kinds { get; } = [HaDisarmed, CephNoout];

    public static Task<string> DoAsync(ProxmoxHost host, string kind, bool rehearse, CancellationToken ct) =>
        kind switch
        {
            HaDisarmed => DisarmAsync(host, rehearse, ct),
            CephNoout => SetNooutAsync(host, rehearse, ct),
            _ => throw Unknown(kind),
        };

    /// <summary>Somebody did it before, or something that would keep us from it.</summary>
    public static async Task<bool> IsSoAsync(ProxmoxHost host, string kind, CancellationToken ct) =>
        kind switch
        {
            HaDisarmed => Holds(await host.Api.HaAsync(ct)),
            CephNoout => await host.Api.CephFlagAsync(Noout, ct),
            _ => throw Unknown(kind),
        };

    public static async Task UndoAsync(ProxmoxHost host, string kind, CancellationToken ct)
    {
        switch (kind)
        {
            case HaDisarmed:
                await ArmAsync(host, ct);
                break;
            case CephNoout:
                await host.Api.SetCephFlagAsync(Noout, false, ct);
                if (await host.Api.CephFlagAsync(Noout, ct))
                    throw new DeviceException(DeviceFault.Refused, "Ceph still has the flag noout.");
                break;
            default:
                throw Unknown(kind);
        }
    }

    /// <summary>Disarming waits while anything is fenced, recovered or migrated.</summary>
    private static async Task<string> DisarmAsync(ProxmoxHost host, bool rehearse, CancellationToken ct)
    {
        var ha = await host.Api.HaAsync(ct);
        if (ha.Services.Count == 0)
            return "HA manages no guests: there is nothing to disarm";
        await MayAsync(host, "Sys.Console", ct);
        if (ha.Armed is null)
            throw new DeviceException(
                DeviceFault.Unsupported,
                $"HA can be disarmed since version 9.2; this is {await host.Api.VersionAsync(ct)}."
            );
        if (IsDisarmed(ha))
            return "HA was disarmed already";
        if (Holds(ha) && ha.ResourceMode is not (null or "ignore"))
            throw new DeviceException(
                DeviceFault.Refused,
                $"HA is {ha.Armed} with the resource mode {ha.ResourceMode}, in which its guests take no orders: arm it, so that it "
                    + "can be disarmed with the mode ignore."
            );
        if (rehearse)
            return "HA can be disarmed";
        if (ha.Armed != "disarming")
            await host.Api.DisarmHaAsync(ct);
        var done = await host.UntilAsync(async () => (await host.Api.HaAsync(ct)).Armed == "disarmed", Disarms, ct);
        return done
            ? "HA is disarmed"
            : throw new DeviceException(
                DeviceFault.Timeout,
                "HA is still disarming: something is being fenced, recovered or migrated."
            );
    }

    private static async Task ArmAsync(ProxmoxHost host, CancellationToken ct)
    {
        if (!Holds(await host.Api.HaAsync(ct)))
            return;
        await host.Api.ArmHaAsync(ct);
        if (!await host.UntilAsync(async () => !Holds(await host.Api.HaAsync(ct)), Arms, ct))
            throw new DeviceException(DeviceFault.Timeout, "HA was told to arm and is still disarmed.");
    }

    /// <summary>Guests under HA are ours, as if they were not.</summary>
    public static bool IsDisarmed(ProxmoxHa ha) => ha is { Armed: "disarmed", ResourceMode: null or "ignore" };

    private static bool Holds(ProxmoxHa ha) => ha.Armed is "disarmed" or "disarming";

    private static async Task<string> SetNooutAsync(ProxmoxHost host, bool rehearse, CancellationToken ct)
    {
        var set = await host.Api.CephFlagAsync(Noout, ct);
        await MayAsync(host, "Sys.Modify", ct);
        if (rehearse || set)
            return set ? "Ceph had the flag noout already" : "Ceph's flag noout can be set";
        await host.Api.SetCephFlagAsync(Noout, true, ct);
        return await host.Api.CephFlagAsync(Noout, ct)
            ? "Ceph has the flag noout"
            : throw new DeviceException(DeviceFault.Refused, "Ceph took the flag noout and does not have it.");
    }

    private static async Task MayAsync(ProxmoxHost host, string privilege, CancellationToken ct)
    {
        if (!(await host.Api.PermissionsAsync("/", ct)).May(privilege, "/"))
            throw new DeviceException(DeviceFault.AuthenticationFailed, $"The account needs {privilege} on /.");
    }

    private static DeviceException Unknown(string kind) =>
        new(DeviceFault.Unsupported, $"Proxmox VE does not know how to do {kind}.");
}

using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>What is known of a device: what it speaks, what it said last, and what a status read asks for.</summary>
internal sealed record SnmpPicture(Detection Device, Snapshot Known, IReadOnlyList<Oid> Deciding)
{
    public static async Task<SnmpPicture> TakeAsync(SnmpAgent agent, string mib, CancellationToken ct)
    {
        var device = await Detector.RunAsync(agent, mib, ct);
        if (!device.IsUps)
            return new(device, Snapshot.Empty, []);
        var reader = new SnmpReader(agent, device);
        var known = await reader.FetchAllAsync(ct);
        return new(device, known, reader.Deciding(known));
    }

    /// <summary>The agent began anew since: its tables may be others.</summary>
    public bool IsRebooted(Snapshot fresh) =>
        Known.Number(Detector.SysUpTime) is { } before && fresh.Number(Detector.SysUpTime) is { } now && now < before;
}

using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>What is known of a device: what it speaks, what it said last, and what a status read asks for.</summary>
internal sealed record SnmpPicture(Detection Device, Snapshot Known, IReadOnlyList<Oid> Deciding)
{
    /// <summary>What a full read asks for: all that was there at the search. What the device leaves out once is asked for
    /// again, but known no more.</summary>
    public Snapshot Found { get; private init; } = Known;

    public static async Task<SnmpPicture> TakeAsync(SnmpAgent agent, string mib, CancellationToken ct)
    {
        var device = await Detector.RunAsync(agent, mib, ct);
        if (!device.IsUps)
            return new(device, Snapshot.Empty, []);
        var reader = new SnmpReader(agent, device);
        var known = await reader.FetchAllAsync(ct);
        return new(device, known, reader.Deciding(known));
    }

    /// <summary>What a read brought takes the place of all that was known, so that nothing outlives what the device says now: an
    /// alarm that is over, an object that is gone. Null: to be searched anew.</summary>
    /// <param name="begun">From which the read began.</param>
    /// <param name="fresh">What it brought.</param>
    /// <param name="isWhole">It was a full read; a status read adds nothing to one that ended meanwhile.</param>
    public SnmpPicture? After(SnmpPicture begun, Snapshot fresh, bool isWhole) =>
        begun.IsRebooted(fresh) ? null
        : isWhole || ReferenceEquals(Known, begun.Known) ? this with { Known = fresh }
        : this;

    /// <summary>The agent began anew since: its tables may be others.</summary>
    public bool IsRebooted(Snapshot fresh) =>
        Known.Number(Detector.SysUpTime) is { } before && fresh.Number(Detector.SysUpTime) is { } now && now < before;
}

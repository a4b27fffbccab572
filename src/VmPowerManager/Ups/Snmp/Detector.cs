using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>Finds out what answers: by sysObjectID, then by the trees that are there; RFC 1628 is the net below.</summary>
internal static class Detector
{
    public static readonly Oid SysDescr = Oid.Parse("1.3.6.1.2.1.1.1.0");
    public static readonly Oid SysObjectId = Oid.Parse("1.3.6.1.2.1.1.2.0");
    public static readonly Oid SysUpTime = Oid.Parse("1.3.6.1.2.1.1.3.0");

    private const int MostLabels = 500;

    private static Dialect Rfc1628 => Dialects.Rfc1628.Table;

    /// <param name="agent">Whom to ask.</param>
    /// <param name="mib">A dialect's id, or <c>auto</c>.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task<Detection> RunAsync(SnmpAgent agent, string mib, CancellationToken ct)
    {
        var system = await agent.Get([SysDescr, SysObjectId], ct);
        var id = system.GetValueOrDefault(SysObjectId)?.ObjectId is { Length: > 2 } oid ? oid : null;
        var description = system.GetValueOrDefault(SysDescr)?.Text ?? "";
        var (found, bare) = await FindAsync(agent, mib, id, ct);
        var detection = new Detection(Order(found, id), id, description) { IsBare = bare };
        if (found.Count > 0)
            return detection;
        var what = await Decoys.FindAsync(agent, id, ct);
        if (what is null && await SaysWhoItIsAsync(agent, ct))
            return detection with { Dialects = [Rfc1628], IsSilent = true };
        if (what is null && Vendors.MakesUps(id, description))
            return detection with
            {
                Dialects = [.. Dialects.All.Tables.Where(d => Matches(d, id)).Take(1)],
                IsSilent = true,
            };
        return detection with { Instead = what ?? "no UPS: it has none of the known trees of UPSes" };
    }

    private static async Task<(List<Dialect>, bool Bare)> FindAsync(
        SnmpAgent agent,
        string mib,
        Oid? id,
        CancellationToken ct
    )
    {
        if (mib != SnmpSettings.Auto)
            return await ProbeAsync(agent, Dialects.All.Tables.Where(d => d.Id == mib || d == Rfc1628), ct);
        // Cards on a plain Linux say net-snmp's identity: only the trees tell.
        var likely = Dialects.All.Tables.Where(d => Matches(d, id)).ToArray();
        var kin = likely.SelectMany(d => Dialects.All.Kin(d)).Except(likely).Append(Rfc1628);
        var (found, bare) = await ProbeAsync(agent, [.. likely, .. kin.Except(likely)], ct);
        if (found.Any(d => d != Rfc1628))
            return (found, bare);
        var (rest, _) = await ProbeAsync(agent, Dialects.All.Tables.Except(likely).Where(d => d != Rfc1628), ct);
        return ([.. rest, .. found], bare);
    }

    private static async Task<(List<Dialect>, bool Bare)> ProbeAsync(
        SnmpAgent agent,
        IEnumerable<Dialect> dialects,
        CancellationToken ct
    )
    {
        var (found, bare) = (new List<Dialect>(), false);
        foreach (var dialect in dialects.Distinct())
        {
            foreach (var root in dialect.PresenceOids)
            {
                var first = (await agent.Walk(root, 1, ct)).FirstOrDefault(v => v.Value.IsPresent);
                if (first is null || !await IsMeantAsync(agent, dialect, root, ct))
                    continue;
                found.Add(dialect);
                bare |= dialect == Rfc1628 && first.Name.Length == root.Length + 1;
                break;
            }
        }
        return (found, bare);
    }

    /// <summary>A table that many kinds of devices fill must have rows of a UPS.</summary>
    private static async Task<bool> IsMeantAsync(SnmpAgent agent, Dialect dialect, Oid root, CancellationToken ct) =>
        !dialect.HasLabelledRows || LabelledRows.IsUps(await agent.Walk(root, MostLabels, ct));

    /// <summary>The maker's own tree first, its kin's next, the common one then. Rows with labels fill gaps only: what a label
    /// means differs from firmware to firmware.</summary>
    private static IReadOnlyList<Dialect> Order(List<Dialect> found, Oid? id) =>
        [
            .. found
                .OrderBy(d =>
                    d.HasLabelledRows ? 2
                    : d == Rfc1628 ? 1
                    : 0
                )
                .ThenBy(d => Dialects.All.Rank(d))
                .ThenBy(d => Matches(d, id) ? 0 : 1),
        ];

    /// <summary>Only its identity, but as a UPS tells it: manufacturer or model.</summary>
    private static async Task<bool> SaysWhoItIsAsync(SnmpAgent agent, CancellationToken ct)
    {
        Oid[] names = [Rfc1628.At("1.1.0"), Rfc1628.At("1.2.0")];
        return (await agent.Get(names, ct)).Values.Any(v => v.Text.Length > 0);
    }

    private static bool Matches(Dialect dialect, Oid? id) => id is not null && dialect.SystemOids.Any(id.IsWithin);
}

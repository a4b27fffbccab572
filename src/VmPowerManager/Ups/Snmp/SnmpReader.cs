using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>Fetches what the dialects of a device need. The first time it walks tables and asks for all there may be;
/// after that only for what was there.</summary>
internal sealed class SnmpReader(SnmpAgent agent, Detection device)
{
    /// <summary>Rows of a table of lines: three to neutral, three between lines, and some to spare.</summary>
    private const int MostRows = 12;
    private const int MostAlarms = 64;
    private const int MostLabels = 500;

    /// <summary>What a status read asks for fits in one PDU of a weak card.</summary>
    private const int MostDeciding = 10;

    private static readonly Oid[] System = [Detector.SysDescr, Detector.SysUpTime];

    /// <summary>Everything, wherever it may be.</summary>
    public async Task<Snapshot> FetchAllAsync(CancellationToken ct)
    {
        var snapshot = Snapshot.Of(await GetAsync(device.Dialects.SelectMany(Scalars).Concat(System), ct));
        foreach (var column in device.Dialects.SelectMany(Columns).Distinct())
            snapshot = snapshot.With(await WalkAsync(column.At, column.Most, ct));
        return await WithAlarmsAsync(snapshot, before: null, ct);
    }

    /// <summary>The same objects again: those that <paramref name="before"/> holds.</summary>
    public async Task<Snapshot> FetchAgainAsync(Snapshot before, CancellationToken ct)
    {
        var alarms = AlarmColumns.ToArray();
        var names = before.Names.Where(name => !alarms.Any(a => name.IsWithin(a.At)));
        // The names stand as they were answered: without an instance where the agent has none.
        var snapshot = Snapshot.Of(await agent.Get([.. names], ct));
        return await WithAlarmsAsync(snapshot, before: null, ct);
    }

    /// <summary>Only what decides, on top of what is known. Where the output comes from must be told now: where the object that
    /// says it falls silent, another tree's older word for it is none.</summary>
    public async Task<Snapshot> FetchStatusAsync(
        Snapshot known,
        IReadOnlyCollection<Oid> deciding,
        CancellationToken ct
    )
    {
        var sources = device
            .Dialects.SelectMany(d => d.Status)
            .Where(s => s.Kind == StatusKind.Source)
            .Select(s => known.NameOf(s.At))
            .OfType<Oid>();
        var fresh = known.Without([.. deciding.Union(sources)]).With(await agent.Get(deciding, ct));
        return await WithAlarmsAsync(fresh, before: known, ct);
    }

    /// <summary>What a status read says: without the other objects that tell of the same numbers. Those are older, and where
    /// the one that was asked says 0 V they would still say 230.</summary>
    public Snapshot Decided(Snapshot fresh, IReadOnlyCollection<Oid> deciding)
    {
        var told = device
            .Dialects.SelectMany(d => d.Measures)
            .Where(m => m.Name is Names.Charge or Names.Runtime or Names.InputVoltage)
            .SelectMany(m =>
                m.IsColumn ? fresh.Below(m.At).Select(v => v.Key)
                : fresh.NameOf(m.At) is { } at ? [at]
                : []
            );
        return fresh.Without([.. told.Except(deciding)]);
    }

    /// <summary>The objects that a status read asks for, most important first.</summary>
    public IReadOnlyList<Oid> Deciding(Snapshot known)
    {
        var status = StatusReader.Read(device.Dialects, known);
        var values = Merge.Of(device.Dialects, known, status.Flags);
        Oid?[] numbers = [values.From(Names.Charge), values.From(Names.Runtime), values.From(Names.InputVoltage)];
        var wanted = device
            .Dialects.Select(d => d.CommAt)
            .Concat(status.From.Take(1))
            .Concat(numbers)
            .Concat(status.From.Skip(1))
            .OfType<Oid>()
            .Append(Detector.SysUpTime)
            .Append(Detector.SysDescr);
        return [.. wanted.Select(known.NameOf).OfType<Oid>().Distinct().Take(MostDeciding)];
    }

    private static IEnumerable<Oid> Scalars(Dialect dialect) =>
        dialect
            .Measures.Where(m => !m.IsColumn)
            .Select(m => m.At)
            .Concat(dialect.Texts.Concat(Dialects.Rfc1628.Table.Texts).Select(t => t.At))
            .Concat(dialect.Status.Where(s => s.Kind != StatusKind.Alarms).Select(s => s.At))
            .Concat(dialect.CommAt is { } comm ? [comm] : []);

    private static IEnumerable<(Oid At, int Most)> Columns(Dialect dialect) =>
        dialect
            .Measures.Where(m => m.IsColumn)
            .Select(m => (m.At, MostRows))
            .Concat(
                dialect.HasLabelledRows
                    ? [(dialect.At("10"), MostLabels), (dialect.At("20"), MostLabels), (dialect.At("30"), MostLabels)]
                    : []
            );

    private IEnumerable<(Oid At, Oid? Count)> AlarmColumns =>
        from dialect in device.Dialects
        from alarms in dialect.Status
        where alarms.Kind == StatusKind.Alarms
        select (alarms.At, dialect.Status.FirstOrDefault(s => s.AnyOther is not null)?.At);

    /// <summary>Alarm tables, where the agent counts any; in a status read only when the count has changed, or the source
    /// of the output: then one alarm may have taken another's place.</summary>
    private async Task<Snapshot> WithAlarmsAsync(Snapshot snapshot, Snapshot? before, CancellationToken ct)
    {
        foreach (var (at, counter) in AlarmColumns)
        {
            var count = counter is null ? null : snapshot.Number(counter);
            if (before is not null && count == before.Number(counter ?? at) && HasSameSource(before, snapshot))
                continue;
            snapshot = snapshot.Without(at);
            if (count > 0)
                snapshot = snapshot.With(await WalkAsync(at, MostAlarms, ct));
        }
        return snapshot;
    }

    private bool HasSameSource(Snapshot before, Snapshot now) =>
        device
            .Dialects.SelectMany(d => d.Status)
            .Where(s => s.Kind == StatusKind.Source)
            .All(s => before.Number(s.At) == now.Number(s.At));

    private Task<IReadOnlyDictionary<Oid, SnmpValue>> GetAsync(IEnumerable<Oid> names, CancellationToken ct) =>
        agent.Get([.. names.Distinct().Select(n => device.IsBare && n[^1] == 0 ? new Oid(n.Arcs[..^1]) : n)], ct);

    private async Task<IEnumerable<KeyValuePair<Oid, SnmpValue>>> WalkAsync(Oid root, int most, CancellationToken ct) =>
        (await agent.Walk(root, most, ct)).Select(v => KeyValuePair.Create(v.Name, v.Value));
}

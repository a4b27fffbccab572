using VmPowerManager.Core.Power;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>A value as one dialect tells it, and the object that told it (for a status read, which asks it alone).</summary>
internal readonly record struct Candidate(string Name, Judged Judged, Oid From);

/// <summary>Reads what an agent said by one dialect's table. Candidates come in the order of the table.</summary>
internal sealed class DialectReader(Dialect dialect, Snapshot snapshot, UpsStatus status)
{
    private const int MostLines = 3;

    private readonly Judge _judge = new(status, ServesWholeUnits(dialect, snapshot));

    public IEnumerable<Candidate> Read()
    {
        for (var i = 0; i < dialect.Measures.Count; i++)
        {
            var measure = dialect.Measures[i];
            if (measure.IsColumn)
            {
                foreach (var candidate in OfLines(measure, Column(measure)))
                    yield return candidate;
            }
            else if (measure.Line > 0)
            {
                var lines = dialect.Measures.Skip(i).TakeWhile(m => m.Name == measure.Name && m.Line > 0).ToArray();
                i += lines.Length - 1;
                foreach (var candidate in OfLines(measure, Single(lines)))
                    yield return candidate;
            }
            else if (snapshot.Find(measure.At) is { } value)
            {
                yield return new(measure.Name, Judge(measure, value), measure.At);
            }
        }
    }

    /// <summary>Hertz that are right only without the MIB's factor: 50 where 500 should stand.</summary>
    private static bool ServesWholeUnits(Dialect dialect, Snapshot snapshot) =>
        dialect
            .Measures.Where(m => m.Scale == Tables.Tenth && MeasureKinds.Of(m.Name) == MeasureKind.Frequency)
            .SelectMany(m => m.IsColumn ? snapshot.Column(m.At).Select(r => r.Cell.Value) : One(snapshot.Find(m.At)))
            .Select(Snapshot.NumberOf)
            .Any(raw => raw is >= 40 and <= 70);

    private static IEnumerable<SnmpValue> One(SnmpValue? value) => value is null ? [] : [value];

    private Judged Judge(Measure measure, SnmpValue value) =>
        Snapshot.NumberOf(value) is { } raw && !Sentinels.IsNone(measure, value, raw)
            ? _judge.Of(measure, Math.Round(raw * measure.Scale, 4))
            : Judged.Impossible;

    private SortedDictionary<int, (Judged Judged, Oid From)> Column(Measure measure)
    {
        var rows = snapshot.Column(measure.At).ToArray();
        // Lines count from 1; some agents begin with 0.
        var shift = rows.Length > 0 && rows[0].Index == 0 ? 1 : 0;
        var lines = new SortedDictionary<int, (Judged, Oid)>();
        foreach (var (index, cell) in rows)
        {
            // Six rows are three lines to neutral and three between lines: only the former are meant.
            if (index + shift <= MostLines)
                lines.TryAdd((int)index + shift, (Judge(measure, cell.Value), cell.Name));
        }
        return lines;
    }

    private SortedDictionary<int, (Judged Judged, Oid From)> Single(IEnumerable<Measure> measures)
    {
        var lines = new SortedDictionary<int, (Judged, Oid)>();
        foreach (var measure in measures)
        {
            if (snapshot.Find(measure.At) is { } value)
                lines[measure.Line] = (Judge(measure, value), measure.At);
        }
        return lines;
    }

    private IEnumerable<Candidate> OfLines(Measure measure, SortedDictionary<int, (Judged Judged, Oid From)> lines)
    {
        if (lines.Count == 0)
            yield break;
        var count = LineNames.GroupOf(measure.Name) is { } group ? LinesOf(group) : 1;
        if (count <= 1)
        {
            var (only, from) = lines.First().Value;
            yield return new(measure.Name, only, from);
            yield break;
        }
        var known = lines.Where(l => l.Key <= count && l.Value.Judged.Belief != Belief.None).ToArray();
        if (known.Length == 0)
            yield break;
        if (Whole(measure.Name, known) is { } whole)
            yield return whole;
        foreach (var (line, (judged, from)) in known)
            yield return new(LineNames.Of(measure.Name, line, known[0].Value.Judged.Value), judged, from);
    }

    /// <summary>Voltage and frequency are those of line 1, the load is the highest of a line, power adds up. A current of
    /// several lines has no meaning as one number.</summary>
    private static Candidate? Whole(string name, KeyValuePair<int, (Judged Judged, Oid From)>[] lines)
    {
        var worst = lines.Max(l => l.Value.Judged.Belief);
        var sum = lines.Sum(l => l.Value.Judged.Value);
        switch (MeasureKinds.Of(name))
        {
            case MeasureKind.MainsVoltage or MeasureKind.Frequency:
                return lines[0].Key == 1 ? new(name, lines[0].Value.Judged, lines[0].Value.From) : null;
            case MeasureKind.Percent:
                var highest = lines.MaxBy(l => l.Value.Judged.Value).Value;
                return new(name, highest.Judged, highest.From);
            case MeasureKind.Power:
                return new(name, new(sum, sum > 0 && worst == Belief.Zero ? Belief.Clean : worst), Oids.None);
            default:
                return null;
        }
    }

    /// <summary>How many lines a side has: as it says, else as many as have a voltage; without any voltage as many as it
    /// lists.</summary>
    private int LinesOf(string group)
    {
        var said = dialect.Measures.FirstOrDefault(m => m.Name == $"{group}.phases");
        if (said is not null && snapshot.Number(said.At) is 1)
            return 1;
        var sets = VoltagesOf($"{group}.voltage").Where(lines => lines.Count > 0).ToArray();
        if (sets.Length == 0)
            return MostLines;
        var live = sets.FirstOrDefault(lines => lines.Any(l => l.Key > 1 && l.Value.Judged.Belief < Belief.Zero));
        return live?.Keys.Max() ?? 1;
    }

    /// <summary>Each column, and all single objects together.</summary>
    private IEnumerable<SortedDictionary<int, (Judged Judged, Oid From)>> VoltagesOf(string name) =>
        dialect
            .Measures.Where(m => m.Name == name && m.IsColumn)
            .Select(Column)
            .Append(Single(dialect.Measures.Where(m => m.Name == name && m.Line > 0)));
}

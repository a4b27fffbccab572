using VmPowerManager.Core.Power;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>One value for each name out of what all dialects tell: the most believable, and of those the first: the
/// richer dialect, its finer object. Zeros that mean "not measured" are taken only while zero can be true.</summary>
internal sealed class Merge
{
    private readonly Dictionary<string, Candidate> _best = new(StringComparer.Ordinal);
    private readonly UpsStatus _status;

    private Merge(UpsStatus status) => _status = status;

    /// <summary>Values that passed, by NUT name.</summary>
    public IEnumerable<Candidate> Values => _best.Values;

    public static Merge Of(IReadOnlyList<Dialect> dialects, Snapshot snapshot, UpsStatus status)
    {
        var merge = new Merge(status);
        var distrusted = dialects.SelectMany(d => d.Distrusted).ToHashSet(StringComparer.Ordinal);
        foreach (var dialect in dialects)
        {
            var candidates = dialect.HasLabelledRows
                ? LabelledRows.Read(dialect, snapshot, status)
                : new DialectReader(dialect, snapshot, status).Read();
            foreach (var candidate in candidates)
            {
                if (candidate.Judged.Belief != Belief.None && !distrusted.Contains(candidate.Name))
                    merge.Take(candidate);
            }
        }
        // Decided only now: what zero means depends on the other values.
        foreach (var name in merge._best.Where(b => !merge.Stands(b.Value)).Select(b => b.Key).ToArray())
            merge._best.Remove(name);
        merge.RemovePowerOfAnotherUnit();
        merge.CountLines();
        return merge;
    }

    public double? this[string name] => _best.TryGetValue(name, out var best) ? best.Judged.Value : null;

    public Oid? From(string name) => _best.TryGetValue(name, out var best) ? best.From : null;

    private void Take(Candidate candidate)
    {
        if (!_best.TryGetValue(candidate.Name, out var best) || candidate.Judged.Belief < best.Judged.Belief)
            _best[candidate.Name] = candidate;
    }

    /// <summary>Watts that are less than a twentieth of volts times amperes are kilowatts, or something else.</summary>
    private void RemovePowerOfAnotherUnit()
    {
        var amperes =
            this[Names.OutputCurrent]
            ?? Enumerable.Range(1, 3).Sum(line => this[LineNames.Of(Names.OutputCurrent, line, 0)] ?? 0);
        var carried = amperes * (this[Names.OutputVoltage] ?? 0);
        foreach (var name in (string[])[Names.RealPower, Names.Power])
        {
            if (this[name] is not { } told || told * 20 >= carried || carried < 500)
                continue;
            _best.Remove(name);
            for (var line = 1; line <= 3; line++)
                _best.Remove(LineNames.Of(name, line, 0));
        }
    }

    /// <summary>A coarse tree says one line where a finer one measures three.</summary>
    private void CountLines()
    {
        foreach (var group in (string[])["input", "output", "input.bypass"])
        {
            if (_best.ContainsKey($"{group}.L3-N.voltage") || _best.ContainsKey($"{group}.L3-L1.voltage"))
                _best[$"{group}.phases"] = new($"{group}.phases", new(3, Belief.Clean), Oids.None);
        }
    }

    private bool Stands(Candidate candidate)
    {
        // Some cards leave it where the last outage ended.
        if (candidate.Name == Names.OnBatterySeconds)
            return _status.HasFlag(UpsStatus.OB);
        if (candidate.Judged.Belief != Belief.Zero)
            return true;
        var off = _status.HasFlag(UpsStatus.OFF);
        var battery = _status.HasFlag(UpsStatus.OB);
        var group = LineNames.GroupOf(candidate.Name);
        return candidate.Name switch
        {
            Names.Charge => !_status.HasFlag(UpsStatus.OL) || this[Names.Runtime] is null or < 300,
            Names.Load => true,
            // Nothing flows, or nothing is measured: the load tells.
            Names.RealPower or Names.Power => this[Names.Load] is null or < 2,
            _ when MeasuresPower(candidate.Name) is { } whole => this[whole] > 0,
            Names.Runtime => battery || this[Names.Charge] is < 20,
            _ when candidate.Name.EndsWith("power.percent", StringComparison.Ordinal) => true,
            _ when group == "input" => battery || off || IsLostLine(candidate.Name, "input.L"),
            _ when group == "output" => off || IsLostLine(candidate.Name, "output.L"),
            _ => false,
        };
    }

    /// <summary>Of a line: the whole that it is a part of.</summary>
    private static string? MeasuresPower(string name) =>
        !name.StartsWith("output.L", StringComparison.Ordinal) ? null
        : name.EndsWith(".realpower", StringComparison.Ordinal) ? Names.RealPower
        : name.EndsWith(".power", StringComparison.Ordinal) ? Names.Power
        : null;

    /// <summary>One line of three may well be dead while the others live.</summary>
    private static bool IsLostLine(string name, string prefix) => name.StartsWith(prefix, StringComparison.Ordinal);
}

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
        return merge;
    }

    public double? this[string name] => _best.TryGetValue(name, out var best) ? best.Judged.Value : null;

    public Oid? From(string name) => _best.TryGetValue(name, out var best) ? best.From : null;

    private void Take(Candidate candidate)
    {
        if (!_best.TryGetValue(candidate.Name, out var best) || candidate.Judged.Belief < best.Judged.Belief)
            _best[candidate.Name] = candidate;
    }

    private bool Stands(Candidate candidate)
    {
        if (candidate.Judged.Belief != Belief.Zero)
            return true;
        var off = _status.HasFlag(UpsStatus.OFF);
        var battery = _status.HasFlag(UpsStatus.OB);
        var group = LineNames.GroupOf(candidate.Name);
        return candidate.Name switch
        {
            Names.Charge => !_status.HasFlag(UpsStatus.OL) || this[Names.Runtime] is null or < 300,
            Names.Runtime => battery || this[Names.Charge] is < 20,
            _ when group == "input" => battery || off || IsLostLine(candidate.Name, "input.L"),
            _ when group == "output" => off || IsLostLine(candidate.Name, "output.L"),
            _ => false,
        };
    }

    /// <summary>One line of three may well be dead while the others live.</summary>
    private static bool IsLostLine(string name, string prefix) => name.StartsWith(prefix, StringComparison.Ordinal);
}

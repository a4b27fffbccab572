using System.Globalization;
using System.Text;

namespace VmPowerManager.Tests.Ups.Snmp;

/// <summary>Counts by family.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, List<Verdict>> _groups = new(StringComparer.Ordinal);

    public IEnumerable<string> Faults => _groups.Values.SelectMany(g => g).SelectMany(v => v.Faults);

    public void Add(string group, Verdict verdict)
    {
        if (!_groups.TryGetValue(group, out var verdicts))
            _groups[group] = verdicts = [];
        verdicts.Add(verdict);
    }

    public string Table()
    {
        var table = new StringBuilder();
        Row(table, "family", "devices", "expected", "right", "wrong", "unknown");
        foreach (var (group, verdicts) in _groups)
            Row(table, group, verdicts);
        Row(table, "all", [.. _groups.Values.SelectMany(g => g)]);
        return table.ToString();
    }

    private static void Row(StringBuilder table, string name, List<Verdict> verdicts) =>
        Row(
            table,
            name,
            [
                .. new[]
                {
                    verdicts.Count,
                    verdicts.Sum(v => v.Fields),
                    verdicts.Sum(v => v.Right),
                    verdicts.Sum(v => v.Wrong),
                    verdicts.Sum(v => v.Missing),
                }.Select(n => n.ToString(CultureInfo.InvariantCulture)),
            ]
        );

    private static void Row(StringBuilder table, string name, params IEnumerable<string> cells) =>
        table.AppendLine(CultureInfo.InvariantCulture, $"{name, -12}{string.Concat(cells.Select(c => c.PadLeft(10)))}");
}

using System.Collections.Immutable;
using System.Globalization;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>What an agent said so far, in its order. Absent and empty objects are not in it. Immutable.</summary>
internal sealed class Snapshot
{
    public static readonly Snapshot Empty = new(ImmutableSortedDictionary<Oid, SnmpValue>.Empty);

    private readonly ImmutableSortedDictionary<Oid, SnmpValue> _values;

    private Snapshot(ImmutableSortedDictionary<Oid, SnmpValue> values) => _values = values;

    public static Snapshot Of(IEnumerable<KeyValuePair<Oid, SnmpValue>> values) => Empty.With(values);

    public int Count => _values.Count;

    public IEnumerable<Oid> Names => _values.Keys;

    public IEnumerable<KeyValuePair<Oid, SnmpValue>> All => _values;

    /// <summary>Newer values take the place of older ones.</summary>
    public Snapshot With(IEnumerable<KeyValuePair<Oid, SnmpValue>> values) =>
        new(_values.SetItems(values.Where(v => v.Value.IsPresent)));

    public Snapshot Without(IEnumerable<Oid> names) => new(_values.RemoveRange(names));

    /// <summary>Without a whole part of the tree.</summary>
    public Snapshot Without(Oid root) => Without([.. Below(root).Select(v => v.Key)]);

    /// <summary>Under which name it is there.</summary>
    public Oid? NameOf(Oid name) =>
        _values.ContainsKey(name) ? name
        : name.Length > 1 && name[^1] == 0 && new Oid(name.Arcs[..^1]) is var bare && _values.ContainsKey(bare) ? bare
        : null;

    /// <summary>A scalar. Some agents serve theirs without the instance <c>.0</c>, which only a walk finds: taken too.</summary>
    public SnmpValue? Find(Oid name) => NameOf(name) is { } there ? _values[there] : null;

    public double? Number(Oid name) => Find(name) is { } value ? NumberOf(value) : null;

    public string Text(Oid name) => Find(name)?.Text ?? "";

    /// <summary>The rows of a column by the first number of their index; agents that add a ".0" to it are read, too.</summary>
    public IEnumerable<(uint Index, SnmpVariable Cell)> Column(Oid column)
    {
        foreach (var (name, value) in Below(column))
        {
            var index = name.Below(column);
            if (index.Length == 1 || (index.Length == 2 && index[1] == 0))
                yield return (index[0], new SnmpVariable(name, value));
        }
    }

    /// <summary>Everything at or below a node.</summary>
    public IEnumerable<KeyValuePair<Oid, SnmpValue>> Below(Oid root) =>
        _values.SkipWhile(v => v.Key < root).TakeWhile(v => v.Key.IsWithin(root));

    public bool Has(Oid root) => Below(root).Any();

    /// <summary>A number whatever its type: agents send counters, gauges and texts for integers. Unsigned ones that are
    /// plainly a negative number (above 2^31) are read as such.</summary>
    public static double? NumberOf(SnmpValue value)
    {
        if (value.IsNumber)
            return
                value.Type is SnmpType.Gauge32 or SnmpType.Counter32
                && value.Integer is > int.MaxValue and < uint.MaxValue - 1
                ? value.Integer - (uint.MaxValue + 1.0)
                : value.Integer;
        return
            value.Type == SnmpType.OctetString
            && double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
            ? number
            : null;
    }
}

using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Ups.Snmp;

namespace VmPowerManager.Tests.Ups.Snmp;

/// <summary>An agent out of a table, as strict as a real one: it answers what it has, and takes what it has.</summary>
internal sealed class TableAgent
{
    private readonly SortedDictionary<Oid, SnmpValue> _values;

    public TableAgent(SortedDictionary<Oid, SnmpValue> values)
    {
        _values = values;
        Agent = new SnmpAgent(
            (names, ct) =>
                ct.IsCancellationRequested
                    ? Task.FromCanceled<IReadOnlyDictionary<Oid, SnmpValue>>(ct)
                    : Task.FromResult<IReadOnlyDictionary<Oid, SnmpValue>>(Get(names)),
            (root, most, _) => Task.FromResult<IReadOnlyList<SnmpVariable>>(Walk(root, most)),
            (writes, ct) => ct.IsCancellationRequested ? Task.FromCanceled(ct) : Set(writes)
        );
    }

    public SnmpAgent Agent { get; }

    /// <summary>PDU by PDU: what was written.</summary>
    public List<string> Writes { get; } = [];

    /// <summary>What the device makes of a value that is written: it may round.</summary>
    public Func<SnmpVariable, SnmpValue> Takes { get; init; } = v => v.Value;

    /// <param name="root">Of all objects.</param>
    /// <param name="objects">What stands below it.</param>
    public static TableAgent Below(string root, params IEnumerable<(string At, SnmpValue Value)> objects) =>
        new(new(objects.ToDictionary(o => Oid.Parse($"{root}.{o.At}"), o => o.Value)));

    public static (string, SnmpValue) Number(string rest, int value) => (rest, SnmpValue.OfInteger(value));

    public async Task<Detection> DetectAsync(CancellationToken ct) =>
        await Detector.RunAsync(Agent, SnmpSettings.Auto, ct);

    public SnmpValue this[string name]
    {
        get => _values[Oid.Parse(name)];
        set => _values[Oid.Parse(name)] = value;
    }

    public void Remove(string name) => _values.Remove(Oid.Parse(name));

    private Dictionary<Oid, SnmpValue> Get(IReadOnlyCollection<Oid> names) =>
        names.Where(_values.ContainsKey).ToDictionary(n => n, n => _values[n]);

    private List<SnmpVariable> Walk(Oid root, int most) =>
        [
            .. _values
                .Where(v => v.Key.IsWithin(root) && v.Key != root)
                .Take(most)
                .Select(v => new SnmpVariable(v.Key, v.Value)),
        ];

    private Task Set(IReadOnlyList<SnmpVariable> writes)
    {
        foreach (var write in writes)
            Assert.True(_values.ContainsKey(write.Name), $"{write.Name} is not there");
        foreach (var write in writes)
            _values[write.Name] = Takes(write);
        Writes.Add(string.Join(' ', writes.Select(w => $"{w.Name}={w.Value.Text}")));
        return Task.CompletedTask;
    }
}

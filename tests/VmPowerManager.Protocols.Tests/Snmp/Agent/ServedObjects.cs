using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Protocols.Snmp.Agent;

namespace VmPowerManager.Protocols.Tests.Snmp.Agent;

/// <summary>A few objects of the system group and a column.</summary>
internal sealed class ServedObjects : ISnmpObjects
{
    public static readonly Oid SysDescr = new(1, 3, 6, 1, 2, 1, 1, 1, 0);
    public static readonly Oid SysContact = new(1, 3, 6, 1, 2, 1, 1, 4, 0);
    public static readonly Oid Column = new(1, 3, 6, 1, 2, 1, 33, 1, 4, 4, 1, 2);
    private const int Rows = 60;

    private readonly SortedDictionary<Oid, SnmpValue> _objects = new()
    {
        [SysDescr] = SnmpValue.OfText("A simulated card"),
        [SysContact] = SnmpValue.OfText("somebody"),
    };

    public ServedObjects()
    {
        for (uint row = 1; row <= Rows; row++)
            _objects[Column.Append(row)] = SnmpValue.OfInteger((int)row);
    }

    public bool IsSilent { get; set; }

    public SnmpValue? Find(Oid name) => _objects.GetValueOrDefault(name);

    public SnmpVariable? Next(Oid name) =>
        _objects.Where(o => o.Key > name).Select(o => new SnmpVariable(o.Key, o.Value)).FirstOrDefault();

    public (SnmpErrorStatus, int) Set(IReadOnlyList<SnmpVariable> values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].Name != SysContact)
                return (SnmpErrorStatus.NotWritable, i + 1);
            if (values[i].Value.Type is not SnmpType.OctetString)
                return (SnmpErrorStatus.WrongType, i + 1);
        }
        foreach (var value in values)
            _objects[value.Name] = value.Value;
        return (SnmpErrorStatus.NoError, 0);
    }
}

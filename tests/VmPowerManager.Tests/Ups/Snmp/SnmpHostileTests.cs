using CsCheck;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Snmp;

namespace VmPowerManager.Tests.Ups.Snmp;

/// <summary>Whatever an agent says, of whatever type and under whatever index: a reading or a word, never a crash.</summary>
public sealed class SnmpHostileTests
{
    private static readonly Gen<SnmpValue> Value = Gen.OneOf(
        Gen.Int.Select(SnmpValue.OfInteger),
        Gen.UInt.Select(n => SnmpValue.OfNumber(SnmpType.Gauge32, n)),
        Gen.Long.Select(n => SnmpValue.OfNumber(SnmpType.Counter64, n)),
        Gen.Byte.Array[0, 40].Select(octets => SnmpValue.OfOctets(SnmpType.OctetString, octets)),
        Gen.UInt.Array[0, 20].Select(arcs => SnmpValue.OfObjectId(new Oid(arcs))),
        Gen.Const(SnmpValue.OfText("NaN")),
        Gen.Const(SnmpValue.OfText("1e999")),
        Gen.Const(SnmpValue.Absent(SnmpType.Null))
    );

    [Fact]
    public void Map_AnyValues_NeverCrashes()
    {
        var dialects = VmPowerManager.Ups.Snmp.Dialects.All.Tables;
        var roots = dialects
            .SelectMany(d =>
                d.Measures.Select(m => m.At).Concat(d.Texts.Select(t => t.At)).Concat(d.Status.Select(s => s.At))
            )
            .Distinct()
            .ToArray();
        var cell = Gen.Select(
                Gen.Int[0, roots.Length - 1].Select(i => roots[i]),
                Gen.UInt.Array[0, 3],
                Gen.UInt[0, 4].Array[0, 2],
                Value
            )
            .Select((root, wild, tame, value) => KeyValuePair.Create(root.Append(wild).Append(tame), value));
        var device = new Detection(dialects, null, "");

        cell.Array[0, 60]
            .Sample(
                cells =>
                {
                    try
                    {
                        SnmpReadings.Map(device, Snapshot.Of(cells), DateTimeOffset.UnixEpoch, TimeSpan.Zero);
                    }
                    catch (UpsStaleException)
                    {
                        // It says that it has lost its UPS.
                    }
                },
                iter: 2000
            );
    }
}

using System.Collections.Frozen;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>Numbers that say "no such value": all ones of 16 and 31 and 32 bits and what is next to them (agents mark
/// kinds of absence with 0xFFFC to 0xFFFF), saturated counters (9999), -1 of quantities that cannot be negative.</summary>
internal static class Sentinels
{
    private static readonly FrozenSet<double> Marks = new double[]
    {
        0xFFFF,
        0xFFFE,
        0xFFFD,
        0xFFFC,
        short.MaxValue,
        short.MinValue,
        int.MaxValue,
        int.MinValue,
        uint.MaxValue,
        uint.MaxValue - 1,
        9999,
        99999,
        999999,
        9999999,
        -999,
        -9999,
        -99999,
        -32767,
        // Agents that multiply an absent 16-bit value for their unit.
        0xFFFF * 10,
        0x7FFF * 10,
    }.ToFrozenSet();

    /// <summary>Whole minutes that are seconds of 16 bits, all ones: 65535 s, 65532 s.</summary>
    private const double SaturatedMinutes = 1092;

    public static bool IsNone(Measure measure, SnmpValue value, double raw)
    {
        // Time in ticks has 32 bits and passes these numbers on its way.
        if (value.Type == SnmpType.TimeTicks)
            return raw >= uint.MaxValue - 1;
        if (Marks.Contains(raw))
            return true;
        return MeasureKinds.Of(measure.Name) switch
        {
            MeasureKind.Runtime => raw < 0 || (measure.Scale == Tables.Minutes && raw == SaturatedMinutes),
            MeasureKind.Temperature => raw is byte.MaxValue or -1,
            MeasureKind.Percent => raw is byte.MaxValue or < 0,
            MeasureKind.BatteryCurrent => raw == -1,
            MeasureKind.Plain => raw < 0,
            _ => raw < 0,
        };
    }
}

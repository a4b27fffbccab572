using System.Globalization;
using VmPowerManager.Core.Power;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>Reads tables whose rows carry their own label and unit (LIEBERT-GP-FLEXIBLE): label, value and unit stand in
/// three columns under the same index. Units that are not known here are left out; so are labels.</summary>
internal static class LabelledRows
{
    private const uint Value = 20;
    private const uint Unit = 30;

    /// <summary>1.3.6.1.4.1.476.1.42.3.9.20.1.COLUMN.INDEX...</summary>
    private const int ColumnAt = 13;

    /// <summary>What labels mean; the first that a device has wins.</summary>
    private static readonly (string Label, string Name)[] Known =
    [
        ("Battery Percentage Charge", Names.Charge),
        ("Battery Capacity", Names.Charge),
        ("Battery Charge", Names.Charge),
        ("Battery Time Remaining", Names.Runtime),
        ("Battery Volts for Cabinet", Names.BatteryVoltage),
        ("Battery Voltage", Names.BatteryVoltage),
        ("Battery Temperature for Cabinet", Names.BatteryTemperature),
        ("Battery Temperature", Names.BatteryTemperature),
        ("Inlet Air Temperature", Names.AmbientTemperature),
        ("System Input RMS A-N", Names.InputVoltage),
        ("System Input RMS A-N", "input.L1-N.voltage"),
        ("System Input RMS B-N", "input.L2-N.voltage"),
        ("System Input RMS C-N", "input.L3-N.voltage"),
        ("System Input Frequency", Names.InputFrequency),
        ("Input Voltage", Names.InputVoltage),
        ("System Output Voltage RMS A-N", Names.OutputVoltage),
        ("System Output Voltage RMS A-N", "output.L1-N.voltage"),
        ("System Output Voltage RMS B-N", "output.L2-N.voltage"),
        ("System Output Voltage RMS C-N", "output.L3-N.voltage"),
        ("System Output Frequency", Names.OutputFrequency),
        ("System Output Power", Names.RealPower),
        ("System Output Apparent Power", Names.Power),
        ("System Output Pct Power", Names.Load),
        ("System Output Pct Power Phase A", "output.L1.power.percent"),
        ("System Output Pct Power Phase B", "output.L2.power.percent"),
        ("System Output Pct Power Phase C", "output.L3.power.percent"),
        ("UPS Output Load Percent", Names.Load),
        ("UPS Output Percent Load", Names.Load),
    ];

    private static readonly Dictionary<string, double> Units = new(StringComparer.OrdinalIgnoreCase)
    {
        ["VAC"] = 1,
        ["VDC"] = 1,
        ["V AC"] = 1,
        ["V DC"] = 1,
        ["Hz"] = 1,
        ["min"] = Tables.Minutes,
        ["%"] = 1,
        ["deg C"] = 1,
        ["W"] = 1,
        ["kW"] = Tables.Kilo,
        ["VA"] = 1,
        ["kVA"] = Tables.Kilo,
    };

    /// <summary>Labels that only a UPS has: the same table serves coolers and power distribution.</summary>
    public static bool IsUps(IEnumerable<SnmpVariable> labels) =>
        labels.Any(v =>
            v.Value.Text.StartsWith("UPS", StringComparison.Ordinal)
            || v.Value.Text.StartsWith("Battery", StringComparison.Ordinal)
        );

    public static IEnumerable<Candidate> Read(Dialect dialect, Snapshot snapshot, UpsStatus status)
    {
        var judge = new Judge(status, ServesWholeUnits: false);
        var labels = snapshot.Below(dialect.At("10")).ToLookup(l => l.Value.Text, l => l.Key, StringComparer.Ordinal);
        foreach (var (label, name) in Known)
        {
            foreach (var at in labels[label])
            {
                if (Number(Twin(at, Value), Twin(at, Unit), snapshot) is not { } number)
                    continue;
                yield return new(name, judge.Of(new Measure(name, "", 1), number), Twin(at, Value));
            }
        }
        if (Highest(labels, snapshot) is { } load)
            yield return new(Names.Load, new(load, Belief.Clean), Oids.None);
    }

    /// <summary>The load of three lines is that of the highest.</summary>
    private static double? Highest(ILookup<string, Oid> labels, Snapshot snapshot) =>
        "ABC"
            .SelectMany(line => labels[$"System Output Pct Power Phase {line}"])
            .Max(at => Number(Twin(at, Value), Twin(at, Unit), snapshot));

    private static double? Number(Oid value, Oid unit, Snapshot snapshot) =>
        Units.TryGetValue(snapshot.Text(unit), out var scale)
        && double.TryParse(snapshot.Text(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number * scale
            : null;

    /// <summary>The same row in another column.</summary>
    private static Oid Twin(Oid label, uint column)
    {
        var arcs = label.Arcs.ToArray();
        arcs[ColumnAt] = column;
        return new Oid(arcs);
    }
}

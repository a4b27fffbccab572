using VmPowerManager.Core.Simulation;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Simulator;

/// <summary>What an object reads from.</summary>
internal sealed record Rfc1628State(string Key, SimulatedUps Ups, int SpinLock);

/// <summary>One object of the simulated card.</summary>
/// <param name="Name">With its instance.</param>
/// <param name="Read">Null while there is none: an alarm that is not present.</param>
/// <param name="Write">Null: read only. Its result is null for a value that it does not take, or not now.</param>
internal sealed record Rfc1628Object(
    Oid Name,
    Func<Rfc1628State, SnmpValue?> Read,
    Func<SimulatedUps, SnmpValue, SimulatedUps?>? Write = null
);

/// <summary>UPS-MIB (RFC 1628) and the system group as a table, in the order of names.</summary>
internal static partial class Rfc1628
{
    private static readonly Oid System = new(1, 3, 6, 1, 2, 1, 1);
    public static readonly Oid Mib = new(1, 3, 6, 1, 2, 1, 33);
    private static readonly Oid Alarms = Mib.Append(1, 6, 3);
    private static readonly Oid Tests = Mib.Append(1, 7, 7);

    public static readonly Oid SpinLock = Mib.Append(1, 7, 2, 0);

    public static readonly Rfc1628Object[] Objects = [.. All().OrderBy(o => o.Name)];

    public static Rfc1628Object? Find(Oid name) => Index(name) is >= 0 and var at ? Objects[at] : null;

    /// <summary>Where it stands in <see cref="Objects"/>, or the complement of where it would.</summary>
    public static int Index(Oid name)
    {
        var (low, high) = (0, Objects.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = Objects[middle].Name.CompareTo(name);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return ~low;
    }

    private static IEnumerable<Rfc1628Object> All() =>
        SystemGroup()
            .Concat(Identity())
            .Concat(Battery())
            .Concat(InputAndOutput())
            .Concat(AlarmGroup())
            .Concat(TestGroup())
            .Concat(Control())
            .Concat(Configuration());

    private static IEnumerable<Rfc1628Object> SystemGroup() =>
        [
            new(System.Append(1, 0), s => Text($"{s.Ups.Model.Vendor} {s.Ups.Model.Name} (simulated)")),
            new(System.Append(2, 0), _ => SnmpValue.OfObjectId(Mib)),
            new(System.Append(3, 0), s => SnmpValue.OfNumber(SnmpType.TimeTicks, Ticks(s.Ups))),
            new(System.Append(4, 0), _ => Text("")),
            new(System.Append(5, 0), s => Text(s.Key)),
            new(System.Append(6, 0), _ => Text("Simulator")),
        ];

    private static IEnumerable<Rfc1628Object> Identity() =>
        [
            new(Mib.Append(1, 1, 1, 0), s => Text(s.Ups.Model.Vendor)),
            new(Mib.Append(1, 1, 2, 0), s => Text(s.Ups.Model.Name)),
            new(Mib.Append(1, 1, 3, 0), _ => Text("simulator")),
            new(Mib.Append(1, 1, 4, 0), _ => Text("simulator")),
            new(Mib.Append(1, 1, 5, 0), s => Text(s.Key)),
            new(Mib.Append(1, 1, 6, 0), _ => Text("")),
        ];

    private static IEnumerable<Rfc1628Object> Battery() =>
        [
            new(
                Mib.Append(1, 2, 1, 0),
                s =>
                    Number(
                        s.Ups.Charge <= 0 ? 4
                        : s.Ups.IsLow ? 3
                        : 2
                    )
            ),
            new(Mib.Append(1, 2, 2, 0), s => Number(s.Ups.OnBatteryFor.TotalSeconds)),
            new(Mib.Append(1, 2, 3, 0), s => Number(s.Ups.Runtime.TotalMinutes)),
            new(Mib.Append(1, 2, 4, 0), s => Number(s.Ups.ChargePercent)),
            new(Mib.Append(1, 2, 5, 0), s => Number(10 * s.Ups.BatteryVoltage)),
            new(
                Mib.Append(1, 2, 6, 0),
                s => Number(s.Ups.IsOnBattery ? 10 * s.Ups.OutputWatts / s.Ups.BatteryVoltage : 0)
            ),
            new(Mib.Append(1, 2, 7, 0), s => Number(s.Ups.BatteryCelsius)),
        ];

    private static IEnumerable<Rfc1628Object> InputAndOutput() =>
        [
            new(Mib.Append(1, 3, 1, 0), s => SnmpValue.OfNumber(SnmpType.Counter32, s.Ups.Transfers)),
            new(Mib.Append(1, 3, 2, 0), _ => Number(1)),
            new(Mib.Append(1, 3, 3, 1, 2, 1), s => Number(s.Ups.InputVoltage > 0 ? Hertz(s) : 0)),
            new(Mib.Append(1, 3, 3, 1, 3, 1), s => Number(s.Ups.InputVoltage)),
            new(Mib.Append(1, 4, 1, 0), s => Number(Source(s.Ups))),
            new(Mib.Append(1, 4, 2, 0), s => Number(s.Ups.IsOutputOn ? Hertz(s) : 0)),
            new(Mib.Append(1, 4, 3, 0), _ => Number(1)),
            new(Mib.Append(1, 4, 4, 1, 2, 1), s => Number(s.Ups.OutputVoltage)),
            new(
                Mib.Append(1, 4, 4, 1, 3, 1),
                s => Number(s.Ups.OutputVoltage > 0 ? 10 * s.Ups.OutputWatts / s.Ups.OutputVoltage : 0)
            ),
            new(Mib.Append(1, 4, 4, 1, 4, 1), s => Number(s.Ups.OutputWatts)),
            new(Mib.Append(1, 4, 4, 1, 5, 1), s => Number(Math.Min(200, s.Ups.LoadPercent))),
            new(Mib.Append(1, 5, 2, 0), _ => Number(0)),
        ];

    private static double Hertz(Rfc1628State s) => 10 * s.Ups.Model.NominalFrequency;

    /// <summary>2 none, 3 normal, 5 battery, 6 booster, 7 reducer.</summary>
    private static int Source(SimulatedUps ups) =>
        ups switch
        {
            { IsOutputOn: false } => 2,
            { IsOnBattery: true } => 5,
            _ when ups.InputVoltage < ups.Model.BoostBelowVoltage => 6,
            _ when ups.InputVoltage > ups.Model.TrimAboveVoltage => 7,
            _ => 3,
        };

    private static long Ticks(SimulatedUps ups) => (long)(ups.Uptime.TotalMilliseconds / 10) & uint.MaxValue;

    private static SnmpValue Text(string text) => SnmpValue.OfText(text);

    private static SnmpValue Number(double number) =>
        SnmpValue.OfInteger((int)Math.Clamp(Math.Floor(number + 1e-9), int.MinValue, int.MaxValue));
}

using System.Collections.Immutable;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Simulator;

internal static partial class Rfc1628
{
    /// <summary>The well-known alarms that a simulated UPS can have, by their number below upsWellKnownAlarms.</summary>
    public static ImmutableArray<(uint Number, Func<SimulatedUps, bool> IsPresent)> KnownAlarms { get; } =
    [
        (1, ups => ups.IsBatteryWornOut),
        (2, ups => ups.IsOnBattery),
        (3, ups => ups.IsLow),
        (4, ups => ups.Charge <= 0),
        (6, ups => !ups.IsMainsGood),
        (8, ups => ups.IsOverloaded),
        (11, ups => !ups.IsOutputOn),
        (21, ups => ups.AwaitsMains && !ups.IsMainsGood),
        (22, ups => ups.Cut is not null),
        (24, ups => ups.Test != SimulatedTest.None),
    ];

    private static IEnumerable<Rfc1628Object> AlarmGroup()
    {
        yield return new(
            Mib.Append(1, 6, 1, 0),
            s => SnmpValue.OfNumber(SnmpType.Gauge32, KnownAlarms.Count(a => a.IsPresent(s.Ups)))
        );
        foreach (var (number, isPresent) in KnownAlarms)
        {
            yield return new(
                Mib.Append(1, 6, 2, 1, 2, number),
                s => isPresent(s.Ups) ? SnmpValue.OfObjectId(Alarms.Append(number)) : null
            );
            yield return new(
                Mib.Append(1, 6, 2, 1, 3, number),
                s => isPresent(s.Ups) ? SnmpValue.OfNumber(SnmpType.TimeTicks, Ticks(s.Ups)) : null
            );
        }
    }

    private static IEnumerable<Rfc1628Object> TestGroup() =>
        [
            new(Mib.Append(1, 7, 1, 0), s => SnmpValue.OfObjectId(Tests.Append(TestId(s.Ups.Test))), StartTest),
            new(SpinLock, s => Number(s.SpinLock), (ups, _) => ups),
            new(Mib.Append(1, 7, 3, 0), s => Number(TestResult(s.Ups))),
            new(Mib.Append(1, 7, 4, 0), s => Text(s.Ups.LastTest.ToString())),
        ];

    /// <summary>1 none, 4 quick, 5 deep calibration.</summary>
    private static uint TestId(SimulatedTest test) =>
        test switch
        {
            SimulatedTest.None => 1,
            SimulatedTest.Quick => 4,
            _ => 5,
        };

    private static int TestResult(SimulatedUps ups) =>
        ups switch
        {
            { Test: not SimulatedTest.None } => 5,
            { LastTest: SimulatedTestResult.Passed } => 1,
            { LastTest: SimulatedTestResult.Failed } => 3,
            { LastTest: SimulatedTestResult.Aborted } => 4,
            _ => 6,
        };

    private static SimulatedUps? StartTest(SimulatedUps ups, SnmpValue value)
    {
        if (value.ObjectId is not { } test || !test.IsWithin(Tests) || test.Length != Tests.Length + 1)
            return null;
        return test[Tests.Length] switch
        {
            1 => ups,
            2 => ups.Execute("test.battery.stop", null),
            3 or 4 => ups.Execute("test.battery.start.quick", null),
            5 => ups.Execute("calibrate.start", null),
            _ => null,
        };
    }

    private static IEnumerable<Rfc1628Object> Control() =>
        [
            new(Mib.Append(1, 8, 1, 0), _ => Number(1), (ups, value) => value.Integer is 1 or 2 ? ups : null),
            new(Mib.Append(1, 8, 2, 0), s => Number(s.Ups.Cut is { } cut ? Left(cut.Left) : -1), Shutdown),
            new(Mib.Append(1, 8, 3, 0), s => Number(s.Ups.StartIn is { } start ? Left(start) : -1), Startup),
            new(Mib.Append(1, 8, 4, 0), _ => Number(-1), Reboot),
            new(
                Mib.Append(1, 8, 5, 0),
                s => Number(s.Ups.RestartsByItself ? 1 : 2),
                (ups, value) => value.Integer is 1 or 2 ? ups with { RestartsByItself = value.Integer == 1 } : null
            ),
        ];

    private static double Left(TimeSpan span) => Math.Ceiling(span.TotalSeconds);

    private static SimulatedUps? Shutdown(SimulatedUps ups, SnmpValue value) =>
        value.Integer switch
        {
            -1 => ups.Execute("shutdown.stop", null),
            >= 0 and <= int.MaxValue => ups.Execute("shutdown.return", value.Integer),
            _ => null,
        };

    private static SimulatedUps? Startup(SimulatedUps ups, SnmpValue value) =>
        value.Integer switch
        {
            -1 => ups with { StartIn = null, AwaitsMains = false },
            >= 0 and <= int.MaxValue when !ups.IsOutputOn => ups with
            {
                AwaitsMains = true,
                StartIn = TimeSpan.FromSeconds(value.Integer),
                StartDelay = TimeSpan.FromSeconds(value.Integer),
            },
            _ => null,
        };

    private static SimulatedUps? Reboot(SimulatedUps ups, SnmpValue value) =>
        value.Integer is >= 0 and <= 300
            ? (ups with { StartDelay = TimeSpan.FromSeconds(value.Integer) }).Execute("shutdown.reboot", 0)
            : null;

    private static IEnumerable<Rfc1628Object> Configuration() =>
        [
            new(Mib.Append(1, 9, 1, 0), s => Number(s.Ups.Model.NominalVoltage)),
            new(Mib.Append(1, 9, 2, 0), s => Number(Hertz(s))),
            new(Mib.Append(1, 9, 3, 0), s => Number(s.Ups.Model.NominalVoltage)),
            new(Mib.Append(1, 9, 4, 0), s => Number(Hertz(s))),
            new(Mib.Append(1, 9, 5, 0), s => Number(s.Ups.Model.RatedVoltAmperes)),
            new(Mib.Append(1, 9, 6, 0), s => Number(s.Ups.Model.RatedWatts)),
            new(
                Mib.Append(1, 9, 7, 0),
                s => Number(s.Ups.LowRuntime.TotalMinutes),
                (ups, value) =>
                    value.Integer is >= 0 and <= 60
                        ? ups with
                        {
                            LowRuntime = TimeSpan.FromMinutes(value.Integer),
                        }
                        : null
            ),
            new(
                Mib.Append(1, 9, 8, 0),
                s => Number(s.Ups.IsBeeperOn ? 2 : 1),
                (ups, value) => value.Integer is 1 or 2 or 3 ? ups with { IsBeeperOn = value.Integer == 2 } : null
            ),
            new(Mib.Append(1, 9, 9, 0), s => Number(s.Ups.Model.LowTransferVoltage)),
            new(Mib.Append(1, 9, 10, 0), s => Number(s.Ups.Model.HighTransferVoltage)),
        ];
}

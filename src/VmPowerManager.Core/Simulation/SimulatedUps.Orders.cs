using System.Collections.Immutable;

namespace VmPowerManager.Core.Simulation;

public sealed partial record SimulatedUps
{
    /// <summary>What <see cref="Execute"/> knows, in NUT's words.</summary>
    public static ImmutableArray<string> Commands { get; } =
    [
        "beeper.disable",
        "beeper.enable",
        "calibrate.start",
        "calibrate.stop",
        "load.off",
        "load.off.delay",
        "load.on",
        "shutdown.reboot",
        "shutdown.return",
        "shutdown.stayoff",
        "shutdown.stop",
        "test.battery.start.deep",
        "test.battery.start.quick",
        "test.battery.stop",
        "test.failure.start",
        "test.failure.stop",
    ];

    /// <summary>Changes what surrounds the device. Out-of-range values are the caller's to refuse
    /// (<see cref="SimulatedChange.Problems"/>).</summary>
    public SimulatedUps Apply(SimulatedChange change)
    {
        var voltage =
            change.InputVoltage
            ?? change.Mains switch
            {
                true => Model.NominalVoltage,
                false => 0,
                null => InputVoltage,
            };
        var after = this with
        {
            LoadWatts = change.LoadWatts ?? LoadWatts,
            Charge = change.ChargePercent / 100 ?? Charge,
            BatteryHealth = change.BatteryHealthPercent / 100 ?? BatteryHealth,
            BatteryPace = change.BatteryPace ?? BatteryPace,
            AmbientCelsius = change.AmbientCelsius ?? AmbientCelsius,
            Link = change.Link ?? Link,
            IsForcedShutdown = change.ForcedShutdown ?? IsForcedShutdown,
            Model = change.Return is { } way ? Model with { Return = way } : Model,
        };
        return after.WithInput(voltage).Settle();
    }

    /// <summary>Runs a command.</summary>
    /// <param name="command">One of <see cref="Commands"/>.</param>
    /// <param name="seconds">The delay where the command has one; null: the device's own setting.</param>
    /// <returns>Null: the device does not do that now.</returns>
    public SimulatedUps? Execute(string command, double? seconds)
    {
        var delay = seconds is { } given ? TimeSpan.FromSeconds(Math.Clamp(given, 0, 7200)) : (TimeSpan?)null;
        var after = command switch
        {
            "beeper.disable" => this with { IsBeeperOn = false },
            "beeper.enable" => this with { IsBeeperOn = true },
            "calibrate.start" => Charge < 1 ? null : Begin(SimulatedTest.Calibration),
            "calibrate.stop" or "test.battery.stop" => Test == SimulatedTest.None
                ? this
                : EndTest(SimulatedTestResult.Aborted),
            "load.off" => SwitchOff(awaitsMains: false),
            "load.off.delay" => CutIn(delay, SimulatedCutKind.StayOff),
            "load.on" => IsMainsGood || Charge > 0 ? SwitchOn() : null,
            "shutdown.reboot" => CutIn(delay, SimulatedCutKind.Reboot),
            "shutdown.return" => CutIn(delay, SimulatedCutKind.Return),
            "shutdown.stayoff" => CutIn(delay, SimulatedCutKind.StayOff),
            "shutdown.stop" => this with { Cut = null },
            "test.battery.start.deep" => Begin(SimulatedTest.Deep),
            "test.battery.start.quick" => Begin(SimulatedTest.Quick),
            "test.failure.start" => WithInput(0),
            "test.failure.stop" => WithInput(Model.NominalVoltage),
            _ => null,
        };
        return after?.Settle();
    }

    private SimulatedUps WithInput(double voltage)
    {
        var after = this with { InputVoltage = voltage };
        if (!IsMainsGood || after.IsMainsGood)
            return after;
        var reason = voltage switch
        {
            < 1 => "input voltage out of range",
            _ when voltage < Model.LowTransferVoltage => "brownout",
            _ => "high line voltage",
        };
        return after with { Transfers = Transfers + 1, TransferReason = reason };
    }

    private SimulatedUps? CutIn(TimeSpan? delay, SimulatedCutKind kind) =>
        IsOutputOn ? this with { Cut = new SimulatedCut(delay ?? ShutdownDelay, kind) } : null;

    /// <summary>Devices refuse a test on battery, in another test, or with little in the battery.</summary>
    private SimulatedUps? Begin(SimulatedTest test) =>
        IsMainsGood && IsOutputOn && Test == SimulatedTest.None && !IsLow
            ? this with
            {
                Test = test,
                TestLeft = test == SimulatedTest.Quick ? Model.QuickTest : TimeSpan.Zero,
                TransferReason = "self test",
            }
            : null;
}

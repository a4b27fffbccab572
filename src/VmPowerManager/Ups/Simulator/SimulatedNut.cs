using System.Collections.Immutable;
using System.Globalization;
using VmPowerManager.Core.Power;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Protocols.Nut.Server;

namespace VmPowerManager.Ups.Simulator;

/// <summary>A simulated UPS under NUT's names (NUT: docs/nut-names.txt).</summary>
internal sealed class SimulatedNut(SimulatedDevice device) : INutDevice
{
    /// <summary>Flags in the order in which drivers write them.</summary>
    private static readonly ImmutableArray<UpsStatus> Flags =
    [
        .. Enum.GetValues<UpsStatus>().Where(flag => flag != UpsStatus.None),
    ];

    private static readonly ImmutableSortedDictionary<string, Func<SimulatedUps, string>> Table = new Dictionary<
        string,
        Func<SimulatedUps, string>
    >(StringComparer.Ordinal)
    {
        ["battery.charge"] = ups => Number(ups.ChargePercent, "0.0"),
        ["battery.charge.low"] = ups => Number(ups.LowChargePercent, "0"),
        ["battery.charge.restart"] = ups => Number(ups.ReturnChargePercent, "0"),
        ["battery.runtime"] = ups => Seconds(ups.Runtime),
        ["battery.runtime.low"] = ups => Seconds(ups.LowRuntime),
        ["battery.temperature"] = ups => Number(ups.BatteryCelsius, "0.0"),
        ["battery.type"] = _ => "PbAc",
        ["battery.voltage"] = ups => Number(ups.BatteryVoltage, "0.00"),
        ["battery.voltage.nominal"] = ups => Number(ups.Model.BatteryVoltage, "0.0"),
        ["device.mfr"] = ups => ups.Model.Vendor,
        ["device.model"] = ups => ups.Model.Name,
        ["device.type"] = _ => "ups",
        ["device.uptime"] = ups => Seconds(ups.Uptime),
        ["driver.name"] = _ => "simulator",
        ["input.frequency"] = ups => Number(ups.InputVoltage > 0 ? ups.Model.NominalFrequency : 0, "0.0"),
        ["input.transfer.high"] = ups => Number(ups.Model.HighTransferVoltage, "0"),
        ["input.transfer.low"] = ups => Number(ups.Model.LowTransferVoltage, "0"),
        ["input.transfer.reason"] = ups => ups.TransferReason,
        ["input.voltage"] = ups => Number(ups.InputVoltage, "0.0"),
        ["input.voltage.nominal"] = ups => Number(ups.Model.NominalVoltage, "0"),
        ["output.voltage"] = ups => Number(ups.OutputVoltage, "0.0"),
        ["ups.beeper.status"] = ups => ups.IsBeeperOn ? "enabled" : "disabled",
        ["ups.delay.shutdown"] = ups => Seconds(ups.ShutdownDelay),
        ["ups.delay.start"] = ups => Seconds(ups.StartDelay),
        ["ups.load"] = ups => Number(ups.LoadPercent, "0"),
        ["ups.mfr"] = ups => ups.Model.Vendor,
        ["ups.model"] = ups => ups.Model.Name,
        ["ups.power.nominal"] = ups => Number(ups.Model.RatedVoltAmperes, "0"),
        ["ups.realpower"] = ups => Number(ups.OutputWatts, "0"),
        ["ups.realpower.nominal"] = ups => Number(ups.Model.RatedWatts, "0"),
        ["ups.status"] = Status,
        ["ups.temperature"] = ups => Number(ups.BatteryCelsius, "0.0"),
        ["ups.test.result"] = ups => Result(ups),
        ["ups.timer.shutdown"] = ups => ups.Cut is { } cut ? Seconds(cut.Left) : "-1",
        ["ups.timer.start"] = ups => ups.StartIn is { } start ? Seconds(start) : "-1",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static readonly IReadOnlyList<string> Offered = SimulatedUps.Commands;

    public string Name => device.Key;
    public string Description => "Simulated UPS";

    public NutDeviceLink Link =>
        device.Now.Link switch
        {
            SimulatedLink.Ok => NutDeviceLink.Ok,
            SimulatedLink.Stale => NutDeviceLink.Stale,
            _ => NutDeviceLink.NotConnected,
        };

    public IReadOnlyDictionary<string, string> Variables
    {
        get
        {
            var now = device.Now;
            var all = Table.ToDictionary(v => v.Key, v => v.Value(now), StringComparer.Ordinal);
            all["device.serial"] = all["ups.serial"] = Serial;
            return all;
        }
    }

    public IReadOnlyList<NutWritable> Writable { get; } =
    [
        new("battery.charge.low", true, 3) { Ranges = [(5, 90)] },
        new("battery.charge.restart", true, 3) { Ranges = [(0, 90)] },
        new("battery.runtime.low", true, 5) { Ranges = [(0, 3600)] },
        new("ups.beeper.status", false, 8) { Choices = ["enabled", "disabled"] },
        new("ups.delay.shutdown", true, 5) { Ranges = [(0, 7200)] },
        new("ups.delay.start", true, 5) { Ranges = [(0, 7200)] },
    ];

    public IReadOnlyList<string> Commands => Offered;

    private string Serial => $"SIM-{device.Key}";

    public string? Find(string variable) =>
        variable is "device.serial" or "ups.serial" ? Serial
        : Table.TryGetValue(variable, out var value) ? value(device.Now)
        : null;

    public NutVerdict Run(string command, string? value)
    {
        double? seconds = null;
        if (value is not null)
        {
            if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var given))
                return NutVerdict.InvalidArgument;
            seconds = given;
        }
        return device.Execute(command, seconds) ? NutVerdict.Success : NutVerdict.Failed;
    }

    public NutVerdict Set(string variable, string value)
    {
        // The server has checked it against Writable.
        var number = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var given)
            ? given
            : 0;
        var seconds = TimeSpan.FromSeconds(number);
        device.Set(ups =>
            variable switch
            {
                "battery.charge.low" => ups with { LowChargePercent = number },
                "battery.charge.restart" => ups with { ReturnChargePercent = number },
                "battery.runtime.low" => ups with { LowRuntime = seconds },
                "ups.beeper.status" => ups with { IsBeeperOn = value == "enabled" },
                "ups.delay.shutdown" => ups with { ShutdownDelay = seconds },
                "ups.delay.start" => ups with { StartDelay = seconds },
                _ => ups,
            }
        );
        return NutVerdict.Success;
    }

    public void Force() => device.Change(new SimulatedChange { ForcedShutdown = true });

    private static string Status(SimulatedUps ups) =>
        string.Join(' ', Flags.Where(flag => ups.Status.HasFlag(flag)).Select(flag => flag.ToString()));

    private static string Result(SimulatedUps ups) =>
        ups switch
        {
            { Test: not SimulatedTest.None } => "In progress",
            { LastTest: SimulatedTestResult.Passed } => "Done and passed",
            { LastTest: SimulatedTestResult.Failed } => "Done and error",
            { LastTest: SimulatedTestResult.Aborted } => "Aborted",
            _ => "No test initiated",
        };

    private static string Seconds(TimeSpan span) => Number(Math.Floor(span.TotalSeconds), "0");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}

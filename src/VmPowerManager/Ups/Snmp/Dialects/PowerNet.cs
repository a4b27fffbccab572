using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>APC PowerNet-MIB: Smart-UPS, Symmetra, Galaxy V; also served by apcupsd's SNMP module.</summary>
internal static class PowerNet
{
    /// <summary>upsBasicOutputStatus.</summary>
    private static readonly Dictionary<long, State> Output = new()
    {
        [1] = Unknown,
        [2] = OL,
        [3] = OB,
        [4] = OL | BOOST,
        [5] = OFF,
        [6] = BYPASS,
        [7] = OFF,
        [8] = Rebooting,
        [9] = BYPASS,
        [10] = BYPASS,
        [11] = OFF,
        [12] = OL | TRIM,
        [13] = OL | ECO,
        [14] = Standby,
        [15] = OB | TEST,
        [16] = BYPASS,
        [17] = BYPASS,
        [18] = OL | ECO,
        [19] = OL,
        [20] = OL | ECO,
        [21] = OL | TEST,
        [22] = OL | TEST,
        [23] = OL,
        [24] = OB | TEST,
        [25] = Standby,
        [26] = Standby,
        [27] = OL,
        [28] = OL | TEST,
    };

    /// <summary>upsBasicStateOutputState: 64 letters by position.</summary>
    private static readonly Dictionary<long, State> Letter = new()
    {
        [1] = ALARM,
        [2] = OB,
        [3] = LB,
        [4] = OL,
        [5] = RB,
        [7] = BOOST,
        [8] = TRIM,
        [9] = OVER,
        [10] = CAL,
        [12] = BYPASS,
        [13] = BYPASS,
        [14] = BYPASS,
        [15] = BYPASS,
        [16] = BYPASS,
        [29] = TEST,
        [33] = RB,
        [51] = ECO,
    };

    private static readonly Dictionary<long, string> FailCauses = new()
    {
        [1] = "none",
        [2] = "high line voltage",
        [3] = "brownout",
        [4] = "blackout",
        [5] = "small momentary sag",
        [6] = "deep momentary sag",
        [7] = "small momentary spike",
        [8] = "large momentary spike",
        [9] = "self test",
        [10] = "rate of voltage change",
    };

    public static Dialect Table { get; } =
        new("powernet", "APC PowerNet", "1.3.6.1.4.1.318.1.1.1")
        {
            Maker = "APC",
            Systems = ["1.3.6.1.4.1.318"],
            Presence = [""],
            Measures =
            [
                One(Names.Charge, "2.3.1.0", Tenth),
                One(Names.Charge, "2.2.1.0"),
                One(Names.Runtime, "2.2.3.0", Ticks),
                One(Names.RuntimeLow, "5.2.8.0", Ticks),
                One(Names.BatteryVoltage, "2.3.4.0", Tenth),
                One(Names.BatteryVoltage, "2.2.8.0"),
                One(Names.BatteryVoltageNominal, "2.2.7.0"),
                One(Names.BatteryTemperature, "2.3.2.0", Tenth),
                One(Names.BatteryTemperature, "2.2.2.0"),
                One(Names.BatteryPacks, "2.2.5.0"),
                One(Names.BatteryPacksBad, "2.2.6.0"),
                One(Names.OnBatterySeconds, "2.1.2.0", Ticks),
                One(Names.InputVoltage, "3.3.1.0", Tenth),
                One(Names.InputVoltage, "3.2.1.0"),
                // upsPhaseInputVoltagePN, then upsPhaseInputVoltage; input 1, by phase.
                Column(Names.InputVoltage, "9.2.3.1.14.1"),
                Column(Names.InputVoltage, "9.2.3.1.3.1"),
                One(Names.InputVoltageMaximum, "3.2.2.0"),
                One(Names.InputVoltageMinimum, "3.2.3.0"),
                One(Names.InputFrequency, "3.3.4.0", Tenth),
                One(Names.InputFrequency, "3.2.4.0"),
                One(Names.InputFrequency, "9.2.2.1.4.1", Tenth),
                Column(Names.InputCurrent, "9.2.3.1.6.1", Tenth),
                One(Names.OutputVoltage, "4.3.1.0", Tenth),
                One(Names.OutputVoltage, "4.2.1.0"),
                // upsPhaseOutputVoltagePN, then upsPhaseOutputVoltage; output 1, by phase.
                Column(Names.OutputVoltage, "9.3.3.1.22.1"),
                Column(Names.OutputVoltage, "9.3.3.1.3.1"),
                One(Names.OutputFrequency, "4.3.2.0", Tenth),
                One(Names.OutputFrequency, "4.2.2.0"),
                One(Names.OutputFrequency, "9.3.2.1.4.1", Tenth),
                One(Names.OutputCurrent, "4.3.4.0", Tenth),
                One(Names.OutputCurrent, "4.2.4.0"),
                Column(Names.OutputCurrent, "9.3.3.1.4.1", Tenth),
                One(Names.Load, "4.3.3.0", Tenth),
                One(Names.Load, "4.2.3.0"),
                Column(Names.Load, "9.3.3.1.10.1"),
                One(Names.RealPower, "4.2.8.0"),
                Column(Names.RealPower, "9.3.3.1.13.1"),
                One(Names.Power, "4.2.9.0"),
                Column(Names.Power, "9.3.3.1.7.1"),
                One(Names.OutputVoltageNominal, "5.2.1.0"),
                One(Names.TransferHigh, "5.2.2.0"),
                One(Names.TransferLow, "5.2.3.0"),
            ],
            Texts =
            [
                Text(Names.Model, "1.1.1.0"),
                Text(Names.Id, "1.1.2.0"),
                Text(Names.Firmware, "1.2.1.0"),
                Text(Names.MadeOn, "1.2.2.0"),
                Text(Names.Serial, "1.2.3.0"),
                Text(Names.BatteryDate, "2.1.3.0"),
                Text(Names.BatteryReplaceDate, "2.2.21.0"),
                Text(Names.TestDate, "7.2.4.0"),
                Words(Names.TransferReason, "3.2.5.0", FailCauses),
                Words(
                    Names.TestResult,
                    "7.2.3.0",
                    new()
                    {
                        [1] = "done and passed",
                        [2] = "done and error",
                        [3] = "invalid test",
                        [4] = "in progress",
                    }
                ),
                Words(
                    Names.Beeper,
                    "5.2.4.0",
                    new()
                    {
                        [1] = "enabled",
                        [2] = "enabled at low battery",
                        [3] = "disabled",
                        [4] = "muted",
                    }
                ),
            ],
            Status =
            [
                Source("4.1.1.0", Output),
                Letters("11.1.1.0", Letter),
                Extra(
                    "2.1.1.0",
                    new()
                    {
                        [3] = LB,
                        [4] = RB,
                        [5] = RB,
                    }
                ),
                Extra("2.2.4.0", new() { [2] = RB }),
                Testing("7.2.3.0", running: 4),
                Extra("7.2.6.0", new() { [3] = CAL }),
            ],
            Comm = ("8.1.0", 2),
            Commands = PowerNetCommands.All,
            Cut = PowerNetCommands.Cut,
        };
}

using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>CyberPower CPS-MIB. Shaped like PowerNet, with other units and another numbering of states.</summary>
internal static class Cps
{
    private static readonly Dictionary<long, string> FailCauses = new()
    {
        [1] = "none",
        [2] = "high line voltage",
        [3] = "brownout",
        [4] = "self test",
    };

    public static Dialect Table { get; } =
        new("cps", "CyberPower CPS", "1.3.6.1.4.1.3808.1.1.1")
        {
            Maker = "CyberPower",
            Systems = ["1.3.6.1.4.1.3808"],
            Presence = [""],
            Measures =
            [
                One(Names.Charge, "2.2.1.0"),
                One(Names.Runtime, "2.2.4.0", Ticks),
                One(Names.BatteryVoltage, "2.2.2.0", Tenth),
                One(Names.BatteryVoltageNominal, "2.2.8.0"),
                One(Names.BatteryCurrent, "2.2.7.0", Tenth),
                One(Names.BatteryTemperature, "2.2.3.0"),
                One(Names.UpsTemperature, "10.2.0"),
                One(Names.OnBatterySeconds, "2.1.2.0", Ticks),
                One(Names.InputVoltage, "3.2.1.0", Tenth),
                One(Names.InputVoltageMaximum, "3.2.2.0", Tenth),
                One(Names.InputVoltageMinimum, "3.2.3.0", Tenth),
                One(Names.InputFrequency, "3.2.4.0", Tenth),
                One(Names.OutputVoltage, "4.2.1.0", Tenth),
                One(Names.OutputFrequency, "4.2.2.0", Tenth),
                One(Names.OutputCurrent, "4.2.4.0", Tenth),
                One(Names.Load, "4.2.3.0"),
                One(Names.RealPower, "4.2.5.0"),
                One(Names.Power, "4.2.8.0"),
                One(Names.PowerNominal, "1.2.6.0"),
                One(Names.RealPowerNominal, "1.2.7.0"),
                One(Names.OutputVoltageNominal, "5.2.1.0"),
            ],
            Texts =
            [
                Text(Names.Model, "1.1.1.0"),
                Text(Names.Id, "1.1.2.0"),
                Text(Names.Firmware, "1.2.1.0"),
                Text(Names.MadeOn, "1.2.2.0"),
                Text(Names.Serial, "1.2.3.0"),
                Text(Names.AgentFirmware, "1.2.4.0"),
                Text(Names.BatteryDate, "2.1.3.0"),
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
                Text(Names.TestDate, "7.2.4.0"),
            ],
            Status =
            [
                Source(
                    "4.1.1.0",
                    new()
                    {
                        [1] = Unknown,
                        [2] = OL,
                        [3] = OB,
                        [4] = OL | BOOST,
                        [5] = OFF,
                        [6] = OFF,
                        [7] = Rebooting,
                        [8] = OL | ECO,
                        [9] = BYPASS,
                        [10] = OL | TRIM,
                        [11] = OL | OVER,
                    }
                ),
                Extra("2.1.1.0", new() { [3] = LB, [4] = RB }),
                Extra("2.2.5.0", new() { [2] = RB }),
                Testing("7.2.3.0", running: 4),
                Extra("7.2.7.0", new() { [3] = CAL }),
            ],
            Commands = CpsCommands.All,
        };
}

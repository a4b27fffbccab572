using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>CPQPOWER-MIB: HP and HPE UPSes (R/T3000 and others). Shaped like XUPS.</summary>
internal static class CpqPower
{
    public static Dialect Table { get; } =
        new("cpqpower", "HP CPQPOWER", "1.3.6.1.4.1.232.165.3")
        {
            Maker = "HP",
            Systems = ["1.3.6.1.4.1.232.165.3"],
            Presence = [""],
            Measures =
            [
                One(Names.Charge, "2.4.0"),
                One(Names.Runtime, "2.1.0"),
                One(Names.BatteryVoltage, "2.2.0"),
                One(Names.BatteryCurrent, "2.3.0"),
                One(Names.UpsTemperature, "6.1.0"),
                One(Names.InputFrequency, "3.1.0", Tenth),
                One(Names.InputLineBads, "3.2.0"),
                One(Names.InputPhases, "3.3.0"),
                Column(Names.InputVoltage, "3.4.1.2"),
                Column(Names.InputCurrent, "3.4.1.3"),
                Column(Names.InputRealPower, "3.4.1.4"),
                One(Names.Load, "4.1.0"),
                One(Names.OutputFrequency, "4.2.0", Tenth),
                One(Names.OutputPhases, "4.3.0"),
                Column(Names.OutputVoltage, "4.4.1.2"),
                Column(Names.OutputCurrent, "4.4.1.3"),
                Column(Names.RealPower, "4.4.1.4"),
                One(Names.BypassFrequency, "5.1.0", Tenth),
                Column(Names.BypassVoltage, "5.3.1.2"),
                One(Names.OutputVoltageNominal, "9.1.0"),
                One(Names.InputVoltageNominal, "9.2.0"),
                One(Names.RealPowerNominal, "9.3.0"),
            ],
            Texts =
            [
                Text(Names.Manufacturer, "1.1.0"),
                Text(Names.Model, "1.2.0"),
                Text(Names.Firmware, "1.3.0"),
                Words(
                    Names.TestResult,
                    "7.2.0",
                    new()
                    {
                        [2] = "done and passed",
                        [3] = "done and error",
                        [4] = "in progress",
                        [5] = "not supported",
                        [6] = "inhibited",
                        [7] = "scheduled",
                    }
                ),
            ],
            Status =
            [
                Source(
                    "4.5.0",
                    new()
                    {
                        [1] = Other,
                        [2] = OFF,
                        [3] = OL,
                        [4] = BYPASS,
                        [5] = OB,
                        [6] = OL | BOOST,
                        [7] = OL | TRIM,
                        [8] = OL,
                        [9] = OL,
                        [10] = OL | ECO,
                    }
                ),
                Extra("2.5.0", new() { [1] = CHRG, [2] = DISCHRG }),
                Testing("7.2.0", running: 4),
            ],
        };
}

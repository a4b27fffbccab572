using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>Huawei UPS5000 and UPS2000 (enterprise tree 2011.6.174). Its RFC 1628 tree tells volts in tenths.</summary>
internal static class Huawei
{
    public static Dialect Table { get; } =
        new("huawei", "Huawei UPS", "1.3.6.1.4.1.2011.6.174.1")
        {
            Maker = "Huawei",
            Systems = ["1.3.6.1.4.1.2011.6.174", "1.3.6.1.4.1.2011.2"],
            Presence = [""],
            Measures =
            [
                One(Names.Charge, "6.100.1.3.1"),
                One(Names.Runtime, "6.100.1.4.1"),
                One(Names.BatteryVoltage, "6.100.1.1.1", Tenth),
                One(Names.BatteryCurrent, "6.100.1.2.1", Tenth),
                .. Lines(Names.InputVoltage, Tenth, "3.100.1.1.1", "3.100.1.2.1", "3.100.1.3.1"),
                One(Names.InputFrequency, "3.100.1.4.1", Hundredth),
                .. Lines(Names.InputCurrent, Tenth, "3.100.1.5.1", "3.100.1.6.1", "3.100.1.7.1"),
                .. Lines(Names.OutputVoltage, Tenth, "4.100.1.1.1", "4.100.1.2.1", "4.100.1.3.1"),
                .. Lines(Names.OutputCurrent, Tenth, "4.100.1.4.1", "4.100.1.5.1", "4.100.1.6.1"),
                One(Names.OutputFrequency, "4.100.1.7.1", Hundredth),
                // Tenths of kilowatts: volts times amperes say so.
                .. Lines(Names.RealPower, Tenth * Kilo, "4.100.1.8.1", "4.100.1.9.1", "4.100.1.10.1"),
                .. Lines(Names.Power, Tenth * Kilo, "4.100.1.11.1", "4.100.1.12.1", "4.100.1.13.1"),
                .. Lines(Names.Load, Tenth, "4.100.1.14.1", "4.100.1.15.1", "4.100.1.16.1"),
                .. Lines(Names.BypassVoltage, Tenth, "5.100.1.1.1", "5.100.1.2.1", "5.100.1.3.1"),
                One(Names.BypassFrequency, "5.100.1.4.1", Hundredth),
            ],
            Texts =
            [
                // The common identity says what the machine is called; the tree only its series.
                Text(Names.Model, "1.3.6.1.2.1.33.1.1.2.0"),
                Text(Names.Model, "2.100.1.2.1"),
                Text(Names.Firmware, "2.100.1.3.1"),
                Text(Names.Serial, "2.100.1.5.1"),
            ],
            Status =
            [
                Source(
                    "2.101.1.1.1",
                    new()
                    {
                        [1] = OFF,
                        [2] = BYPASS,
                        [3] = OL,
                        [4] = OB,
                        [5] = "mains and battery",
                        [6] = OL | ECO,
                        [7] = OB | ECO,
                    }
                ),
                Extra("2.101.1.3.1", new() { [5] = CHRG, [6] = DISCHRG }),
            ],
        };
}

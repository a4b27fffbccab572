using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>USHA-MIB (2468): Santak, Phoenixtec and Eaton with WebPower and Smart II cards. Shaped like RFC 1628, with
/// volts and degrees in tenths.</summary>
internal static class Usha
{
    public static Dialect Table { get; } =
        new("usha", "USHA Smart II", "1.3.6.1.4.1.2468.1.2.1.1")
        {
            Systems = ["1.3.6.1.4.1.2468"],
            Presence = [""],
            Measures =
            [
                One(Names.Charge, "2.4.0"),
                One(Names.Runtime, "2.3.0", Minutes),
                One(Names.BatteryVoltage, "2.5.0", Tenth),
                One(Names.BatteryTemperature, "2.7.0", Tenth),
                One(Names.OnBatterySeconds, "2.2.0"),
                Column(Names.InputFrequency, "3.3.1.2", Tenth),
                Column(Names.InputVoltage, "3.3.1.3", Tenth),
                Column(Names.OutputVoltage, "4.4.1.2", Tenth),
                Column(Names.Load, "4.4.1.5"),
            ],
            Status =
            [
                Source(
                    "4.1.0",
                    new()
                    {
                        [1] = Other,
                        [2] = OFF,
                        [3] = OL,
                        [4] = BYPASS,
                        [5] = OB,
                        [6] = OL | BOOST,
                        [7] = OL | TRIM,
                    }
                ),
                Extra("2.1.0", new() { [3] = LB, [4] = LB }),
            ],
        };
}

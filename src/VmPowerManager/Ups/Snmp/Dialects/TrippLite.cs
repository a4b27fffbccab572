using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>TRIPPLITE-PRODUCTS (850.1.1.3.1): PowerAlert 15 to 20 and WEBCARDLX. The first device of the card.</summary>
internal static class TrippLite
{
    public static Dialect Table { get; } =
        new("tripplite", "Tripp Lite", "1.3.6.1.4.1.850.1.1.3.1")
        {
            Maker = "Tripp Lite",
            Systems = ["1.3.6.1.4.1.850"],
            Presence = [""],
            Measures =
            [
                One(Names.Charge, "3.1.1.1.4.1"),
                One(Names.Runtime, "3.1.1.1.3.1", Minutes),
                One(Names.OnBatterySeconds, "3.1.1.1.2.1"),
                One(Names.BatteryVoltage, "3.1.2.1.1.1", Tenth),
                One(Names.BatteryTemperature, "3.1.5.1.2.1.1", Tenth),
                One(Names.UpsTemperature, "2.1.1.7.1", Tenth),
                Column(Names.InputFrequency, "3.2.2.1.2.1", Tenth),
                Column(Names.InputVoltage, "3.2.2.1.3.1", Tenth),
                One(Names.OutputVoltageNominal, "3.3.1.1.2.1"),
                One(Names.OutputFrequency, "3.3.1.1.3.1", Tenth),
                Column(Names.OutputVoltage, "3.3.2.1.2.1", Tenth),
                Column(Names.OutputCurrent, "3.3.2.1.3.1", Hundredth),
                Column(Names.RealPower, "3.3.2.1.4.1"),
                Column(Names.Load, "3.3.2.1.5.1"),
            ],
            Texts = [Text(Names.Model, "1.3.6.1.4.1.850.1.1.1.2.1.5.1"), Text(Names.BatteryDate, "3.1.5.1.5.1.1")],
            Status =
            [
                Source(
                    "3.3.1.1.1.1",
                    new()
                    {
                        [0] = Unknown,
                        [1] = Other,
                        [2] = OFF,
                        [3] = OL,
                        [4] = BYPASS,
                        [5] = OB,
                        [6] = OL | BOOST,
                        [7] = OL | TRIM,
                        [8] = OL,
                        [9] = OL | ECO,
                        [10] = OB | TEST,
                    }
                ),
                Extra("3.1.1.1.1.1", new() { [3] = LB, [4] = LB }),
            ],
        };
}

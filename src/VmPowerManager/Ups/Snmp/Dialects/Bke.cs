using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>PNETMOD-MIB (27533.5): BKE Powernet, a DC UPS.</summary>
internal static class Bke
{
    public static Dialect Table { get; } =
        new("bke", "BKE Powernet", "1.3.6.1.4.1.27533.5")
        {
            Maker = "BKE",
            Systems = ["1.3.6.1.4.1.27533"],
            Presence = [""],
            Measures =
            [
                One(Names.BatteryVoltage, "3.1.0", Tenth),
                One(Names.BatteryCurrent, "3.2.0", Tenth),
                One(Names.BatteryTemperature, "3.3.0", Tenth),
            ],
            Status =
            [
                // The grid has failed: what the output gets comes from the battery.
                Source("1.1.0", new() { [0] = OL, [1] = OB }),
                Extra("4.2.0", new() { [0] = OFF }),
                On("3.4.0", RB),
            ],
        };
}

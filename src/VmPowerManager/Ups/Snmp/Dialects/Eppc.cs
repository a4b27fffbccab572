using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>EPPC-MIB (935.10.1): PowerWalker and other Phoenixtec machines with the newer card.</summary>
internal static class Eppc
{
    public static Dialect Table { get; } =
        new("eppc", "PowerWalker EPPC", "1.3.6.1.4.1.935.10.1.1")
        {
            Maker = "PowerWalker",
            Systems = ["1.3.6.1.4.1.935.10.1"],
            Presence = [""],
            Measures =
            [
                One(Names.Charge, "3.4.0"),
                One(Names.Runtime, "3.3.0", Minutes),
                One(Names.BatteryVoltage, "3.5.0", Tenth),
                One(Names.BatteryTemperature, "3.8.0", Tenth),
                One(Names.UpsTemperature, "2.2.0", Tenth),
                One(Names.InputPhases, "2.15.0"),
                Column(Names.InputFrequency, "2.16.1.2", Tenth),
                Column(Names.InputVoltage, "2.16.1.3", Tenth),
                One(Names.OutputPhases, "2.17.0"),
                Column(Names.OutputFrequency, "2.18.1.2", Tenth),
                Column(Names.OutputVoltage, "2.18.1.3", Tenth),
                Column(Names.RealPower, "2.18.1.5"),
                Column(Names.Power, "2.18.1.6"),
                Column(Names.Load, "2.18.1.7"),
                One(Names.BypassPhases, "2.19.0"),
                Column(Names.BypassFrequency, "2.20.1.2", Tenth),
                Column(Names.BypassVoltage, "2.20.1.3", Tenth),
            ],
            Texts =
            [
                Text(Names.Manufacturer, "1.1.0"),
                Text(Names.Model, "1.2.0"),
                Text(Names.Firmware, "1.3.0"),
                Text(Names.Serial, "1.4.0"),
                Text(Names.AgentFirmware, "1.6.0"),
            ],
            Status =
            [
                Source(
                    "2.1.0",
                    new()
                    {
                        [1] = Unknown,
                        [2] = State.Standby,
                        [3] = BYPASS,
                        [4] = OL,
                        [5] = OB,
                        [6] = OB | TEST,
                        [7] = "fault",
                        [8] = OL,
                        [9] = OL | ECO,
                        [10] = OFF,
                        [11] = OL | BOOST,
                        [12] = OL | TRIM,
                        [13] = Other,
                    }
                ),
                Extra("3.1.0", new() { [3] = LB, [4] = LB }),
            ],
        };
}

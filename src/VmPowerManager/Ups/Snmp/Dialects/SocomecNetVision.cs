using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>Socomec NetVision up to 5 (4555.1.1.1): numbered otherwise than its successor.</summary>
internal static class SocomecNetVision
{
    public static Dialect Table { get; } =
        new("netvision", "Socomec NetVision 5", "1.3.6.1.4.1.4555.1.1.1.1")
        {
            Maker = "Socomec",
            Systems = ["1.3.6.1.4.1.4555.1.1.1"],
            Presence = [""],
            Measures =
            [
                One(Names.Charge, "2.4.0"),
                One(Names.Runtime, "2.3.0", Minutes),
                One(Names.BatteryVoltage, "2.5.0", Tenth),
                One(Names.InputPhases, "3.1.0"),
                One(Names.InputFrequency, "3.2.0", Tenth),
                Column(Names.InputVoltage, "3.3.1.5", Tenth),
                Column(Names.InputCurrent, "3.3.1.3", Tenth),
                One(Names.OutputFrequency, "4.2.0", Tenth),
                One(Names.OutputPhases, "4.3.0"),
                Column(Names.OutputVoltage, "4.4.1.2", Tenth),
                Column(Names.OutputCurrent, "4.4.1.3", Tenth),
                Column(Names.Load, "4.4.1.4"),
                One(Names.BypassFrequency, "5.1.0", Tenth),
                One(Names.BypassPhases, "5.2.0"),
                Column(Names.BypassVoltage, "5.3.1.2", Tenth),
            ],
            Texts = [Text(Names.Model, "1.1.0"), Text(Names.Serial, "1.2.0"), Text(Names.AgentFirmware, "1.4.0")],
            Status =
            [
                Source(
                    "4.1.0",
                    new()
                    {
                        [1] = Unknown,
                        [2] = OL,
                        [3] = OL,
                        [4] = OL | ECO,
                        [5] = BYPASS,
                        [6] = State.Standby,
                        [7] = BYPASS,
                        [8] = OFF,
                        [9] = OL,
                    }
                ),
                // upsAlarmOnBattery: the source says "inverter" in both cases.
                Extra("6.3.2.0", new() { [0] = OL, [1] = OB }),
                Extra(
                    "2.1.0",
                    new()
                    {
                        [3] = LB,
                        [4] = LB,
                        [5] = OB | DISCHRG,
                        [6] = RB,
                    }
                ),
            ],
        };
}

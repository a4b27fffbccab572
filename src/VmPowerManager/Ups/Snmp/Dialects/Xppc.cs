using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>XPPC-MIB: Megatec NetAgent cards in Phoenixtec, INVT, Mustek and many others.</summary>
internal static class Xppc
{
    public static Dialect Table { get; } =
        new("xppc", "Megatec XPPC", "1.3.6.1.4.1.935.1.1.1")
        {
            Systems = ["1.3.6.1.4.1.935"],
            Presence = [""],
            Measures =
            [
                One(Names.Charge, "2.2.1.0"),
                One(Names.Runtime, "2.2.4.0"),
                One(Names.BatteryVoltage, "2.2.2.0", Tenth),
                One(Names.BatteryTemperature, "2.2.3.0", Tenth),
                One(Names.InputVoltage, "3.2.1.0", Tenth),
                .. Lines(Names.InputVoltage, Tenth, "8.2.2.0", "8.2.3.0", "8.2.4.0"),
                One(Names.InputVoltageMaximum, "3.2.2.0", Tenth),
                One(Names.InputVoltageMinimum, "3.2.3.0", Tenth),
                One(Names.InputFrequency, "3.2.4.0", Tenth),
                One(Names.InputFrequency, "8.2.1.0", Tenth),
                One(Names.OutputVoltage, "4.2.1.0", Tenth),
                .. Lines(Names.OutputVoltage, Tenth, "8.3.2.0", "8.3.3.0", "8.3.4.0"),
                One(Names.OutputFrequency, "4.2.2.0", Tenth),
                One(Names.Load, "4.2.3.0"),
                .. Lines(Names.BypassVoltage, Tenth, "8.4.2.0", "8.4.3.0", "8.4.4.0"),
                One(Names.OutputVoltageNominal, "5.2.1.0", Tenth),
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
                        [6] = BYPASS,
                        [7] = Rebooting,
                        [8] = State.Standby,
                        [9] = OL | TRIM,
                    }
                ),
                Extra("2.1.1.0", new() { [3] = LB }),
                Extra("2.2.5.0", new() { [2] = RB }),
            ],
        };
}

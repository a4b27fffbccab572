using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>UPS-MIB, RFC 1628: the net below all others. Spoken alone by Riello/NetMan, Generex CS121/CS141, ABB, Borri,
/// Salicru and many more.</summary>
internal static class Rfc1628
{
    private static readonly Dictionary<long, string> Results = new()
    {
        [1] = "done and passed",
        [2] = "done and warning",
        [3] = "done and error",
        [4] = "aborted",
        [5] = "in progress",
        [6] = "no test initiated",
    };

    private static readonly Dictionary<long, State> WellKnownAlarms = new()
    {
        [1] = RB,
        [2] = OB,
        [3] = LB,
        [4] = LB,
        [8] = OVER | ALARM,
        [9] = BYPASS,
        [11] = OFF,
        [12] = OFF,
        [14] = OFF,
        [15] = OFF,
        [24] = TEST,
    };

    public static Dialect Table { get; } =
        new("rfc1628", "UPS-MIB (RFC 1628)", "1.3.6.1.2.1.33.1")
        {
            Systems = ["1.3.6.1.2.1.33"],
            // Not the identity group: cards of other devices fill in their own version there.
            Presence = ["2", "4", "3"],
            Measures =
            [
                One(Names.Charge, "2.4.0"),
                One(Names.Runtime, "2.3.0", Minutes),
                One(Names.RuntimeLow, "9.7.0", Minutes),
                One(Names.BatteryVoltage, "2.5.0", Tenth),
                One(Names.BatteryCurrent, "2.6.0", Tenth),
                One(Names.BatteryTemperature, "2.7.0"),
                One(Names.OnBatterySeconds, "2.2.0"),
                One(Names.InputLineBads, "3.1.0"),
                One(Names.InputPhases, "3.2.0"),
                Column(Names.InputFrequency, "3.3.1.2", Tenth),
                Column(Names.InputVoltage, "3.3.1.3"),
                Column(Names.InputCurrent, "3.3.1.4", Tenth),
                Column(Names.InputRealPower, "3.3.1.5"),
                One(Names.OutputFrequency, "4.2.0", Tenth),
                One(Names.OutputPhases, "4.3.0"),
                Column(Names.OutputVoltage, "4.4.1.2"),
                Column(Names.OutputCurrent, "4.4.1.3", Tenth),
                Column(Names.RealPower, "4.4.1.4"),
                Column(Names.Load, "4.4.1.5"),
                One(Names.BypassFrequency, "5.1.0", Tenth),
                One(Names.BypassPhases, "5.2.0"),
                Column(Names.BypassVoltage, "5.3.1.2"),
                Column(Names.BypassCurrent, "5.3.1.3", Tenth),
                One(Names.InputVoltageNominal, "9.1.0"),
                One(Names.OutputVoltageNominal, "9.3.0"),
                One(Names.PowerNominal, "9.5.0"),
                One(Names.RealPowerNominal, "9.6.0"),
                One(Names.TransferLow, "9.9.0"),
                One(Names.TransferHigh, "9.10.0"),
            ],
            Texts =
            [
                Text(Names.Manufacturer, "1.1.0"),
                Text(Names.Model, "1.2.0"),
                Text(Names.Firmware, "1.3.0"),
                Text(Names.AgentFirmware, "1.4.0"),
                Text(Names.Id, "1.5.0"),
                Words(Names.TestResult, "7.3.0", Results),
                Words(
                    Names.Beeper,
                    "9.8.0",
                    new()
                    {
                        [1] = "disabled",
                        [2] = "enabled",
                        [3] = "muted",
                    }
                ),
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
                Testing("7.3.0", running: 5),
                Count("6.1.0"),
                Alarms("6.2.1.2", "6.3", WellKnownAlarms) with
                {
                    LostAlarm = 20,
                },
            ],
            Commands = Rfc1628Commands.All,
            Cut = Rfc1628Commands.Cut,
        };
}

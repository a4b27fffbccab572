using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>DeltaUPS-MIB (2254.2.4): Delta and who sells its machines under a name of their own.</summary>
internal static class Delta
{
    public static Dialect Table { get; } =
        new("delta", "Delta UPS", "1.3.6.1.4.1.2254.2.4")
        {
            Maker = "Delta",
            Systems = ["1.3.6.1.4.1.2254.2"],
            Presence = [""],
            Measures =
            [
                One(Names.Charge, "7.8.0"),
                One(Names.Runtime, "7.5.0", Minutes),
                One(Names.BatteryVoltage, "7.6.0", Tenth),
                One(Names.BatteryCurrent, "7.7.0", Tenth),
                One(Names.BatteryTemperature, "7.9.0"),
                One(Names.OnBatterySeconds, "7.4.0"),
                One(Names.InputPhases, "4.1.0"),
                .. Lines(Names.InputFrequency, Tenth, "4.2.0", "4.5.0", "4.8.0"),
                .. Lines(Names.InputVoltage, Tenth, "4.3.0", "4.6.0", "4.9.0"),
                .. Lines(Names.InputCurrent, Tenth, "4.4.0", "4.7.0", "4.10.0"),
                One(Names.OutputFrequency, "5.2.0", Tenth),
                One(Names.OutputPhases, "5.3.0"),
                .. Lines(Names.OutputVoltage, Tenth, "5.4.0", "5.8.0", "5.12.0"),
                .. Lines(Names.OutputCurrent, Tenth, "5.5.0", "5.9.0", "5.13.0"),
                .. Lines(Names.RealPower, 1, "5.6.0", "5.10.0", "5.14.0"),
                .. Lines(Names.Load, 1, "5.7.0", "5.11.0", "5.15.0"),
                One(Names.BypassFrequency, "6.1.0", Tenth),
                .. Lines(Names.BypassVoltage, Tenth, "6.3.0", "6.6.0", "6.9.0"),
                One(Names.PowerNominal, "1.7.0"),
                One(Names.OutputVoltageNominal, "1.8.0"),
                One(Names.InputVoltageNominal, "1.10.0"),
            ],
            Texts =
            [
                Text(Names.ModelPrefix, "1.1.0"),
                Text(Names.Model, "1.2.0"),
                Text(Names.Firmware, "1.3.0"),
                Text(Names.AgentFirmware, "1.4.0"),
                Text(Names.Id, "1.5.0"),
                Text(Names.BatteryDate, "7.10.0"),
                Text(Names.BatteryReplaceDate, "7.11.0"),
                Words(
                    Names.TestResult,
                    "8.2.0",
                    new()
                    {
                        [0] = "no test initiated",
                        [1] = "done and passed",
                        [2] = "in progress",
                        [3] = "done and error",
                        [4] = "done and error",
                        [5] = "done and error",
                    }
                ),
                Words(Names.Beeper, "3.2.0", new() { [1] = "enabled", [2] = "disabled" }),
            ],
            Status =
            [
                Source(
                    "5.1.0",
                    new()
                    {
                        [0] = OL,
                        [1] = OB,
                        [2] = BYPASS,
                        [3] = OL | TRIM,
                        [4] = OL | BOOST,
                        [5] = BYPASS,
                        [6] = Other,
                        [7] = OFF,
                    }
                ),
                Extra("7.1.0", new() { [2] = RB }),
                Extra("7.2.0", new() { [1] = LB, [2] = LB }),
                Extra("7.3.0", new() { [1] = CHRG, [3] = DISCHRG }),
                On("9.3.0", LB),
                On("9.9.0", TEST),
                On("9.12.0", OVER),
                On("9.24.0", ECO),
            ],
            Commands = DeltaCommands.All,
        };
}

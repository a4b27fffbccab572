using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>MG-SNMP-UPS-MIB: MGE Galaxy, Comet, Pulsar, and Eaton on Network-MS cards. Its voltages are what the UPS
/// measures: between lines on large machines.</summary>
internal static class Mge
{
    public static Dialect Table { get; } =
        new("mge", "Eaton/MGE", "1.3.6.1.4.1.705.1")
        {
            Systems = ["1.3.6.1.4.1.705"],
            Presence = [""],
            Measures =
            [
                One(Names.Charge, "5.2.0"),
                One(Names.Runtime, "5.1.0"),
                One(Names.RuntimeLow, "4.7.0"),
                One(Names.BatteryVoltage, "5.5.0", Tenth),
                One(Names.BatteryCurrent, "5.6.0", Tenth),
                One(Names.BatteryTemperature, "5.7.0"),
                One(Names.AmbientTemperature, "8.1.0", Tenth),
                One(Names.AmbientHumidity, "8.2.0", Tenth),
                One(Names.InputPhases, "6.1.0"),
                Column(Names.InputVoltage, "6.2.1.2", Tenth),
                Column(Names.InputFrequency, "6.2.1.3", Tenth),
                Column(Names.InputCurrent, "6.2.1.6", Tenth),
                One(Names.OutputPhases, "7.1.0"),
                Column(Names.OutputVoltage, "7.2.1.2", Tenth),
                Column(Names.OutputFrequency, "7.2.1.3", Tenth),
                Column(Names.Load, "7.2.1.4"),
                Column(Names.OutputCurrent, "7.2.1.5", Tenth),
                One(Names.PowerNominal, "4.12.0"),
            ],
            Texts =
            [
                Text(Names.Model, "1.1.0"),
                Text(Names.ModelSuffix, "1.2.0"),
                Text(Names.Model, "1.3.6.1.2.1.1.1.0"),
                Text(Names.Firmware, "1.4.0"),
                Text(Names.Serial, "1.7.0"),
                Text(Names.AgentFirmware, "12.12.0"),
                Words(
                    Names.TransferReason,
                    "6.4.0",
                    new()
                    {
                        [1] = "none",
                        [2] = "input voltage out of range",
                        [3] = "input frequency out of range",
                        [4] = "utility off",
                    }
                ),
            ],
            Status =
            [
                Source("7.3.0", new() { [1] = OB, [2] = OL }),
                Yes("7.4.0", BYPASS),
                Yes("7.8.0", BOOST),
                Yes("7.10.0", OVER),
                Yes("7.12.0", TRIM),
                Yes("5.9.0", RB),
                Yes("5.11.0", RB),
                Yes("5.14.0", LB),
                Yes("5.16.0", LB),
            ],
            Commands = MgeCommands.All,
        };
}

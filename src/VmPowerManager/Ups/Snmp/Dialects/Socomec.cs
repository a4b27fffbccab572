using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>SOCOMECUPS-MIB 7 and 8: NetVision 7 and 8 cards.</summary>
internal static class Socomec
{
    public static Dialect Table { get; } =
        new("socomec", "Socomec NetVision 7", "1.3.6.1.4.1.4555.1.1.7.1")
        {
            Maker = "Socomec",
            Systems = ["1.3.6.1.4.1.4555.1.1.7"],
            Presence = [""],
            Measures =
            [
                One(Names.Charge, "2.4.0"),
                One(Names.Runtime, "2.3.0", Minutes),
                One(Names.BatteryVoltage, "2.5.0", Tenth),
                One(Names.BatteryTemperature, "2.6.0", Tenth),
                One(Names.UpsTemperature, "2.7.0", Tenth),
                One(Names.BatteryCurrent, "2.8.0", Tenth),
                One(Names.InputPhases, "3.1.0"),
                One(Names.InputFrequency, "3.2.0", Tenth),
                Column(Names.InputVoltage, "3.3.1.2", Tenth),
                Column(Names.InputCurrent, "3.3.1.3", Tenth),
                One(Names.OutputFrequency, "4.2.0", Tenth),
                One(Names.OutputPhases, "4.3.0"),
                Column(Names.OutputVoltage, "4.4.1.2", Tenth),
                Column(Names.OutputCurrent, "4.4.1.3", Tenth),
                One(Names.Load, "4.7.0"),
                Column(Names.Load, "4.4.1.4"),
                One(Names.Power, "4.5.0", Tenth * Kilo),
                One(Names.RealPower, "4.6.0", Tenth * Kilo),
                One(Names.BypassFrequency, "5.1.0", Tenth),
                One(Names.BypassPhases, "5.2.0"),
                Column(Names.BypassVoltage, "5.3.1.2", Tenth),
            ],
            Texts = [Text(Names.Model, "1.1.0"), Text(Names.Serial, "1.2.0"), Text(Names.AgentFirmware, "1.5.0")],
            Status =
            [
                Source(
                    "4.1.0",
                    new()
                    {
                        [1] = Unknown,
                        [2] = BYPASS,
                        [3] = OL,
                        [4] = OL,
                        [5] = OL | ECO,
                        [6] = BYPASS,
                        [7] = State.Standby,
                        [8] = OFF,
                        [9] = OL,
                        [10] = OL,
                    }
                ),
                // "On inverter" is also what it says while the inverter lives on the battery.
                Extra(
                    "2.1.0",
                    new()
                    {
                        [3] = CHRG,
                        [4] = TEST,
                        [5] = OB | DISCHRG,
                        [6] = LB,
                        [7] = LB,
                        [8] = RB,
                        [9] = RB,
                    }
                ),
                Count("6.1.0"),
            ],
        };
}

using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>ALGPOWER-v2-MIB (49136): Algcom DC UPSes. The output is the DC bus.</summary>
internal static class Algcom
{
    public static Dialect Table { get; } =
        new("algcom", "Algcom DC UPS", "1.3.6.1.4.1.49136.1")
        {
            Maker = "Algcom",
            Systems = ["1.3.6.1.4.1.49136"],
            Presence = [""],
            Measures =
            [
                One(Names.BatteryVoltage, "2.1.0", Tenth),
                One(Names.BatteryCurrent, "2.2.0", Tenth * Hundredth),
                One(Names.BatteryTemperature, "4.2.0"),
                One(Names.UpsTemperature, "4.1.0"),
                One(Names.OutputVoltage, "1.1.0", Tenth),
                One(Names.OutputCurrent, "1.2.0", Tenth * Hundredth),
                One(Names.InputVoltage, "6.1.0", Tenth),
            ],
            Texts = [Text(Names.Model, "1.3.6.1.2.1.1.1.0")],
            Status =
            [
                Source("3.1.0", new() { [0] = OL, [1] = OB }),
                On("3.2.0", OB),
                On("3.3.0", CHRG),
                On("3.4.0", DISCHRG),
                On("3.6.0", OVER),
                Extra(
                    "2.3.0",
                    new()
                    {
                        [0] = RB,
                        [6] = LB,
                        [7] = TEST,
                    }
                ),
            ],
        };
}

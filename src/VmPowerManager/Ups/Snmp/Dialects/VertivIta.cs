using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>VERTIV-ITA2-MIB (13400.2.54): Vertiv Liebert ITA2. Tenths of minutes, hundredths of hertz.</summary>
internal static class VertivIta
{
    public static Dialect Table { get; } =
        new("vertiv-ita2", "Vertiv ITA2", "1.3.6.1.4.1.13400.2.54")
        {
            Maker = "Vertiv",
            Systems = ["1.3.6.1.4.1.13400.2.54"],
            Presence = [""],
            Measures =
            [
                One(Names.Charge, "2.5.10.0"),
                One(Names.Runtime, "2.5.7.0", Tenth * Minutes),
                One(Names.BatteryVoltage, "2.5.1.0", Tenth),
                One(Names.BatteryTemperature, "2.5.8.0", Tenth),
                One(Names.AmbientTemperature, "2.5.9.0", Tenth),
                .. Lines(Names.InputVoltage, Tenth, "2.2.1.0", "2.2.2.0", "2.2.3.0"),
                One(Names.InputFrequency, "2.2.4.0", Hundredth),
                .. Lines(Names.OutputVoltage, Tenth, "2.3.1.0", "2.3.2.0", "2.3.3.0"),
                One(Names.OutputFrequency, "2.3.7.0", Hundredth),
                .. Lines(Names.Load, Tenth, "2.3.14.0", "2.3.15.0", "2.3.16.0"),
                .. Lines(Names.BypassVoltage, Tenth, "2.4.1.0", "2.4.2.0", "2.4.3.0"),
                One(Names.BypassFrequency, "2.4.4.0", Hundredth),
            ],
            Texts = [Text(Names.Manufacturer, "1.1.0"), Text(Names.Model, "1.2.0"), Text(Names.Serial, "1.3.0")],
            Status =
            [
                Source(
                    "2.1.2.0",
                    new()
                    {
                        [0] = OFF,
                        [1] = OL,
                        [2] = OB,
                        [3] = BYPASS,
                        [4] = "mains and battery",
                    }
                ),
            ],
        };
}

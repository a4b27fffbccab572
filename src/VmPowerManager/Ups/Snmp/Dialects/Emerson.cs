using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>Emerson Network Power's SIC cards (13400.2.1): tenths throughout, as its younger ITA2 tree has them. What its
/// states mean is not known here: its source of power stays unknown.</summary>
internal static class Emerson
{
    public static Dialect Table { get; } =
        new("emerson", "Emerson SIC", "1.3.6.1.4.1.13400.2.1")
        {
            Maker = "Emerson",
            Systems = ["1.3.6.1.4.1.13400.2.1"],
            Presence = ["3.3"],
            Measures =
            [
                One(Names.BatteryVoltage, "3.3.2.2.1.0", Tenth),
                One(Names.BatteryTemperature, "3.3.2.2.4.0", Tenth),
                One(Names.AmbientTemperature, "3.3.2.2.5.0", Tenth),
                .. Lines(Names.InputVoltage, Tenth, "3.3.3.2.1.0", "3.3.3.2.2.0", "3.3.3.2.3.0"),
                .. Lines(Names.OutputVoltage, Tenth, "3.3.4.2.1.0", "3.3.4.2.2.0", "3.3.4.2.3.0"),
                .. Lines(Names.OutputCurrent, Tenth, "3.3.4.2.4.0", "3.3.4.2.5.0", "3.3.4.2.6.0"),
                One(Names.OutputFrequency, "3.3.4.2.7.0", Tenth),
                .. Lines(Names.Load, Tenth, "3.3.4.2.17.0", "3.3.4.2.18.0", "3.3.4.2.19.0"),
            ],
            Texts =
            [
                Text(Names.Model, "2.1.1.1.0"),
                Text(Names.Id, "2.1.1.2.0"),
                Text(Names.Firmware, "2.1.2.1.0"),
                Text(Names.MadeOn, "2.1.2.2.0"),
                Text(Names.Serial, "2.1.2.3.0"),
                Text(Names.Manufacturer, "2.1.2.4.0"),
            ],
        };
}

using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>ABB PowerScale (53973): its identity; the rest it tells by RFC 1628.</summary>
internal static class Abb
{
    public static Dialect Table { get; } =
        new("abb", "ABB", "1.3.6.1.4.1.53973.1.1.1.1.1")
        {
            Maker = "ABB",
            Systems = ["1.3.6.1.4.1.53973"],
            Presence = [""],
            Texts = [Text(Names.Manufacturer, "1.0"), Text(Names.Model, "2.0"), Text(Names.Firmware, "3.0")],
        };
}

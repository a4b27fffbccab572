using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>The "SNMP-System" card of Voltronic (21111) in PowerWalker, Orvaldi and others: its identity; the rest it
/// tells by RFC 1628, whose identity it fills with garbage.</summary>
internal static class Voltronic
{
    public static Dialect Table { get; } =
        new("voltronic", "Voltronic SNMP card", "1.3.6.1.4.1.21111.1.1")
        {
            Maker = "PowerWalker",
            Systems = ["1.3.6.1.4.1.21111"],
            Presence = [""],
            Texts = [Text(Names.Model, "1.3.0"), Text(Names.Serial, "1.4.0"), Text(Names.Firmware, "1.6.0")],
        };
}

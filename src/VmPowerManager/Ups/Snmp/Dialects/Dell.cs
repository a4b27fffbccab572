using static VmPowerManager.Ups.Snmp.Tables;

namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>DELL-SNMP-UPS-MIB: what it has beyond RFC 1628, which its card speaks too.</summary>
internal static class Dell
{
    public static Dialect Table { get; } =
        new("dell", "Dell UPS", "1.3.6.1.4.1.674.10902.2")
        {
            Maker = "Dell",
            Systems = ["1.3.6.1.4.1.674.10902.2"],
            Presence = [""],
            Measures = [One(Names.Runtime, "120.5.3.0"), One(Names.RealPower, "120.2.6.0")],
            Texts =
            [
                Text(Names.Model, "100.1.0"),
                Text(Names.Firmware, "100.4.0"),
                Text(Names.AgentFirmware, "100.5.0"),
                Text(Names.Serial, "120.1.2.0"),
            ],
        };
}

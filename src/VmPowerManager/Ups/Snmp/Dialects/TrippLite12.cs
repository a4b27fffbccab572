namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>TRIPPLITE-12X (850.10 and 850.100): older SNMPWEBCARDs, known by their trees; what they measure they tell by
/// RFC 1628.</summary>
internal static class TrippLite12
{
    public static Dialect Table { get; } =
        new("tripplite12", "Tripp Lite SNMPWEBCARD", "1.3.6.1.4.1.850")
        {
            Maker = "Tripp Lite",
            Systems = ["1.3.6.1.4.1.850.100", "1.3.6.1.4.1.850.10"],
            Presence = ["100", "10"],
        };
}

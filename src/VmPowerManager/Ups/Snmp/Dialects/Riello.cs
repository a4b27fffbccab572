namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>Riello NetMan: known by its number; what it measures it tells by RFC 1628.</summary>
internal static class Riello
{
    public static Dialect Table { get; } =
        new("riello", "Riello NetMan", "1.3.6.1.4.1.5491")
        {
            Maker = "Riello",
            Systems = ["1.3.6.1.4.1.5491"],
            Presence = [""],
        };
}

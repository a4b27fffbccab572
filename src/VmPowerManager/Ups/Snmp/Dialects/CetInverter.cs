namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>CE+T T2S: inverters fed by a DC bus. They answer RFC 1628, with a runtime that is a constant (6000 minutes) and
/// battery as the usual source.</summary>
internal static class CetInverter
{
    public static Dialect Table { get; } =
        new("cet", "CE+T T2S", "1.3.6.1.4.1.12551.4")
        {
            Maker = "CE+T Power",
            Systems = ["1.3.6.1.4.1.12551.4"],
            Presence = [""],
            Distrusted = new HashSet<string> { Names.Runtime, Names.RuntimeLow },
        };
}

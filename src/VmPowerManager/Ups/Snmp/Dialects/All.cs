namespace VmPowerManager.Ups.Snmp.Dialects;

/// <summary>The dialects in order of preference: makers' own, richest first; RFC 1628 last.</summary>
internal static class All
{
    public static IReadOnlyList<Dialect> Tables { get; } =
    [
        PowerNet.Table,
        Cps.Table,
        Xups.Table,
        Mge.Table,
        CpqPower.Table,
        Dell.Table,
        Huawei.Table,
        Delta.Table,
        Socomec.Table,
        SocomecNetVision.Table,
        TrippLite.Table,
        TrippLite12.Table,
        Xppc.Table,
        Eppc.Table,
        Usha.Table,
        VertivIta.Table,
        Emerson.Table,
        Liebert.Table,
        Abb.Table,
        CetInverter.Table,
        Voltronic.Table,
        Riello.Table,
        Algcom.Table,
        Compas.Table,
        Bke.Table,
        Rfc1628.Table,
    ];

    public static int Rank(Dialect dialect) => Tables.Index().First(t => t.Item == dialect).Index;

    /// <summary>Trees that cards of one maker serve together.</summary>
    public static IEnumerable<Dialect> Kin(Dialect dialect) =>
        dialect == Xups.Table ? [Mge.Table]
        : dialect == Mge.Table ? [Xups.Table]
        : dialect == Socomec.Table ? [SocomecNetVision.Table, Delta.Table]
        : dialect == Delta.Table ? [Socomec.Table]
        : [];
}

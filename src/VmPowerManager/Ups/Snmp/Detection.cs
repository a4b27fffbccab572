using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>What answers at an address.</summary>
/// <param name="Dialects">That it speaks, the richest first; empty: no tree of a UPS.</param>
/// <param name="SystemId">sysObjectID, where it has one.</param>
/// <param name="Description">sysDescr.</param>
internal sealed record Detection(IReadOnlyList<Dialect> Dialects, Oid? SystemId, string Description)
{
    /// <summary>What else it is, in words: <c>a power distribution unit (APC)</c>. Null for a UPS.</summary>
    public string? Instead { get; init; }

    /// <summary>It is a UPS, though it may tell nothing of itself.</summary>
    public bool IsUps => Instead is null;

    /// <summary>Known by its identity only: it shows no tree of a UPS.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Scalars come without their instance (".0"): broken agents.</summary>
    public bool IsBare { get; init; }

    /// <summary>The one that its values come from; a tree that only names the maker does not count.</summary>
    public string? Mib => (Dialects.FirstOrDefault(d => d.Tells) ?? (Dialects.Count > 0 ? Dialects[0] : null))?.Id;
}

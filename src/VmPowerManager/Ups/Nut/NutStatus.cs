using System.Collections.Frozen;
using System.Collections.Immutable;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups.Nut;

/// <summary>NUT's ups.status: words separated by blanks (NUT: docs/new-drivers.txt). Compared as whole words (CHRG is inside
/// DISCHRG), in either case, as NUT's own upsmon does.</summary>
internal static class NutStatus
{
    /// <summary>upsd says so until the driver has spoken: nothing is known yet, whatever else stands beside it (A2).</summary>
    private const string Wait = "WAIT";
    private const int MostUnknown = 32;

    private static readonly FrozenDictionary<string, UpsStatus> Words = new Dictionary<string, UpsStatus>(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ["OL"] = UpsStatus.OL,
        ["OB"] = UpsStatus.OB,
        ["LB"] = UpsStatus.LB,
        ["HB"] = UpsStatus.HB,
        ["RB"] = UpsStatus.RB,
        ["CHRG"] = UpsStatus.CHRG,
        ["DISCHRG"] = UpsStatus.DISCHRG,
        ["BYPASS"] = UpsStatus.BYPASS,
        ["CAL"] = UpsStatus.CAL,
        ["TEST"] = UpsStatus.TEST,
        ["OFF"] = UpsStatus.OFF,
        ["OVER"] = UpsStatus.OVER,
        ["TRIM"] = UpsStatus.TRIM,
        ["BOOST"] = UpsStatus.BOOST,
        ["ECO"] = UpsStatus.ECO,
        ["HE"] = UpsStatus.ECO, // "high efficiency": Eaton's word for it in older drivers
        ["FSD"] = UpsStatus.FSD,
        ["ALARM"] = UpsStatus.ALARM,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Flags that we know, and the words that we do not.</summary>
    public static (UpsStatus Flags, ImmutableArray<string> Unknown) Parse(string? status)
    {
        var flags = UpsStatus.None;
        var unknown = ImmutableArray.CreateBuilder<string>();
        foreach (var word in (status ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (Words.TryGetValue(word, out var flag))
                flags |= flag;
            else if (unknown.Count < MostUnknown && !unknown.Contains(word, StringComparer.OrdinalIgnoreCase))
                unknown.Add(word);
        }
        return (
            unknown.Contains(Wait, StringComparer.OrdinalIgnoreCase) ? UpsStatus.None : flags,
            unknown.ToImmutable()
        );
    }
}

using System.Collections.Frozen;
using System.Text.RegularExpressions;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>Who made it, in plain words: as the device says, cleaned; else by the enterprise number of its sysObjectID
/// (IANA) or the dialect that it speaks.</summary>
internal static partial class Vendors
{
    private static readonly Oid Enterprises = Oid.Parse("1.3.6.1.4.1");
    private static readonly Oid UpsMib = Oid.Parse("1.3.6.1.2.1.33");

    /// <summary>By enterprise number; those marked make nothing but UPSes (as far as their cards go).</summary>
    private static readonly FrozenDictionary<uint, (string Name, bool OnlyUps)> Makers = new Dictionary<
        uint,
        (string, bool)
    >
    {
        [232] = ("HP", false),
        [318] = ("APC", false),
        [476] = ("Liebert", true),
        [534] = ("Eaton", true),
        [674] = ("Dell", false),
        [705] = ("MGE UPS SYSTEMS", true),
        [818] = ("GE", true),
        [850] = ("Tripp Lite", true),
        [935] = ("Phoenixtec", true),
        [1356] = ("Generex", true),
        [2011] = ("Huawei", false),
        [2254] = ("Delta", true),
        [2468] = ("Santak", true),
        [3808] = ("CyberPower", true),
        [4555] = ("Socomec", true),
        [5491] = ("Riello", true),
        [6050] = ("Gamatronic", true),
        [7309] = ("Alpha", true),
        [12551] = ("CE+T Power", true),
        [13400] = ("Emerson", false),
        [21111] = ("Voltronic", true),
        [26854] = ("Alpha", true),
        [27533] = ("BKE", true),
        [40418] = ("SNR", false),
        [40614] = ("iStars", true),
        [49136] = ("Algcom", true),
        [53973] = ("ABB", true),
    }.ToFrozenDictionary();

    /// <summary>Parts of a maker's tree that carry another's name.</summary>
    private static readonly (Oid System, string Name)[] Guests =
    [
        (Oid.Parse("1.3.6.1.4.1.935.10.2"), "Eaton"),
        (Oid.Parse("1.3.6.1.4.1.935.10.1"), "PowerWalker"),
        (Oid.Parse("1.3.6.1.4.1.13400.2.54"), "Vertiv"),
    ];

    /// <summary>What devices write, and what people call it. Compared by the beginning, without case.</summary>
    private static readonly (string Written, string Name)[] Known =
    [
        ("American Power", "APC"),
        ("APC", "APC"),
        ("Schneider", "APC"),
        ("Back-UPS", "APC"),
        ("Smart-UPS", "APC"),
        ("Symmetra", "APC"),
        ("CPS", "CyberPower"),
        ("Cyber", "CyberPower"),
        ("Eaton", "Eaton"),
        ("Powerware", "Eaton"),
        ("MGE", "MGE UPS SYSTEMS"),
        ("DELL", "Dell"),
        ("Hewlett", "HP"),
        ("HPE", "HP"),
        ("HP", "HP"),
        ("Huawei", "Huawei"),
        ("RPS SpA", "Riello"),
        ("Riello", "Riello"),
        ("Tripp", "Tripp Lite"),
        ("Delta", "Delta"),
        ("Socomec", "Socomec"),
        ("Liebert", "Liebert"),
        ("Vertiv", "Vertiv"),
        ("Emerson", "Emerson"),
        ("INVT", "INVT"),
        ("Phoenixtec", "Phoenixtec"),
        ("Generex", "Generex"),
        ("Gamatronic", "Gamatronic"),
        ("iStars", "iStars"),
        ("Voltronic", "Voltronic"),
        ("CE+T", "CE+T Power"),
        ("Merlin Gerin", "MGE UPS SYSTEMS"),
        ("NetMan", "Riello"),
        ("NET Agent", "Megatec"),
        ("PowerAlert", "Tripp Lite"),
        ("USHA", "Santak"),
        ("PowerWalker", "PowerWalker"),
        ("BlueWalker", "PowerWalker"),
        ("Orvaldi", "Orvaldi"),
        ("G2-", "Orvaldi"),
    ];

    /// <summary>Where the maker of the card is certain and the name in it is an abbreviation or a reseller's.</summary>
    private static readonly FrozenSet<uint> ByNumberOnly = new uint[]
    {
        318,
        2254,
        3808,
        5491,
        674,
        13400,
    }.ToFrozenSet();

    private static readonly FrozenSet<string> Forms = new[]
    {
        "CO",
        "LTD",
        "LIMITED",
        "INC",
        "CORP",
        "CORPORATION",
        "COMPANY",
        "GMBH",
        "AG",
        "SPA",
        "SRL",
        "SA",
        "AB",
        "OY",
        "BV",
        "LLC",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Numbers of UPSes among a maker's other things.</summary>
    private static readonly Oid[] UpsSystems =
    [
        // PowerNet: Back-UPS, Smart-UPS, Matrix, Symmetra, Smart-UPS X and RT, Galaxy.
        .. ((uint[])[1, 2, 3, 5, 27, 28]).Select(n => Enterprises.Append(318, 1, 3, n)),
        .. Dialects.All.Tables.SelectMany(d => d.SystemOids).Where(o => o.Length > Enterprises.Length + 1),
    ];

    public static uint? EnterpriseOf(Oid? id) =>
        id is not null && id.IsWithin(Enterprises) && id.Length > Enterprises.Length ? id[Enterprises.Length] : null;

    public static string? Name(Detection device, string? manufacturer, string? model)
    {
        var number = EnterpriseOf(device.SystemId);
        var made = device.Dialects.Select(d => d.Maker).FirstOrDefault(m => m is not null);
        if (number is { } certain && ByNumberOnly.Contains(certain))
            return made ?? Makers[certain].Name;
        return Plain(manufacturer)
            ?? Guess(model)
            ?? (number == 705 && Says(device, "Eaton") ? "Eaton" : null)
            ?? made
            ?? Guests.FirstOrDefault(g => device.SystemId?.IsWithin(g.System) == true).Name
            ?? (number is { } n && Makers.TryGetValue(n, out var maker) ? maker.Name : null)
            ?? Guess(device.Description)
            ?? (
                device.SystemId?.IsWithin(UpsMib) == true || Says(device, "CS121") || Says(device, "CS141")
                    ? "Generex"
                    : null
            );
    }

    /// <summary>Whether the identity alone says that it is a UPS: the makers that make nothing else, numbers of their
    /// UPSes, RFC 1628's own identifier, or the name of its card.</summary>
    public static bool MakesUps(Oid? id, string description)
    {
        if (NoUps().IsMatch(description))
            return false;
        if (Ups().IsMatch(description) || id?.IsWithin(UpsMib) == true || UpsSystems.Any(u => id?.IsWithin(u) == true))
            return true;
        return EnterpriseOf(id) is { } number && Makers.TryGetValue(number, out var maker) && maker.OnlyUps;
    }

    private static bool Says(Detection device, string word) =>
        device.Description.Contains(word, StringComparison.OrdinalIgnoreCase);

    private static string? Plain(string? written) =>
        string.IsNullOrWhiteSpace(written) ? null : Guess(written) ?? WithoutForm(written.Trim());

    /// <summary>Without the form of the company: "INVT CO., LTD" is INVT.</summary>
    private static string WithoutForm(string name)
    {
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var last = words.Length;
        while (last > 1 && Forms.Contains(words[last - 1].Replace(".", "", StringComparison.Ordinal).Trim(',')))
            last--;
        return string.Join(' ', words[..last]).TrimEnd(',');
    }

    private static string? Guess(string? text)
    {
        foreach (var (written, name) in Known)
        {
            if (text?.StartsWith(written, StringComparison.OrdinalIgnoreCase) == true)
                return name;
        }
        return null;
    }

    /// <summary>Cards that sit in UPSes only. APC's agent of a UPS names itself PowerNet; its other cards do not.</summary>
    [GeneratedRegex(
        @"\b(UPS|PowerNet SNMP Agent|NetMan|CS1[24]1|NET Agent|GSE200M|NetVision|WebPower)\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Ups();

    [GeneratedRegex(@"\be?PDU|Transfer Switch|MasterSwitch|\bATS\b", RegexOptions.IgnoreCase)]
    private static partial Regex NoUps();
}

using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using VmPowerManager.Core.Power;
using VmPowerManager.Protocols.Nis;

namespace VmPowerManager.Ups.Apcupsd;

/// <summary>What apcupsd says of the UPS's state: the bits of STATFLAG and the words of STATUS (apcupsd's manual, "Status
/// report fields"). Both are heeded: the words leave out what is so while COMMLOST or SHUTTING DOWN stand in their place, and
/// programs that imitate apcupsd do not always send the bits.</summary>
internal static class ApcupsdStatus
{
    private const uint CommLost = 0x100;
    private const uint ShuttingDown = 0x200;
    private const string CommLostWord = "COMMLOST";
    private const string ShuttingDownWords = "SHUTTING DOWN";
    private const int MostUnknown = 32;

    /// <summary>Older than this, what apcupsd tells is not the UPS's state any more, though it says nothing of it: its
    /// conversation with the UPS hangs. It asks every 60 s by default (POLLTIME), and every second on battery.</summary>
    private static readonly TimeSpan OldestData = TimeSpan.FromMinutes(5);

    private static readonly (uint Bit, UpsStatus Flag)[] Bits =
    [
        (0x01, UpsStatus.CAL),
        (0x02, UpsStatus.TRIM),
        (0x04, UpsStatus.BOOST),
        (0x08, UpsStatus.OL),
        (0x10, UpsStatus.OB),
        (0x20, UpsStatus.OVER),
        (0x40, UpsStatus.LB),
        (0x80, UpsStatus.RB),
        // It takes its own machine down and may cut the output after that: NUT's word for it is FSD.
        (ShuttingDown, UpsStatus.FSD),
    ];

    /// <summary>The UPS itself announces its end: imminent shutdown, below its capacity limit, below its time limit.</summary>
    private const uint EndIsNear = 0x1000 | 0x2000 | 0x4000;

    private static readonly FrozenDictionary<string, UpsStatus> Words = new Dictionary<string, UpsStatus>(
        StringComparer.Ordinal
    )
    {
        ["CAL"] = UpsStatus.CAL,
        ["TRIM"] = UpsStatus.TRIM,
        ["BOOST"] = UpsStatus.BOOST,
        ["ONLINE"] = UpsStatus.OL,
        ["ONBATT"] = UpsStatus.OB,
        ["OVERLOAD"] = UpsStatus.OVER,
        ["LOWBATT"] = UpsStatus.LB,
        ["REPLACEBATT"] = UpsStatus.RB,
        // How it got its data, not what the UPS does.
        ["SLAVE"] = UpsStatus.None,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <exception cref="UpsStaleException">apcupsd has lost the UPS, or hangs (A2), whatever else it says: its other bits are
    /// what it knew last, and SHUTTING DOWN stays for good.</exception>
    public static void ThrowIfStale(NisStatus status)
    {
        var bits = StatFlag(status);
        var words = status.Find("STATUS") ?? "";
        if ((bits & CommLost) != 0 || words.Contains(CommLostWord, StringComparison.Ordinal))
            throw new UpsStaleException($"apcupsd has lost its UPS: STATUS {words}, STATFLAG 0x{bits:X8}.");
        if (DataAge(status) is { } age && age > OldestData)
            throw new UpsStaleException(
                $"apcupsd has not heard from its UPS for {age.TotalMinutes:0} min: DATE {status.Find("DATE")}."
            );
    }

    /// <summary>Flags that we know, and the words that we do not.</summary>
    public static (UpsStatus Flags, ImmutableArray<string> Unknown) Parse(NisStatus status)
    {
        var bits = StatFlag(status);
        var words = status.Find("STATUS") ?? "";
        var flags = UpsStatus.None;
        foreach (var (bit, flag) in Bits)
            flags |= (bits & bit) != 0 ? flag : UpsStatus.None;
        var unknown = ImmutableArray.CreateBuilder<string>();
        if (IsShuttingDown(bits, words))
        {
            flags |= UpsStatus.FSD;
            words = words.Replace(ShuttingDownWords, "", StringComparison.Ordinal);
        }
        foreach (var word in words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (Words.TryGetValue(word, out var flag))
                flags |= flag;
            else if (word != CommLostWord && unknown.Count < MostUnknown && !unknown.Contains(word))
                unknown.Add(word);
        }
        flags |= OfOldModels(status);
        if (flags.HasFlag(UpsStatus.OB) && (bits & EndIsNear) != 0)
            flags |= UpsStatus.LB;
        if (status.Find("SELFTEST") == "IP")
            flags |= UpsStatus.TEST;
        return (unknown.Contains("NOBATT") ? flags | UpsStatus.ALARM : flags, unknown.ToImmutable());
    }

    /// <summary>How old apcupsd's data was when it answered: both times are of its own clock. Null where it does not tell.</summary>
    public static TimeSpan? DataAge(NisStatus status) =>
        Time(status.Find("END APC")) is { } now && Time(status.Find("DATE")) is { } then ? now - then : null;

    /// <summary>The oldest Back-UPS have no STATUS, but these.</summary>
    private static UpsStatus OfOldModels(NisStatus status) =>
        status.Find("LINEFAIL") switch
        {
            "OK" => UpsStatus.OL,
            "DOWN" => status.Find("BATTSTAT") == "FAILING" ? UpsStatus.OB | UpsStatus.LB : UpsStatus.OB,
            _ => UpsStatus.None,
        };

    private static bool IsShuttingDown(uint bits, string words) =>
        (bits & ShuttingDown) != 0 || words.Contains(ShuttingDownWords, StringComparison.Ordinal);

    /// <summary><c>0x05000008</c>, in old versions with <c>Status Flag</c> behind it.</summary>
    private static uint StatFlag(NisStatus status)
    {
        var text = status.Find("STATFLAG").AsSpan();
        var end = text.IndexOf(' ');
        if (end >= 0)
            text = text[..end];
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            text = text[2..];
        return uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits)
            ? bits
            : 0;
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParseExact(
            text,
            "yyyy-MM-dd HH:mm:ss zzz",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var time
        )
            ? time
            : null;
}

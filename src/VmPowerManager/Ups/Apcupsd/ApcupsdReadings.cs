using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using VmPowerManager.Core.Power;
using VmPowerManager.Protocols.Nis;

namespace VmPowerManager.Ups.Apcupsd;

/// <summary>From apcupsd's keywords to a reading. Values carry their unit behind a blank: <c>30.0 Minutes</c>.</summary>
internal static class ApcupsdReadings
{
    private const string OwnPrefix = "apcupsd.";

    /// <summary>Have a field of their own, or say nothing about the UPS.</summary>
    private static readonly FrozenSet<string> Taken =
    [
        .. "APC|DATE|END APC|STATUS|STATFLAG|LINEFAIL|BATTSTAT|BCHARGE|TIMELEFT|DLOWBATT|BATTV|ITEMP".Split('|'),
        .. "LINEV|LINEFREQ|NOMINV|OUTPUTV|LOADPCT|MODEL|APCMODEL|SERIALNO|FIRMWARE".Split('|'),
    ];

    /// <summary>Numbers with a unit, under NUT's names (NUT: docs/nut-names.txt).</summary>
    private static readonly FrozenDictionary<string, string> Numbers = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["MAXLINEV"] = "input.voltage.maximum",
        ["MINLINEV"] = "input.voltage.minimum",
        ["LOTRANS"] = "input.transfer.low",
        ["HITRANS"] = "input.transfer.high",
        ["NOMOUTV"] = "output.voltage.nominal",
        ["OUTCURNT"] = "output.current",
        ["NOMBATTV"] = "battery.voltage.nominal",
        ["RETPCT"] = "battery.charge.restart",
        ["EXTBATTS"] = "battery.packs.external",
        ["BADBATTS"] = "battery.packs.bad",
        ["NOMPOWER"] = "ups.realpower.nominal",
        ["NOMAPNT"] = "ups.power.nominal",
        ["DSHUTD"] = "ups.delay.shutdown",
        ["DWAKE"] = "ups.delay.start",
        ["AMBTEMP"] = "ambient.temperature",
        ["HUMIDITY"] = "ambient.humidity",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Texts = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["UPSNAME"] = "ups.id",
        ["MANDATE"] = "ups.mfr.date",
        ["BATTDATE"] = "battery.date",
        ["LASTXFER"] = "input.transfer.reason",
        ["SENSE"] = "input.sensitivity",
        ["LASTSTEST"] = "ups.test.date",
        ["STESTI"] = "ups.test.interval",
        ["DRIVER"] = "driver.name",
        ["VERSION"] = "driver.version",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>NUT's words for the outcome of a self-test.</summary>
    private static readonly FrozenDictionary<string, string> TestResults = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["OK"] = "Done and passed",
        ["WN"] = "Done and warning",
        ["NG"] = "Done and error",
        ["BT"] = "Done and error: battery capacity too low",
        ["IP"] = "In progress",
        ["NO"] = "No test initiated",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static UpsReading Map(NisStatus status, DateTimeOffset at, TimeSpan taken)
    {
        var (flags, unknown) = ApcupsdStatus.Parse(status);
        return new UpsReading
        {
            At = at,
            Taken = taken,
            Status = flags,
            UnknownFlags = unknown,
            BatteryChargePercent = Number(status, "BCHARGE"),
            BatteryRuntimeSeconds = Number(status, "TIMELEFT") * 60,
            BatteryRuntimeLowSeconds = Number(status, "DLOWBATT") * 60,
            BatteryVoltage = Number(status, "BATTV"),
            // Inside the UPS: the only one that it has, the same that PowerNet calls the battery's.
            BatteryTemperature = Number(status, "ITEMP"),
            InputVoltage = Number(status, "LINEV"),
            InputFrequency = Number(status, "LINEFREQ"),
            NominalInputVoltage = Number(status, "NOMINV"),
            OutputVoltage = Number(status, "OUTPUTV"),
            LoadPercent = Number(status, "LOADPCT"),
            Vendor = Vendor(status),
            Model = status.Find("APCMODEL") ?? status.Find("MODEL"),
            Serial = status.Find("SERIALNO"),
            Firmware = status.Find("FIRMWARE"),
            Variables = Rest(status),
        };
    }

    /// <summary>The number before the unit; null where there is none.</summary>
    private static double? Number(NisStatus status, string keyword)
    {
        var text = status.Find(keyword).AsSpan();
        var end = text.IndexOf(' ');
        if (end >= 0)
            text = text[..end];
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>apcupsd speaks these with APC's UPSes only; over SNMP and dumb cables with others too.</summary>
    private static string? Vendor(NisStatus status) =>
        status.Find("DRIVER") is { } driver
        && (
            driver.StartsWith("USB", StringComparison.Ordinal)
            || driver.StartsWith("APC", StringComparison.Ordinal)
            || driver.StartsWith("MODBUS", StringComparison.Ordinal)
            || driver.StartsWith("PCNET", StringComparison.Ordinal)
        )
            ? "APC"
            : null;

    /// <summary>Everything else, under NUT's name or, where NUT has none, under apcupsd's own.</summary>
    private static ImmutableSortedDictionary<string, string> Rest(NisStatus status)
    {
        var rest = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var keyword in status.Fields.Keys.Where(k => !Taken.Contains(k)))
        {
            if (status.Find(keyword) is not { } value)
                continue;
            if (keyword == "SELFTEST")
                rest["ups.test.result"] = TestResults.GetValueOrDefault(value, value);
            else if (Texts.TryGetValue(keyword, out var text))
                rest[text] = value;
            else if (Numbers.TryGetValue(keyword, out var name) && Number(status, keyword) is { } number)
                rest[name] = number.ToString(CultureInfo.InvariantCulture);
            else
                rest[OwnPrefix + keyword.ToLowerInvariant().Replace(' ', '.')] = value;
        }
        return rest.ToImmutable();
    }
}

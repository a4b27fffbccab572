using System.Collections.Immutable;
using System.Globalization;
using VmPowerManager.Core.Power;
using VmPowerManager.Ups.Snmp.Dialects;

namespace VmPowerManager.Ups.Snmp;

/// <summary>From what an agent said to a reading.</summary>
internal static class SnmpReadings
{
    private static readonly ImmutableHashSet<string> InPlace =
    [
        Names.Charge,
        Names.Runtime,
        Names.RuntimeLow,
        Names.BatteryVoltage,
        Names.BatteryTemperature,
        Names.InputVoltage,
        Names.InputFrequency,
        Names.InputVoltageNominal,
        Names.OutputVoltage,
        Names.Load,
        Names.RealPower,
    ];

    private static readonly ImmutableHashSet<string> Identity =
    [
        Names.Manufacturer,
        Names.Model,
        Names.ModelPrefix,
        Names.ModelSuffix,
        Names.Serial,
        Names.Firmware,
    ];

    /// <exception cref="UpsStaleException">The card has lost its UPS.</exception>
    public static UpsReading Map(Detection device, Snapshot snapshot, DateTimeOffset at, TimeSpan taken)
    {
        ThrowIfLost(device.Dialects, snapshot);
        var status = StatusReader.Read(device.Dialects, snapshot);
        var values = Merge.Of(device.Dialects, snapshot, status.Flags);
        status = Doubt(status, values);
        var texts = Texts(device.Dialects, snapshot);
        return new UpsReading
        {
            At = at,
            Taken = taken,
            Status = status.Flags,
            UnknownFlags = status.Words,
            BatteryChargePercent = values[Names.Charge],
            BatteryRuntimeSeconds = values[Names.Runtime],
            BatteryRuntimeLowSeconds = values[Names.RuntimeLow],
            BatteryVoltage = values[Names.BatteryVoltage],
            // Cards that have no sensor at the battery tell the temperature around it.
            BatteryTemperature =
                values[Names.BatteryTemperature] ?? values[Names.UpsTemperature] ?? values[Names.AmbientTemperature],
            InputVoltage = values[Names.InputVoltage],
            InputFrequency = values[Names.InputFrequency],
            NominalInputVoltage = values[Names.InputVoltageNominal],
            OutputVoltage = values[Names.OutputVoltage],
            LoadPercent = values[Names.Load],
            RealPower = values[Names.RealPower],
            Vendor = Vendors.Name(device, texts.GetValueOrDefault(Names.Manufacturer), ModelOf(texts)),
            Model = ModelOf(texts),
            Serial = texts.GetValueOrDefault(Names.Serial),
            Firmware = texts.GetValueOrDefault(Names.Firmware),
            Mib = device.Mib,
            Variables = Variables(values, texts),
        };
    }

    public static void ThrowIfLost(IReadOnlyList<Dialect> dialects, Snapshot snapshot)
    {
        foreach (var dialect in dialects)
        {
            if (dialect.CommAt is { } at && snapshot.Number(at) == dialect.Comm?.Lost)
                throw new UpsStaleException($"The card has lost its UPS ({dialect.Title}: noComm).");
        }
        if (StatusReader.IsLost(dialects, snapshot))
            throw new UpsStaleException("The card has lost its UPS (alarm: communications lost).");
    }

    /// <summary>"No output" beside a living output voltage is no statement: old agents number this object otherwise
    /// (RFC 1628's compliance clauses contradict its enumeration).</summary>
    private static DeviceStatus Doubt(DeviceStatus status, Merge values) =>
        status.By?.Id == Rfc1628.Table.Id
        && status.Flags.HasFlag(UpsStatus.OFF)
        && values[Names.OutputVoltage] > 50
        && values[Names.Load] > 0
            ? status with
            {
                Flags = status.Flags & ~UpsStatus.OFF,
                Words = ["none"],
            }
            : status;

    private static Dictionary<string, string> Texts(IReadOnlyList<Dialect> dialects, Snapshot snapshot)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        // Cards of all makers fill in RFC 1628's identity, also where they have nothing else of it.
        foreach (var item in dialects.Append(Rfc1628.Table).SelectMany(d => d.Texts))
        {
            if (!texts.ContainsKey(item.Name) && Word(item, snapshot) is { } text)
                texts[item.Name] = text;
        }
        return texts;
    }

    private static string? Word(TextObject item, Snapshot snapshot)
    {
        if (snapshot.Find(item.At) is not { } value)
            return null;
        if (item.Words is { } words)
            return Snapshot.NumberOf(value) is { } number ? words.GetValueOrDefault((long)number) : null;
        var text = value.Text;
        // Cards without an answer send what lies in their memory.
        var garbled = value.Octets.Span.TrimEnd("\0\r\n "u8).IndexOfAnyInRange((byte)1, (byte)31) >= 0;
        return garbled || text.Length == 0 || text is "None" or "N/A" or "NULL" or "-99999" ? null : text;
    }

    private static string? ModelOf(Dictionary<string, string> texts)
    {
        if (!texts.TryGetValue(Names.Model, out var model))
            return null;
        if (
            texts.TryGetValue(Names.ModelSuffix, out var suffix)
            && !model.Contains(suffix, StringComparison.OrdinalIgnoreCase)
        )
            model = $"{model} {suffix}";
        return
            texts.TryGetValue(Names.ModelPrefix, out var prefix)
            && !model.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            ? $"{prefix} {model}"
            : model;
    }

    private static ImmutableSortedDictionary<string, string> Variables(Merge values, Dictionary<string, string> texts)
    {
        var variables = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, judged, _) in values.Values.Where(v => !InPlace.Contains(v.Name)))
            variables[name] = judged.Value.ToString("0.###", CultureInfo.InvariantCulture);
        foreach (var (name, text) in texts.Where(t => !Identity.Contains(t.Key)))
            variables[name] = text;
        return variables.ToImmutable();
    }
}

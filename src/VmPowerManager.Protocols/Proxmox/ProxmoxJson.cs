using System.Globalization;
using System.Text.Json;

namespace VmPowerManager.Protocols.Proxmox;

/// <summary>Reads values as this API writes them: numbers come as numbers or as text, truth as 1, "1" or true, and what is
/// not known is left out. Never throws for what a value holds.</summary>
public static class ProxmoxJson
{
    /// <summary>A cluster holds at most some thousands of guests.</summary>
    private const int MostEntries = 50_000;

    /// <summary>The entries of a list; none when it is no list.</summary>
    /// <exception cref="DeviceException">ProtocolError: more than any cluster holds.</exception>
    public static IEnumerable<JsonElement> Entries(this JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Array)
            return [];
        return data.GetArrayLength() <= MostEntries
            ? data.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object)
            : throw new DeviceException(DeviceFault.ProtocolError, $"The list has more than {MostEntries} entries.");
    }

    public static string? Text(this JsonElement of, string name) =>
        Value(of, name) switch
        {
            { ValueKind: JsonValueKind.String } text => text.Read(),
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            _ => null,
        };

    public static long? Whole(this JsonElement of, string name) =>
        Value(of, name) switch
        {
            { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var whole) => whole,
            { ValueKind: JsonValueKind.String } text
                when long.TryParse(text.Read(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole) =>
                whole,
            _ => null,
        };

    /// <summary>What is left out is false.</summary>
    public static bool Flag(this JsonElement of, string name) =>
        Value(of, name) is { ValueKind: JsonValueKind.True } || Whole(of, name) is { } number && number != 0;

    public static JsonElement? Value(this JsonElement of, string name)
    {
        try
        {
            return of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The text of a string; null when it is no text: half a surrogate pair, broken UTF-8.</summary>
    internal static string? Read(this JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

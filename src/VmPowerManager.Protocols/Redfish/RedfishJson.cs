using System.Text.Json;

namespace VmPowerManager.Protocols.Redfish;

/// <summary>Reads the few things that we need out of Redfish resources. Whatever is missing or of another type is null:
/// controllers differ a lot.</summary>
internal static class RedfishJson
{
    private const string Reset = "#ComputerSystem.Reset";
    private const int MostText = 200;
    private static readonly string[] Names = ["Name", "HostName", "SerialNumber", "UUID"];

    /// <exception cref="DeviceException">ProtocolError: no JSON object.</exception>
    public static JsonElement Parse(string at, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new DeviceException(DeviceFault.ProtocolError, $"{at} answers no JSON: {e.Message}", e);
        }
        throw new DeviceException(DeviceFault.ProtocolError, $"{at} answers JSON, but no resource.");
    }

    /// <summary>The value at the end of these names.</summary>
    public static JsonElement? At(JsonElement? from, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (from is not { ValueKind: JsonValueKind.Object } o || !o.TryGetProperty(name, out var value))
                return null;
            from = value;
        }
        return from;
    }

    public static string? Text(JsonElement? from, params ReadOnlySpan<string> names) =>
        At(from, names) is { ValueKind: JsonValueKind.String } text && TextOf(text) is { Length: > 0 } said
            ? said.Length <= MostText
                ? said
                : said[..MostText]
            : null;

    /// <summary>The address of a resource on the same server, or null.</summary>
    public static string? Path(JsonElement? from, params ReadOnlySpan<string> names) =>
        Text(from, names) is { } path && path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal)
            ? path
            : null;

    public static IReadOnlyList<string> Members(JsonElement collection) =>
        [.. Items(At(collection, "Members")).Select(m => Path(m, "@odata.id")).OfType<string>().Distinct()];

    public static IReadOnlyList<string>? Texts(JsonElement? array) =>
        array is { ValueKind: JsonValueKind.Array }
            ? [.. Items(array).Where(i => i.ValueKind == JsonValueKind.String).Select(TextOf).OfType<string>().Take(50)]
            : null;

    /// <summary>The values that an ActionInfo resource allows for ResetType.</summary>
    public static IReadOnlyList<string>? ResetTypes(JsonElement actionInfo) =>
        Items(At(actionInfo, "Parameters"))
            .Where(p => Text(p, "Name") == "ResetType")
            .Select(p => Texts(At(p, "AllowableValues")))
            .FirstOrDefault();

    public static RedfishSystem System(string path, JsonElement system)
    {
        var reset = At(system, "Actions", Reset);
        return new(
            path,
            Text(system, "Id") ?? path,
            Power(Text(system, "PowerState")),
            Text(system, "PowerRestorePolicy")
        )
        {
            Names = [.. Names.Select(n => Text(system, n)).OfType<string>()],
            Uuid = Text(system, "UUID"),
            Type = Text(system, "SystemType"),
            Model = Model(system),
            ResetPath = Path(reset, "target"),
            ResetTypes = Texts(At(reset, "ResetType@Redfish.AllowableValues")),
            ActionInfoPath = Path(reset, "@Redfish.ActionInfo"),
        };
    }

    /// <summary>What went wrong in the controller's words (DSP0266, 8.6: error responses), or null.</summary>
    public static string? Error(JsonElement body)
    {
        var error = At(body, "error");
        var said = Items(At(error, "@Message.ExtendedInfo"))
            .Select(m => Text(m, "Message"))
            .OfType<string>()
            .Distinct()
            .Take(3)
            .ToList();
        return said.Count > 0 ? string.Join(" ", said) : Text(error, "message");
    }

    private static RedfishPower Power(string? state) =>
        state switch
        {
            "On" => RedfishPower.On,
            "Off" => RedfishPower.Off,
            "PoweringOn" => RedfishPower.PoweringOn,
            "PoweringOff" => RedfishPower.PoweringOff,
            _ => RedfishPower.Unknown,
        };

    private static string? Model(JsonElement system)
    {
        var model = $"{Text(system, "Manufacturer")} {Text(system, "Model")}".Trim();
        return model.Length > 0 ? model : null;
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement? array) =>
        array is { ValueKind: JsonValueKind.Array } a ? a.EnumerateArray() : default;

    /// <summary>Null: half of a surrogate pair, which no text can hold.</summary>
    private static string? TextOf(JsonElement text)
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

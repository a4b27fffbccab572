using System.Globalization;
using System.Security;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Core.Plans;
using VmPowerManager.Protocols;

namespace VmPowerManager.Plans.Requests;

/// <summary>Puts values into a request as data, each place in its own manner: percent-encoded in an address, as a text or a
/// number of JSON, as text of XML, without what would end a header. Pure.</summary>
internal static class RequestText
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <exception cref="DeviceException">Refused: a value would lead to another place.</exception>
    public static Uri Url(HttpDefinition http, IReadOnlyDictionary<string, string?> values)
    {
        var url = new Uri(Placeholders.Fill(http.Url, (n, _) => Uri.EscapeDataString(Value(values, n))));
        // Dots alone would be a way up.
        var meant = new Uri(Placeholders.Fill(http.Url, (_, _) => "x"));
        return
            url.Segments.Length == meant.Segments.Length
            && HttpDefinition.Server(url.AbsoluteUri) == HttpDefinition.Server(http.Url)
            ? url
            : throw new DeviceException(DeviceFault.Refused, $"A value would change the path of {http.Url}.");
    }

    public static string Header(string value, IReadOnlyDictionary<string, string?> values) =>
        Placeholders.Fill(value, (n, _) => string.Concat(Value(values, n).Select(c => c is < ' ' or > '~' ? '?' : c)));

    /// <summary>Null: none.</summary>
    /// <exception cref="DeviceException">Refused: it is no JSON.</exception>
    public static string? Body(HttpDefinition http, IReadOnlyDictionary<string, string?> values) =>
        http.Body is not { Length: > 0 } body ? null
        : !Placeholders.Has(body) ? body
        : http.ContentType switch
        {
            HttpDefinition.Json => OfJson(body, values),
            HttpDefinition.Form => Placeholders.Fill(body, (n, _) => Uri.EscapeDataString(Value(values, n))),
            var type
                when type.EndsWith("/xml", StringComparison.Ordinal)
                    || type.EndsWith("+xml", StringComparison.Ordinal) => Placeholders.Fill(
                body,
                (n, _) => SecurityElement.Escape(Value(values, n))
            ),
            _ => Placeholders.Fill(body, (n, _) => Value(values, n)),
        };

    /// <summary>The template is read as JSON before anything is put in: no value can change its shape.</summary>
    private static string OfJson(string body, IReadOnlyDictionary<string, string?> values)
    {
        try
        {
            return Filled(JsonNode.Parse(body), values)?.ToJsonString(Plain) ?? "null";
        }
        catch (JsonException e)
        {
            throw new DeviceException(DeviceFault.Refused, $"The body is no JSON: {e.Message}", e);
        }
    }

    private static JsonNode? Filled(JsonNode? node, IReadOnlyDictionary<string, string?> values) =>
        node switch
        {
            JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Filled(p.Value, values)))),
            JsonArray a => new JsonArray([.. a.Select(n => Filled(n, values))]),
            JsonValue v when v.TryGetValue<string>(out var text) => OfText(text, values),
            _ => node?.DeepClone(),
        };

    /// <summary>A text that is nothing but a placeholder of a number becomes the number, or null where it is not known.</summary>
    private static JsonValue? OfText(string text, IReadOnlyDictionary<string, string?> values)
    {
        if (Placeholders.Alone(text) is { } name && Placeholders.IsNumber(name))
            return double.TryParse(values.GetValueOrDefault(name), CultureInfo.InvariantCulture, out var number)
                ? JsonValue.Create(number)
                : null;
        return JsonValue.Create(Placeholders.Fill(text, (n, _) => Value(values, n)));
    }

    /// <summary>One line, whatever it was: nothing that is known is longer.</summary>
    private static string Value(IReadOnlyDictionary<string, string?> values, string name)
    {
        var line = new StringBuilder();
        foreach (var rune in (values.GetValueOrDefault(name) ?? "").EnumerateRunes())
            line.Append(Rune.IsControl(rune) ? new Rune(' ') : rune);
        return line.ToString();
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;

namespace VmPowerManager.Protocols.Proxmox;

/// <summary>Reads the envelope that every answer comes in: <c>{"data": …}</c>, and in errors <c>message</c> and
/// <c>errors</c> by field. The reason of an error stands in the status line as well, often only there.</summary>
public static class ProxmoxAnswer
{
    private const int MostWords = 500;
    private const int MostFields = 50;

    /// <summary>Answers nest a few levels deep; more is not one of these.</summary>
    private static readonly JsonDocumentOptions Bounds = new() { MaxDepth = 24 };

    /// <summary>The <c>data</c> of a good answer; <c>null</c> where there is none.</summary>
    /// <param name="reason">The words of the status line.</param>
    /// <exception cref="ProxmoxException">The status is no success.</exception>
    /// <exception cref="DeviceException">ProtocolError: not an answer of this API.</exception>
    public static JsonElement Read(int status, string? reason, ReadOnlyMemory<byte> body)
    {
        if (status is < 200 or > 299)
            throw Failure(status, reason, body);
        return Parse(body)?.Value("data")
            ?? throw new DeviceException(DeviceFault.ProtocolError, "The answer is not one of the Proxmox API.");
    }

    private static ProxmoxException Failure(int status, string? reason, ReadOnlyMemory<byte> body)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var said = new List<string>();
        Add(said, reason);
        if (Parse(body) is { ValueKind: JsonValueKind.Object } answer)
        {
            Add(said, answer.Value("message") is { } message ? Words(message) : null);
            if (answer.Value("errors") is { ValueKind: JsonValueKind.Object } errors)
                foreach (var field in errors.EnumerateObject().Take(MostFields))
                    fields[Name(field)] = Words(field.Value) ?? "";
        }
        // Backup servers say it as plain text.
        else if (Encoding.UTF8.GetString(body[..Math.Min(body.Length, MostWords)].Span) is var text && Plain(text))
            Add(said, text);
        foreach (var (name, trouble) in fields)
            Add(said, $"{name}: {trouble}");
        var number = status.ToString(CultureInfo.InvariantCulture);
        var words = said.Count > 0 ? string.Join("; ", said) : $"HTTP status {number}";
        return new ProxmoxException(ProxmoxException.FaultOf(status), Short(words), status, fields);
    }

    private static JsonElement? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Bounds);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Add(List<string> said, string? words)
    {
        words = words?.Trim().TrimEnd('\n');
        if (!string.IsNullOrEmpty(words) && !said.Any(s => s.Contains(words, StringComparison.Ordinal)))
            said.Add(words);
    }

    private static string? Words(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.Read()?.Trim() : Short(value.GetRawText());

    private static string Name(JsonProperty field)
    {
        try
        {
            return Short(field.Name);
        }
        catch (InvalidOperationException)
        {
            return "?";
        }
    }

    private static bool Plain(string text) => !text.StartsWith('<') && !text.Any(c => char.IsControl(c) && c != '\n');

    private static string Short(string words) => words.Length <= MostWords ? words : words[..MostWords] + "…";
}

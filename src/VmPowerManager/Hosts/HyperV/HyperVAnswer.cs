using System.Text;
using System.Text.Json;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts.HyperV;

/// <summary>What a script of <see cref="HyperVScripts"/> told: flat tables, by their kind.</summary>
internal sealed class HyperVAnswer
{
    private readonly IReadOnlyList<JsonElement> _lines;

    private HyperVAnswer(IReadOnlyList<JsonElement> lines) => _lines = lines;

    /// <exception cref="DeviceException">What went wrong on the host, in its words; never Unreachable: somebody there
    /// answered (C4).</exception>
    public static HyperVAnswer Of(PowerShellResult result)
    {
        var answer = Told(result);
        if (answer.All("error").FirstOrDefault() is { ValueKind: JsonValueKind.Object } error)
            throw Failure(Text(error, "text"), Text(error, "id"), Text(error, "category"));
        return answer.All("end").Any() ? answer : throw Odd("its answer has no end");
    }

    /// <summary>As <see cref="Of"/>; an error of the script's is left in it, behind what it told before.</summary>
    public static HyperVAnswer Told(PowerShellResult result)
    {
        var at = result.Output.LastIndexOf(HyperVScripts.Mark, StringComparison.Ordinal);
        if (result.Truncated)
            throw Odd("it told more than 1 MiB");
        if (at < 0)
            throw NoAnswer(result);
        try
        {
            var line = result.Output[(at + HyperVScripts.Mark.Length)..].Split('\r', '\n')[0];
            var text = Encoding.UTF8.GetString(Convert.FromBase64String(line));
            return new([.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Line)]);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw Odd(e.Message);
        }
    }

    public IEnumerable<JsonElement> All(string kind) => _lines.Where(l => Text(l, "kind") == kind);

    /// <exception cref="DeviceException">There is none.</exception>
    public JsonElement One(string kind) =>
        All(kind).FirstOrDefault() is { ValueKind: JsonValueKind.Object } found ? found : throw Odd($"no {kind} in it");

    public static string Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() ?? ""
            : "";

    public static long Number(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number)
            ? number
            : 0;

    public static bool Truth(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public static DeviceException Failure(string words, string id = "", string category = "") =>
        new(
            id.Contains("AccessDenied", StringComparison.OrdinalIgnoreCase)
                || category is "PermissionDenied" or "SecurityError"
                    ? DeviceFault.AuthenticationFailed
                : id.StartsWith("CommandNotFound", StringComparison.Ordinal) ? DeviceFault.Unsupported
                : DeviceFault.Refused,
            words.Length > 0 ? words : "PowerShell failed without a word."
        );

    private static JsonElement Line(string text)
    {
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 4 });
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? document.RootElement.Clone()
            : throw new JsonException("a line that is no table");
    }

    /// <summary>No script of ours ran to its end: PowerShell is not there, or did not like it.</summary>
    private static DeviceException NoAnswer(PowerShellResult result) =>
        result.ExitCode is 9009 or 127
            ? new(DeviceFault.Unsupported, $"There is no PowerShell: {result.Words}")
            : new(result.ExitCode is 0 or null ? DeviceFault.ProtocolError : DeviceFault.Refused, result.Words);

    private static DeviceException Odd(string what) =>
        new(DeviceFault.ProtocolError, $"The answer of PowerShell is not as expected: {what}.");
}

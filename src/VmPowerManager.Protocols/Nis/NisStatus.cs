using System.Collections.Frozen;

namespace VmPowerManager.Protocols.Nis;

/// <summary>The answer to <c>status</c>: lines of <c>KEYWORD  : value</c> (apcupsd's manual, "Status report fields"). Values
/// are as the server wrote them, without the blanks around them.</summary>
public sealed class NisStatus
{
    private readonly FrozenDictionary<string, string> _fields;

    private NisStatus(FrozenDictionary<string, string> fields) => _fields = fields;

    /// <summary>By keyword, in capitals as the server writes them.</summary>
    public IReadOnlyDictionary<string, string> Fields => _fields;

    /// <summary>The value of a keyword; null where the server does not tell it, or says N/A.</summary>
    public string? Find(string keyword) =>
        _fields.TryGetValue(keyword, out var value) && value.Length > 0 && value != "N/A" ? value : null;

    /// <exception cref="DeviceException">Refused: the server said something else, in its words; ProtocolError: no status.</exception>
    public static NisStatus Parse(string answer)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in answer.AsSpan().EnumerateLines())
        {
            var colon = line.IndexOf(':');
            if (colon <= 0)
                continue;
            var keyword = line[..colon].Trim();
            if (keyword.Length > 0)
                fields[keyword.ToString()] = Clean(line[(colon + 1)..]);
        }
        if (fields.ContainsKey("STATUS") || fields.ContainsKey("STATFLAG") || fields.ContainsKey("LINEFAIL"))
            return new NisStatus(fields.ToFrozenDictionary(StringComparer.Ordinal));
        var words = NisText.Shown(answer);
        // What apcupsd says when it does not answer: "Invalid command", "Not available", "Apcupsd not running".
        throw fields.Count == 0 && words.Length > 0
            ? new DeviceException(DeviceFault.Refused, words)
            : new DeviceException(DeviceFault.ProtocolError, $"Not the status of an apcupsd: \"{words}\".");
    }

    private static string Clean(ReadOnlySpan<char> value)
    {
        var text = value.Trim().ToString();
        return text.Any(char.IsControl) ? string.Concat(text.Where(c => !char.IsControl(c))) : text;
    }
}

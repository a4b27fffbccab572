using System.Globalization;
using System.Text;

namespace VmPowerManager.Protocols.Nut;

/// <summary>Words of a NUT line: separated by blanks, or in double quotes with <c>\"</c> and <c>\\</c> inside
/// (RFC 9271, section 4.1). Pure.</summary>
public static class NutText
{
    /// <summary>Splits one line into its words.</summary>
    /// <exception cref="DeviceException">ProtocolError: a quote or an escape is not closed.</exception>
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        var at = 0;
        while (true)
        {
            while (at < line.Length && IsBlank(line[at]))
                at++;
            if (at >= line.Length)
                return words;
            words.Add(line[at] == '"' ? Quoted(line, ref at) : Bare(line, ref at));
        }
    }

    /// <summary>Writes a word for a request, quoted when it must be.</summary>
    /// <exception cref="ArgumentException">It holds a line break or another control character.</exception>
    public static string Word(string value)
    {
        if (value.Any(char.IsControl))
            throw new ArgumentException("A NUT word must not hold control characters.", nameof(value));
        return value.Length > 0 && value.All(IsPlain)
            ? value
            : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>The peer's words, short and printable, for a message.</summary>
    public static string Shown(string line)
    {
        const int longest = 120;
        var text = new StringBuilder(Math.Min(line.Length, longest));
        foreach (var c in line.AsSpan(0, Math.Min(line.Length, longest)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c) || c == '\uFFFD')
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                text.Append(c);
        }
        return line.Length > longest ? $"{text}…" : text.ToString();
    }

    private static string Quoted(string line, ref int at)
    {
        var word = new StringBuilder();
        for (at++; at < line.Length; at++)
        {
            switch (line[at])
            {
                case '"':
                    at++;
                    return word.ToString();
                case '\\' when at + 1 < line.Length:
                    word.Append(line[++at]);
                    break;
                case '\\':
                    throw Unclosed(line);
                default:
                    word.Append(line[at]);
                    break;
            }
        }
        throw Unclosed(line);
    }

    private static string Bare(string line, ref int at)
    {
        var word = new StringBuilder();
        for (; at < line.Length && !IsBlank(line[at]) && line[at] != '"'; at++)
        {
            if (line[at] == '\\')
            {
                if (++at >= line.Length)
                    throw Unclosed(line);
            }
            word.Append(line[at]);
        }
        return word.ToString();
    }

    private static bool IsBlank(char c) => c is ' ' or '\t';

    private static bool IsPlain(char c) =>
        char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '@' or '%' or '+';

    private static DeviceException Unclosed(string line) =>
        new(DeviceFault.ProtocolError, $"The answer ends inside quotes: \"{Shown(line)}\".");
}

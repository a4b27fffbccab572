namespace VmPowerManager.Core.Plans;

/// <summary>Where placeholders may stand in a command: outside of quotes, so that each is one word of its own whatever its
/// value.</summary>
public static class CommandText
{
    /// <summary>The first placeholder within quotes; null: none. Both shells that we know quote by ' and ".</summary>
    public static string? Quoted(string? command)
    {
        string? quoted = null;
        Placeholders.Fill(
            command ?? "",
            (name, at) =>
            {
                if (InQuotes(command.AsSpan(0, at)))
                    quoted ??= name;
                return "";
            }
        );
        return quoted;
    }

    /// <summary>Whether a quote is open at the end. A backslash or a backtick before a quote takes its meaning in one of the
    /// shells: such a command has no place for placeholders after it, which is safe for the other.</summary>
    private static bool InQuotes(ReadOnlySpan<char> before)
    {
        var open = '\0';
        for (var i = 0; i < before.Length; i++)
        {
            var c = before[i];
            if (c is '\\' or '`' && i + 1 < before.Length && before[i + 1] is '\'' or '"')
                return true;
            if (open == '\0' && c is '\'' or '"')
                open = c;
            else if (c == open)
                open = '\0';
        }
        return open != '\0';
    }
}

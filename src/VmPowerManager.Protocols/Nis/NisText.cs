namespace VmPowerManager.Protocols.Nis;

/// <summary>A peer's words as they may be shown.</summary>
internal static class NisText
{
    private const int Longest = 200;

    /// <summary>One line without control characters, of bounded length.</summary>
    public static string Shown(string text)
    {
        var start = text.Length > Longest ? text[..Longest] + "…" : text;
        return string.Concat(start.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
    }
}

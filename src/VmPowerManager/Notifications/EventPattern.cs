using System.Text.RegularExpressions;

namespace VmPowerManager.Notifications;

/// <summary>An event type, the beginning of one with a star, or a star alone.</summary>
internal static partial class EventPattern
{
    public const int Longest = 100;

    public static bool Matches(string pattern, string type) =>
        pattern.EndsWith('*')
            ? type.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal)
            : type == pattern;

    /// <summary>Why it is none, or null.</summary>
    public static string? Problem(string pattern) =>
        pattern.Length <= Longest && Form().IsMatch(pattern)
            ? null
            : "Must be an event type such as ups.onBattery, the beginning of one with a star (run.*), or * for all.";

    [GeneratedRegex(@"^([A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*)*(\.?\*)?|\*)$")]
    private static partial Regex Form();
}

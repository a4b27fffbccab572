using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace VmPowerManager.Core.Plans;

/// <summary>Words in braces that stand for what is known when a step begins: <c>{ups.charge}</c>. What takes their place is
/// data: each user of this class escapes it for where it stands.</summary>
public static partial class Placeholders
{
    /// <summary>All that there are, without braces. Those of a UPS are of the one with the least left.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        "plan.name",
        "run.id",
        "run.kind",
        "run.cause",
        "run.reason",
        "run.startedAt",
        "target.name",
        "ups.name",
        "ups.status",
        "ups.charge",
        "ups.runtime",
        "time.utc",
    ];

    /// <summary>Those whose values are numbers.</summary>
    public static bool IsNumber(string name) => name is "run.id" or "ups.charge" or "ups.runtime";

    /// <summary>The first that looks like one of ours and is none; null: all are known.</summary>
    public static string? Unknown(string? text) =>
        Any()
            .Matches(text ?? "")
            .Select(m => m.Groups[1].Value)
            .FirstOrDefault(name => !Names.Contains(name, StringComparer.Ordinal));

    public static bool Has(string? text) => Used(text).Any();

    /// <summary>Those that a text holds, each once.</summary>
    public static IEnumerable<string> Used(string? text) =>
        Any()
            .Matches(text ?? "")
            .Select(m => m.Groups[1].Value)
            .Where(name => Names.Contains(name, StringComparer.Ordinal))
            .Distinct(StringComparer.Ordinal);

    /// <summary>Puts in the place of each what <paramref name="data"/> makes of its name and place. What is put in is not
    /// looked through again.</summary>
    public static string Fill(string text, Func<string, int, string> data) =>
        Any()
            .Replace(
                text,
                m =>
                    Names.Contains(m.Groups[1].Value, StringComparer.Ordinal)
                        ? data(m.Groups[1].Value, m.Index)
                        : m.Value
            );

    /// <summary>The one that a text consists of; null: it is not one alone.</summary>
    public static string? Alone(string text) =>
        Any().Match(text) is { Success: true, Index: 0 } m
        && m.Length == text.Length
        && Names.Contains(m.Groups[1].Value, StringComparer.Ordinal)
            ? m.Groups[1].Value
            : null;

    [GeneratedRegex(@"\{((?:plan|run|target|ups|time)\.[A-Za-z]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Any();
}

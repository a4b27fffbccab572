using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace VmPowerManager.Core.Tests.Told;

/// <summary>docs/policy.md names, for every rule of the policy, code and tests that exist.</summary>
public sealed partial class PolicyTableTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Here(), "../../.."));

    /// <summary>How many rules each part of the policy has.</summary>
    private static readonly (char Part, int Rules)[] Parts =
    [
        ('A', 10),
        ('B', 5),
        ('C', 10),
        ('D', 2),
        ('E', 6),
        ('F', 10),
        ('I', 14),
    ];

    private static readonly IReadOnlyList<string[]> Rows =
    [
        .. File.ReadLines(Path.Combine(Root, "docs/policy.md"))
            .Where(line => Row().IsMatch(line))
            .Select(line => line.Trim('|', ' ').Split(" | ")),
    ];

    [Fact]
    public void Table_HasEveryRuleOnce_InOrder() =>
        Assert.Equal(
            Parts.SelectMany(p => Enumerable.Range(1, p.Rules).Select(n => $"{p.Part}{n}")),
            Rows.Select(r => r[0])
        );

    [Fact]
    public void Code_OfEveryRule_Exists()
    {
        var missing = new List<string>();
        foreach (var (rule, file, member) in Rows.SelectMany(r => Code().Matches(r[2]).Select(m => Named(r[0], m))))
        {
            var path = Path.Combine(Root, "src", file);
            if (!File.Exists(path) || !Regex.IsMatch(File.ReadAllText(path), $@"\b{member}\b"))
                missing.Add($"{rule}: {file} {member}");
        }
        Assert.Empty(missing);
        Assert.All(Rows, r => Assert.Matches(Code(), r[2]));
    }

    [Fact]
    public void Tests_OfEveryRule_Exist()
    {
        var known = Directory
            .EnumerateFiles(Path.Combine(Root, "tests"), "*Tests*.cs", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*Bench.cs", SearchOption.AllDirectories))
            .Select(File.ReadAllText)
            .SelectMany(text =>
                Class()
                    .Matches(text)
                    .SelectMany(c => Method().Matches(text).Select(m => $"{c.Groups[1].Value}.{m.Groups[1].Value}"))
            )
            .ToHashSet(StringComparer.Ordinal);
        var cited = Rows.SelectMany(r => Quoted().Matches(r[3]).Select(m => (Rule: r[0], Test: m.Groups[1].Value)));
        Assert.DoesNotContain(cited, c => !known.Contains(c.Test));
        Assert.All(
            Rows,
            r => Assert.True(Quoted().IsMatch(r[3]) || r[3].Contains("not yet", StringComparison.Ordinal))
        );
    }

    private static (string Rule, string File, string Member) Named(string rule, Match match) =>
        (rule, match.Groups["file"].Value, match.Groups["member"].Value);

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!; // a file has a folder

    [GeneratedRegex(@"^\| [A-I]\d+ \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<file>[\w./]+\.cs)`(?: `(?<member>\w+)`)?")]
    private static partial Regex Code();

    [GeneratedRegex(@"`([\w.]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"class (\w+)")]
    private static partial Regex Class();

    [GeneratedRegex(@"public (?:async Task|void|static void) (\w+)\(")]
    private static partial Regex Method();
}

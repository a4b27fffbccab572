using System.Globalization;
using System.Text;
using VmPowerManager.Core.Power;
using static VmPowerManager.Core.Tests.Power.Feed;

namespace VmPowerManager.Core.Tests.Power;

/// <summary>upsmon's is_ups_critical() in its own order, its timers and MINSUPPLIES, and where this product decides
/// otherwise on purpose: <see cref="NutTable"/>, printed, and kept equal to docs/nut-decisions.md.</summary>
public sealed class NutDecisionTests(ITestOutputHelper output)
{
    private const string Document = "docs/nut-decisions.md";

    /// <summary>Seconds on battery that count as "the timer has run out" in the table.</summary>
    private const double Timer = 20;

    public static TheoryData<string> Cases => [.. NutTable.Rows.Select(Title)];

    private static string Title(NutRow row) => $"{row.Step}: {row.Case}";

    private static bool Decide(NutRow row)
    {
        var evidence = row
            .Polls.Split(" | ")
            .Select((polls, i) => (Id: i + 1, Ups: Evidence(i + 1, polls, row.Now)))
            .ToDictionary(u => u.Id, u => u.Ups);
        var supplies = evidence
            .Keys.Select(id => new Supply(id, id <= row.Powers.Length ? row.Powers[id - 1] : 1))
            .ToList();
        var view = Supplies.View(supplies, row.Needed, evidence, S(row.Now));
        return row.Loses ? view.Failing && view.OnBatteryFor >= S(Timer) : view is { IsCritical: true, OffOnly: false };
    }

    private static UpsEvidence Evidence(int id, string polls, double now) =>
        Play(Policy with { UpsId = id, Name = $"ups{id}" }, "0 OL volts=230 charge=100 runtime=1800", polls)
            .Tick(S(now));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Row_IsDecidedAsTheTableSays(string title)
    {
        var row = NutTable.Rows.Single(r => Title(r) == title);

        Assert.Equal(row.Ours, Decide(row));
        // A difference is deliberate: it has a name and a reason; agreement needs neither.
        Assert.Equal(row.Nut != row.Ours, row.Difference is not null);
        Assert.Equal(row.Difference is null, row.Why is null);
    }

    [Fact]
    public void Notifications_AllHaveTheirEvent()
    {
        var sources = string.Concat(
            Directory
                .EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
                .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
                .Select(File.ReadAllText)
        );
        foreach (var (nut, type, note) in NutTable.Notifies)
            Assert.True(
                type.Length == 0
                    ? note is not null
                    : type.StartsWith("step.", StringComparison.Ordinal) || sources.Contains($"\"{type}\""),
                $"{nut}: no event {type}"
            );
    }

    /// <summary>Written anew with VMPM_WRITE_DOCS=1.</summary>
    [Fact]
    public void Document_IsTheTable()
    {
        var table = Markdown();
        output.WriteLine(table);
        var file = Path.Combine(Root, Document);
        if (Environment.GetEnvironmentVariable("VMPM_WRITE_DOCS") == "1")
            File.WriteAllText(file, table);
        Assert.Equal(table, File.ReadAllText(file));
    }

    private static string Markdown()
    {
        var differences = NutTable.Rows.Where(r => r.Difference is not null).ToList();
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            # How this decides, beside NUT's upsmon

            upsmon's own order of decisions (`is_ups_critical()`), its timers and MINSUPPLIES, with its defaults (DEADTIME 15,
            OFFDURATION 30, OVERDURATION off, ALARMCRITICAL on), and what this product decides in the same case with its own
            (`confirmSeconds` 3, `deadSeconds` 15, `offSeconds` 30). {NutTable.Rows.Count} cases, {differences.Count} deliberate differences. This page is
            written from the table that the tests run (`tests/VmPowerManager.Core.Tests/Power/NutTable.cs`); a test keeps the two equal.

            | Step of upsmon | Case | upsmon | here | Difference, and why |
            | --- | --- | --- | --- | --- |

            """
        );
        foreach (var row in NutTable.Rows)
        {
            var why = row.Difference is null ? "" : $"**{row.Difference}**: {row.Why}";
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {row.Step} | {row.Case} | {Word(row, row.Nut)} | {Word(row, row.Ours)} | {why} |\n"
            );
        }
        text.Append("\n## Notifications\n\n| upsmon | event here | |\n| --- | --- | --- |\n");
        foreach (var (nut, type, note) in NutTable.Notifies)
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {nut} | {(type.Length == 0 ? "none" : $"`{type}`")} | {note} |\n"
            );
        return text.ToString().ReplaceLineEndings("\n");
    }

    private static string Word(NutRow row, bool acts) =>
        (row.Loses, acts) switch
        {
            (true, true) => "acts",
            (true, false) => "does not act",
            (false, true) => "critical",
            _ => "not critical",
        };

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "VmPowerManager.sln")))
                folder = folder.Parent;
            return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
        }
    }
}

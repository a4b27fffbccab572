using System.Collections.Concurrent;
using System.Globalization;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Core.Tests.Simulation;

/// <summary>Every scenario that ships is lived through, and ends as it must.</summary>
public sealed class ScenarioLibraryTests(ITestOutputHelper output)
{
    private static readonly ConcurrentDictionary<string, ScenarioReport> Played = new();

    public static TheoryData<string> Ids => [.. ScenarioLibrary.All.Select(s => s.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Scenario_WithItsOwnPlan_EndsAsItMust(string id)
    {
        var report = Play(Find(id));
        if (!report.Ok)
            Tell(report);
        Assert.True(report.Ok, string.Join("\n", report.Unmet));
    }

    [Fact]
    public void Library_IsLargeAndSaidInBothLanguages()
    {
        Assert.True(ScenarioLibrary.All.Length >= 40, $"{ScenarioLibrary.All.Length} scenarios");
        foreach (var scenario in ScenarioLibrary.All)
        {
            Assert.All(
                [scenario.Title.En, scenario.Title.De, scenario.Story.En, scenario.Story.De],
                text => Assert.False(string.IsNullOrWhiteSpace(text), scenario.Id)
            );
            Assert.NotEmpty(scenario.Rules);
        }
    }

    /// <summary>The table of the library: what is played, and how it ended.</summary>
    [Fact]
    public void Library_Table_IsPrinted()
    {
        var failed = 0;
        foreach (var scenario in ScenarioLibrary.All)
        {
            var report = Play(scenario);
            failed += report.Ok ? 0 : 1;
            var right = report.Ends.Count(e => e.Right);
            var runs = string.Join(", ", report.Runs.Select(r => $"{r.Kind} {r.Status}")).ToLowerInvariant();
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{scenario.Id, -32} | {report.SimulatedSeconds, 5} s | {runs} | {right}/{report.Ends.Length} right | {(report.Ok ? "ok" : "FAILED")} | {scenario.Story.En}"
                )
            );
        }
        output.WriteLine($"{ScenarioLibrary.All.Length} scenarios, {failed} failed");
        Assert.Equal(0, failed);
    }

    private static ScenarioReport Play(Scenario scenario) =>
        Played.GetOrAdd(scenario.Id, _ => ScenarioRunner.Run(scenario, TestContext.Current.CancellationToken));

    private static Scenario Find(string id) => ScenarioLibrary.All.Single(s => s.Id == id);

    private void Tell(ScenarioReport report)
    {
        foreach (var moment in report.Timeline)
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{moment.At, 7:0.0} {moment.Kind, -9} {moment.Target} {moment.Action} {moment.Power} {moment.Type} {moment.Text} {(moment.Event is { } e ? ScenarioText(e) : "")}"
                )
            );
        foreach (var unmet in report.Unmet)
            output.WriteLine("!! " + unmet);
    }

    private static string ScenarioText(ScenarioEvent e) => System.Text.Json.JsonSerializer.Serialize(e, Json.Options);
}

using System.Globalization;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Runs.Scenarios;

/// <summary>A scenario in a list.</summary>
/// <param name="Id">For addresses: <c>flicker</c>, <c>outage-12</c>.</param>
/// <param name="PlanId">The plan that it was recorded of; null for the library.</param>
public sealed record ScenarioSummary(
    string Id,
    BothWords Title,
    BothWords Story,
    bool Recorded,
    double Seconds,
    IReadOnlyList<int> Pains,
    IReadOnlyList<string> Rules,
    int? PlanId,
    string PlanName,
    DateTimeOffset? BeganAt,
    IReadOnlyList<int> RunIds
)
{
    private const string Prefix = "outage-";

    public static string IdOf(int row) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{row}");

    /// <summary>The row of a recorded one, or null.</summary>
    public static int? RowOf(string id) =>
        id.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(id.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var row)
            ? row
            : null;

    public static ScenarioSummary Of(Scenario scenario) =>
        new(
            scenario.Id,
            scenario.Title,
            scenario.Story,
            scenario.Recorded is not null,
            scenario.EndsAt,
            scenario.Pains,
            scenario.Rules,
            scenario.Recorded?.PlanId,
            scenario.Recorded?.Plan ?? scenario.Plan.Name,
            scenario.Recorded?.BeganAt,
            scenario.Recorded is { } record ? record.RunIds : []
        );
}

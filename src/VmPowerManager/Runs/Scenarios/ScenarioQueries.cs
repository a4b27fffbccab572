using System.Security.Claims;
using VmPowerManager.Core;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Runs.Scenarios;

/// <summary>Reads scenarios: those that come with the program, and recorded outages.</summary>
public sealed class ScenarioQueries(ScenarioStore store)
{
    private static readonly Lazy<IReadOnlyList<ScenarioSummary>> Library = new(() =>
        [.. ScenarioLibrary.All.Select(ScenarioSummary.Of)]
    );

    /// <summary>Recorded outages, newest first, then the library.</summary>
    public IReadOnlyList<ScenarioSummary> All => [.. store.Recorded.Value.Values.Reverse(), .. Library.Value];

    /// <summary>As this reader may see it.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    public async Task<Scenario> FindAsync(ClaimsPrincipal reader, string id, CancellationToken ct) =>
        (await FindAsync(id, ct)).For(reader);

    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    public async Task<Scenario> FindAsync(string id, CancellationToken ct)
    {
        var found = ScenarioSummary.RowOf(id) is { } row
            ? await store.FindAsync(row, ct)
            : ScenarioLibrary.All.FirstOrDefault(s => s.Id == id);
        return found ?? throw new NotFoundException($"Scenario {id}");
    }

    /// <summary>The recorded outage that this run belongs to, or null: none yet, or no longer kept.</summary>
    public string? OfRun(int runId) => store.Recorded.Value.Values.FirstOrDefault(s => s.RunIds.Contains(runId))?.Id;
}

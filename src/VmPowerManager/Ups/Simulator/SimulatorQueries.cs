using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Core;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Storage;

namespace VmPowerManager.Ups.Simulator;

/// <summary>A script of the library, as the API lists it.</summary>
public sealed record ScenarioView(string Id, string Title, string Description, ImmutableArray<SimulatedStep> Steps);

/// <summary>Reads of the simulator.</summary>
internal sealed class SimulatorQueries(
    SimulatorDirectory directory,
    UpsQueries upses,
    IDbContextFactory<AppDb> databases
)
{
    public static Page<ScenarioView> Scenarios { get; } =
        new([.. SimulatedScenarios.All.Select(s => new ScenarioView(s.Id, s.Title, s.Description, s.Script.Steps))]);

    /// <summary>The simulated UPSes, by name; empty while the simulator is off.</summary>
    public async Task<Page<SimulatedUpsView>> ListAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await db.Set<UpsRow>()
            .AsNoTracking()
            .Where(u => u.SimulatedDevice != null)
            .OrderBy(u => u.Name)
            .ToListAsync(ct);
        return new Page<SimulatedUpsView>([
            .. rows.Where(row => directory.Find(row.SimulatedDevice) is not null).Select(View),
        ]);
    }

    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="ConflictException">It is a real UPS, or the simulator is off.</exception>
    public async Task<SimulatedUpsView> GetAsync(int upsId, CancellationToken ct) =>
        View(await upses.RowAsync(upsId, ct));

    /// <exception cref="ConflictException">It is a real UPS, or the simulator is off.</exception>
    internal SimulatedDevice Device(UpsRow row) =>
        directory.Find(row.SimulatedDevice)
        ?? throw new ConflictException(
            row.SimulatedDevice is null ? $"{row.Name} is not simulated." : "The simulator is off."
        );

    private SimulatedUpsView View(UpsRow row) =>
        SimulatedUpsView.Of(Device(row)) with
        {
            UpsId = row.Id,
            Name = row.Name,
        };
}

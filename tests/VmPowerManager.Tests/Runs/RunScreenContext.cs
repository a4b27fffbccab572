using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Plans;
using VmPowerManager.Runs;
using VmPowerManager.Runs.Scenarios;
using VmPowerManager.Storage;
using VmPowerManager.Tests.Components;
using VmPowerManager.Tests.Ups;
using VmPowerManager.Ups.Outages;

namespace VmPowerManager.Tests.Runs;

/// <summary>What the screens of plans, runs and events read, without a program around it: no plan loop runs.</summary>
public abstract class RunScreenContext : ScreenContext
{
    private readonly TestDatabase _database = new();

    protected RunScreenContext()
    {
        var stream = new LiveStream();
        Log = new EventLog(Now, stream);
        Runs = new RunBook(_database);
        Plans = new PlanDirectory(_database, Log);
        // Not null where it is used: an empty set of loops asks nothing of its services.
        var loops = new PlanLoops(null!, null!, _database, NullLoggerFactory.Instance);
        Services.AddSingleton<IDbContextFactory<AppDb>>(_database);
        Services.AddSingleton(new EventQueries(Log, stream, _database));
        Services.AddSingleton(Runs);
        Services.AddSingleton(Plans);
        Services.AddSingleton(Screens);
        Scenarios = new ScenarioStore(_database, NullLogger<ScenarioStore>.Instance);
        Services.AddSingleton(Scenarios);
        Services.AddSingleton(new ScenarioQueries(Scenarios));
        Services.AddSingleton(new ScenarioCommands(loops, TimeProvider.System));
        Services.AddSingleton(new RunQueries(loops, Runs, new OutageBook(), _database));
        Services.AddSingleton(new RunCommands(loops, Runs, Log, Now));
    }

    protected EventLog Log { get; }
    protected RunBook Runs { get; }
    protected PlanDirectory Plans { get; }
    protected PlanScreens Screens { get; } = new();
    protected ScenarioStore Scenarios { get; }

    protected void AddPlan(bool armed, int id = 1) =>
        Plans.Replace(
            new PlanRow
            {
                Id = id,
                Name = RunSamples.Plan.Name,
                Armed = armed,
                Revision = 1,
                Definition = JsonSerializer.Serialize(RunSamples.Plan, Json.Options),
            }
        );

    protected void Show(PlanScreen screen) => Screens.All.Update(all => all.SetItem(screen.PlanId, screen));

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _database.DisposeAsync();
    }
}

using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using VmPowerManager.Accounts;
using VmPowerManager.Events;
using VmPowerManager.Storage;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Battery;
using VmPowerManager.Ups.Canaries;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Outages;
using VmPowerManager.Ups.Quality;
using VmPowerManager.Ups.Simulator;

namespace VmPowerManager.Tests.Ups;

/// <summary>The commands of UPSes with all that is behind them, and a fake device.</summary>
public abstract class UpsCommandsBench : IAsyncDisposable
{
    protected static ClaimsPrincipal Admin { get; } = Person(Role.Administrator);

    private protected TestDatabase Database { get; } = new();
    private protected FakeUps Fake { get; } = new(TimeProvider.System);
    private protected SecretBox Box { get; } = new(new EphemeralDataProtectionProvider());
    private protected EventLog Events { get; } = new(TimeProvider.System);
    private protected UpsFeed Feed { get; } = new(NullLogger<UpsFeed>.Instance);
    private protected List<IUpsUse> Uses { get; } = [];
    private protected UpsMonitor Monitor { get; }
    private protected UpsCommands Commands { get; }
    private protected UpsQueries Queries { get; }
    private protected BatteryQueries Batteries { get; }
    private protected UpsPastQueries Past { get; }
    private protected UpsActions Actions { get; }
    private protected UpsScreens Screens { get; } = new(new LiveStream(), TimeProvider.System);
    private protected UpsDrivers Drivers { get; }

    protected UpsCommandsBench()
    {
        var time = TimeProvider.System;
        Drivers = new UpsDrivers([Fake]);
        var history = new HistoryDb(Database.Folder, NullLogger<HistoryDb>.Instance);
        var recorder = new HistoryRecorder();
        var outages = new OutageRecorder(Database, new OutageBook(), time, NullLogger<OutageRecorder>.Instance);
        var outlets = new UpsOutlets(
            Feed,
            Events,
            Screens,
            new UpsWitnesses(new CanaryFeed(NullLogger<CanaryFeed>.Instance)),
            outages,
            recorder,
            new InputLog(recorder),
            new TestLog(recorder, Events)
        );
        var configs = new UpsConfigs(Box, Events);
        var writer = new HistoryWriter(history, recorder, time, NullLogger<HistoryWriter>.Instance);
        Monitor = new UpsMonitor(
            Database,
            configs,
            Drivers,
            outlets,
            new UpsNews(Events, time),
            time,
            NullLoggerFactory.Instance
        );
        Commands = new UpsCommands(Database, Monitor, Drivers, Box, Events, writer, new SimulatorDirectory(), Uses);
        Queries = new UpsQueries(Database, Monitor, Drivers, configs, Box, new HistoryQueries(history, time), time);
        Batteries = new BatteryQueries(Queries, Monitor, history, time);
        Past = new UpsPastQueries(
            Queries,
            new OutageQueries(Database),
            new QualityQueries(history),
            new EnergyQueries(history, new ConfigurationBuilder().Build()),
            time
        );
        Actions = new UpsActions(Queries, Drivers, configs, Box, Events, time);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var policy in Feed.Policies)
            await Monitor.RemoveAsync(policy.UpsId);
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected Task<int> CreateAsync(JsonElement body) => Commands.CreateAsync(Admin, body, default);

    /// <summary>The device as the newest loop got it.</summary>
    private protected UpsDevice Device() => Monitor.Find(Feed.Policies.Single().UpsId)!.Config.Device;

    private protected static JsonElement Body(
        string name = "rack-a",
        string host = "10.0.0.1",
        string? password = null,
        string? notes = null
    ) =>
        JsonSerializer.SerializeToElement(
            new
            {
                name,
                driver = "fake",
                notes,
                fake = new { host, password },
            }
        );

    private protected static ClaimsPrincipal Person(Role role) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, $"{role}"), new Claim(ClaimTypes.Role, $"{role}")], "test"));
}

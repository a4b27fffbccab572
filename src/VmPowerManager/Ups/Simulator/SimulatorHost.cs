using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Events;
using VmPowerManager.Storage;

namespace VmPowerManager.Ups.Simulator;

/// <summary>Runs the simulated devices and their servers on loopback, and keeps a UPS for each of them in the configuration.
/// Starts before the UPSes are read. Off, it disables the simulated UPSes that are left: nobody answers for them, and
/// what answers there some day is not ours.</summary>
internal sealed partial class SimulatorHost(
    SimulatorOptions options,
    SimulatorDirectory directory,
    SimulatorScreens screens,
    UpsCommands commands,
    UpsQueries queries,
    UpsDrivers drivers,
    IDbContextFactory<AppDb> databases,
    EventLog events,
    TimeProvider time,
    ILogger<SimulatorHost> logger
) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    private SimulatorServers? _servers;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (options.IsOn)
                await OpenAsync();
            await ReconcileAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // A demo that does not start must not keep real UPSes from being watched.
            LogNotStarted(logger, e);
        }
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.IsOn && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var (key, script) in screens.Refresh(directory.Devices))
                    await TellEndedAsync(key, script, stoppingToken);
                if (_servers is { } servers)
                    await servers.SendTrapsAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotShown(logger, e);
            }
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_servers is { } servers)
            await servers.DisposeAsync();
    }

    private async Task OpenAsync()
    {
        _servers = await SimulatorServers.OpenAsync(options, withSnmp: drivers.Find("snmp") is not null, time);
        directory.Set(_servers.Entries);
        LogStarted(logger, _servers.Entries.Count);
    }

    private async Task ReconcileAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await db.Set<UpsRow>()
            .AsNoTracking()
            .Where(u => u.SimulatedDevice != null)
            .Select(u => new
            {
                u.Id,
                u.Enabled,
                u.SimulatedDevice,
            })
            .ToListAsync(ct);
        var entries = _servers?.Entries ?? [];
        foreach (var row in rows)
        {
            if (entries.FirstOrDefault(e => e.Device.Key == row.SimulatedDevice) is { } entry)
                await PointAsync(row.Id, entry, ct);
            else if (row.Enabled)
                await DisableAsync(row.Id, ct);
        }
        foreach (var entry in entries.ExceptBy(rows.Select(r => r.SimulatedDevice), e => e.Device.Key))
            await AddAsync(entry, ct);
    }

    private async Task AddAsync(SimulatorEntry entry, CancellationToken ct)
    {
        var body = new JsonObject
        {
            ["name"] = $"Demo UPS {SimulatorServers.Number(entry.Device.Key)}",
            ["driver"] = entry.Driver,
            [entry.Driver] = _servers?.Block(entry),
        };
        await commands.CreateAsync(Access.System, Element(body), ct);
    }

    /// <summary>Ports and passwords are new at each start.</summary>
    private async Task PointAsync(int id, SimulatorEntry entry, CancellationToken ct)
    {
        var body = await BodyAsync(id, ct);
        body["enabled"] = true;
        body["driver"] = entry.Driver;
        body[entry.Driver] = _servers?.Block(entry);
        await commands.UpdateAsync(Access.System, id, Element(body), ct);
    }

    private async Task DisableAsync(int id, CancellationToken ct)
    {
        var body = await BodyAsync(id, ct);
        body["enabled"] = false;
        await commands.UpdateAsync(Access.System, id, Element(body), ct);
    }

    private async Task<JsonObject> BodyAsync(int id, CancellationToken ct)
    {
        var view = await queries.GetAsync(id, ct);
        // An object is written as an object.
        return JsonSerializer.SerializeToNode(view with { Reading = null }, Json.Options)!.AsObject();
    }

    private static JsonElement Element(JsonObject body) => JsonSerializer.SerializeToElement(body, Json.Options);

    private async Task TellEndedAsync(string key, string script, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        foreach (var row in await db.Set<UpsRow>().AsNoTracking().Where(u => u.SimulatedDevice == key).ToListAsync(ct))
            events.Append(
                new NewEvent(
                    "ups.scriptEnded",
                    Severity.Info,
                    row.Label,
                    $"{row.Label}: {SimulatedScenarios.TitleOf(script)} is over."
                )
                {
                    UpsId = row.Id,
                }
            );
    }

    [LoggerMessage(LogLevel.Information, "The simulator serves {Upses} simulated UPSes on 127.0.0.1")]
    private static partial void LogStarted(ILogger logger, int upses);

    [LoggerMessage(LogLevel.Error, "The simulator does not start")]
    private static partial void LogNotStarted(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "The simulated UPSes cannot be shown")]
    private static partial void LogNotShown(ILogger logger, Exception exception);
}

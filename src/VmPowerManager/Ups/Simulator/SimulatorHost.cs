using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Events;
using VmPowerManager.Protocols.Nut.Server;
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
    IDbContextFactory<AppDb> databases,
    EventLog events,
    TimeProvider time,
    ILogger<SimulatorHost> logger
) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);
    private const string User = "simulator";

    /// <summary>Other programs on this machine must not play with what plans may follow.</summary>
    private readonly string _password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private NutServer? _nut;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (options.IsOn)
                Open();
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
                screens.Refresh(directory.Devices, Ended);
            }
            catch (Exception e)
            {
                LogNotShown(logger, e);
            }
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        directory.Set([]);
        if (_nut is { } nut)
            await nut.DisposeAsync();
    }

    private void Open()
    {
        var devices = Enumerable.Range(1, options.Upses).Select(New).ToList();
        _nut = NutServer.Start(
            new IPEndPoint(IPAddress.Loopback, options.NutPort),
            devices.Select(device => new SimulatedNut(device)),
            [new NutServerUser(User, _password, MayControl: true)],
            time
        );
        directory.Set(devices.Select(d => new SimulatorEntry(d, "nut", _nut.EndPoint.Port, d.Key)));
        LogStarted(logger, devices.Count, _nut.EndPoint.Port);
    }

    /// <summary>Not all the same: a demo of equal devices shows little.</summary>
    private SimulatedDevice New(int number)
    {
        var model = new SimulatedModel { Name = number % 2 == 0 ? "Simulated UPS 3000" : "Simulated UPS 1500" };
        if (number % 2 == 0)
            model = model with
            {
                RatedWatts = 2700,
                RatedVoltAmperes = 3000,
                FullLoadRuntime = TimeSpan.FromMinutes(9),
            };
        var ups = new SimulatedUps(model) { LoadWatts = model.RatedWatts * (0.2 + (0.07 * (number % 6))) };
        return new SimulatedDevice($"sim{number}", ups, time);
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
        foreach (var row in rows)
        {
            if (directory.Find(row.SimulatedDevice) is { } device)
                await PointAsync(row.Id, device, ct);
            else if (row.Enabled)
                await DisableAsync(row.Id, ct);
        }
        foreach (var device in directory.Devices.ExceptBy(rows.Select(r => r.SimulatedDevice), d => d.Key))
            await AddAsync(device, ct);
    }

    private async Task AddAsync(SimulatedDevice device, CancellationToken ct)
    {
        var body = new JsonObject
        {
            ["name"] = $"Demo UPS {device.Key["sim".Length..]}",
            ["driver"] = "nut",
            ["nut"] = Block(device),
        };
        await commands.CreateAsync(Access.System, Element(body), ct);
    }

    /// <summary>Ports and passwords are new at each start.</summary>
    private async Task PointAsync(int id, SimulatedDevice device, CancellationToken ct)
    {
        var body = await BodyAsync(id, ct);
        body["enabled"] = true;
        body["nut"] = Block(device);
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

    private JsonObject Block(SimulatedDevice device) =>
        new()
        {
            ["host"] = "127.0.0.1",
            ["port"] = _nut?.EndPoint.Port,
            ["upsName"] = device.Key,
            ["userName"] = User,
            ["password"] = _password,
        };

    private static JsonElement Element(JsonObject body) => JsonSerializer.SerializeToElement(body, Json.Options);

    private void Ended(SimulatedDevice device, string script) =>
        events.Append(
            new NewEvent(
                "simulator.scriptEnded",
                Severity.Info,
                "simulator",
                $"Simulator: {script} on {device.Key} is over."
            )
        );

    [LoggerMessage(LogLevel.Information, "The simulator serves {Upses} simulated UPSes by NUT on 127.0.0.1:{Port}")]
    private static partial void LogStarted(ILogger logger, int upses, int port);

    [LoggerMessage(LogLevel.Error, "The simulator does not start")]
    private static partial void LogNotStarted(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "The simulated UPSes cannot be shown")]
    private static partial void LogNotShown(ILogger logger, Exception exception);
}

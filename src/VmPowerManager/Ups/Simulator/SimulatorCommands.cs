using System.Collections.Immutable;
using System.Security.Claims;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Events;

namespace VmPowerManager.Ups.Simulator;

/// <summary>What to play: a scenario of the library by id, or steps.</summary>
public sealed record ScriptBody
{
    public string? Scenario { get; init; }

    /// <summary>Of the steps, for events and pages.</summary>
    public string? Name { get; init; }
    public ImmutableArray<SimulatedStep> Steps { get; init; } = [];
}

/// <summary>Plays with simulated UPSes. Every method checks the actor, validates, acts, and appends an event.</summary>
internal sealed class SimulatorCommands(UpsQueries upses, SimulatorQueries simulator, EventLog events)
{
    private const int LongestName = 100;

    /// <summary>Changes mains, load, battery or link of one.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="ConflictException">It is a real UPS, or the simulator is off.</exception>
    /// <exception cref="InvalidInputException">Values out of range.</exception>
    public async Task ChangeAsync(ClaimsPrincipal actor, int upsId, SimulatedChange change, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        Demand(change.Problems());
        var row = await upses.RowAsync(upsId, ct);
        simulator.Device(row).Change(change);
        Append(actor, row, "ups.simulatorChanged", Words(change), change);
    }

    /// <summary>Begins a script; one under way ends.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="ConflictException">It is a real UPS, or the simulator is off.</exception>
    /// <exception cref="InvalidInputException">No such scenario, or steps that cannot run.</exception>
    public async Task PlayAsync(ClaimsPrincipal actor, int upsId, ScriptBody body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        var script = Script(body);
        Demand(script.Problems());
        var row = await upses.RowAsync(upsId, ct);
        simulator.Device(row).Play(script);
        Append(actor, row, "ups.scriptStarted", $"{SimulatedScenarios.TitleOf(script.Name)} begins", script);
    }

    /// <summary>Ends the script under way; the device stays as it is.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="ConflictException">It is a real UPS, or the simulator is off.</exception>
    public async Task StopAsync(ClaimsPrincipal actor, int upsId, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        var row = await upses.RowAsync(upsId, ct);
        simulator.Device(row).Play(null);
        Append(actor, row, "ups.scriptStopped", $"the script is stopped", null);
    }

    private static SimulatedScript Script(ScriptBody body)
    {
        if (body.Scenario is not { } id)
        {
            if (body.Name is { Length: > LongestName })
                throw new InvalidInputException("name", $"Must not be longer than {LongestName} characters.");
            return new SimulatedScript(string.IsNullOrWhiteSpace(body.Name) ? "script" : body.Name.Trim(), body.Steps);
        }
        return SimulatedScenarios.Find(id)?.Script
            ?? throw new InvalidInputException(
                "scenario",
                $"Must be one of: {string.Join(", ", SimulatedScenarios.All.Select(s => s.Id))}."
            );
    }

    private static void Demand(IEnumerable<(string Field, string Message)> problems)
    {
        var errors = new FieldErrors();
        foreach (var (field, message) in problems)
            errors.Add(field, message);
        errors.ThrowIfAny();
    }

    private static Sentence Words(SimulatedChange change)
    {
        (string Name, object? Value)[] parts =
        [
            ("mains", change.Mains is { } mains ? (mains ? "on" : "off") : null),
            ("input", change.InputVoltage is { } volts ? $"{volts:0} V" : null),
            ("load", change.LoadWatts is { } watts ? $"{watts:0} W" : null),
            ("charge", change.ChargePercent is { } charge ? $"{charge:0} %" : null),
            ("battery health", change.BatteryHealthPercent is { } health ? $"{health:0} %" : null),
            ("battery pace", change.BatteryPace is { } pace ? FormattableString.Invariant($"{pace:0.#}") : null),
            ("ambient", change.AmbientCelsius is { } celsius ? $"{celsius:0} °C" : null),
            ("link", change.Link),
            ("FSD", change.ForcedShutdown is { } forced ? (forced ? "set" : "cleared") : null),
            ("return", change.Return),
        ];
        var said = parts.Where(p => p.Value is not null).Select(p => $"{p.Name} {p.Value}");
        return said.Any() ? Sentence.Verbatim(string.Join(", ", said)) : Sentence.Of($"nothing changed");
    }

    private void Append(ClaimsPrincipal actor, UpsRow row, string type, Sentence message, object? data) =>
        events.Append(
            new NewEvent(type, Severity.Info, row.Label, $"{row.Label}: {message}.")
            {
                Actor = Access.Name(actor),
                UpsId = row.Id,
                Data = data,
            }
        );
}

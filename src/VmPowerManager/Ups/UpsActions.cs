using System.Security.Claims;
using System.Text.Json;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Storage;

namespace VmPowerManager.Ups;

/// <summary>What <c>POST /ups/test</c> answers.</summary>
public sealed record UpsTestResult(UpsReadingView? Reading, IReadOnlyList<UpsCheck> Checks);

/// <summary>Talks to a device on a person's behalf; saves nothing.</summary>
internal sealed class UpsActions(
    UpsQueries queries,
    UpsDrivers drivers,
    UpsConfigs configs,
    SecretBox box,
    EventLog events,
    TimeProvider time
)
{
    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(10);

    /// <summary>As <see cref="ProbeAsync"/>, for callers that want success or a refusal.</summary>
    /// <exception cref="InvalidInputException">Fields that are wrong.</exception>
    /// <exception cref="PeerRefusedException">The step that failed, in the peer's words.</exception>
    public async Task<UpsTestResult> TestAsync(ClaimsPrincipal actor, JsonElement body, CancellationToken ct)
    {
        var result = await ProbeAsync(actor, body, ct);
        return result.Checks.FirstOrDefault(check => check.State == CheckState.Failed) is { } failed
            ? throw new PeerRefusedException(failed.Says, failed.Name)
            : result;
    }

    /// <summary>Connects, signs in, reads once; a step that failed is the last check, and there is no reading then.</summary>
    /// <param name="body">As for a new UPS; with the <c>id</c> of an existing one its stored secrets serve where none are
    /// sent, under the same rule as in an edit.</param>
    /// <exception cref="InvalidInputException">Fields that are wrong.</exception>
    /// <exception cref="PeerRefusedException">No answer to the checks, or none to the read after them.</exception>
    public async Task<UpsTestResult> ProbeAsync(ClaimsPrincipal actor, JsonElement body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        var input = UpsInput.Parse(body, drivers);
        var device = await DeviceAsync(body, input, ct);
        var began = time.Elapsed();
        await using var session = input.Driver.Open(device);
        var checks = await UpsDeviceCall.RefusedAsync("connect", session.CheckAsync, CheckLimit, time, ct);
        if (checks.Any(check => check.State == CheckState.Failed))
            return new UpsTestResult(null, checks);
        var reading = await UpsDeviceCall.RefusedAsync("read", session.ReadAsync, CheckLimit, time, ct);
        var now = time.Elapsed();
        var policy = new Core.Power.UpsPolicy
        {
            UpsId = 0,
            Name = input.Name,
            NominalVoltage = input.NominalVoltage,
        };
        var seen = UpsSnapshot
            .Unseen(new UpsConfig(device, input.Driver.Id, policy), began)
            .Observe(new UpsOutcome(reading, null), now);
        return new UpsTestResult(UpsReadingView.Of(seen, now, time.GetUtcNow()), checks);
    }

    /// <summary>The UPSes that the server at an address has, by name.</summary>
    /// <param name="body">As for <see cref="ProbeAsync"/>, but neither a name nor which of the UPSes is needed.</param>
    /// <exception cref="InvalidInputException">Fields that are wrong, or a driver that has one UPS an address.</exception>
    /// <exception cref="PeerRefusedException">The server's words.</exception>
    public async Task<IReadOnlyList<UpsListed>> ListAsync(ClaimsPrincipal actor, JsonElement body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        var input = UpsInput.Parse(UpsInput.ForListing(body, drivers), drivers);
        if (input.Driver is not IUpsListing listing)
            throw new InvalidInputException("driver", "Has one UPS at an address.");
        var device = await DeviceAsync(body, input, ct);
        var found = await UpsDeviceCall.RefusedAsync(
            "list",
            limited => listing.ListAsync(device, limited),
            CheckLimit,
            time,
            ct
        );
        return [.. found.OrderBy(ups => ups.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Runs a command of the device.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="PeerRefusedException">The device's words.</exception>
    public async Task<UpsCommandOutcome> RunCommandAsync(
        ClaimsPrincipal actor,
        int id,
        string name,
        string? value,
        CancellationToken ct
    )
    {
        Access.Demand(actor, UpsDeviceCommand.Of(name).Needed);
        if (name.Length is 0 or > 100 || name.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
            throw new InvalidInputException("name", "Must be the name of a command.");
        if (value?.Length > 200 || value?.Any(char.IsControl) == true)
            throw new InvalidInputException("value", "Must be a text of at most 200 characters in one line.");
        var row = await queries.RowAsync(id, ct);
        var config = configs.Of(row);
        await using var session = drivers.Get(config.Driver).Open(config.Device);
        var order = new Order("ups.command", name, Sentence.Verbatim(name), new { name, value });
        return await TellAsync(actor, row, order, limited => session.ExecuteAsync(name, value, limited), ct);
    }

    /// <summary>Sets a variable of the device that may be set.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="InvalidInputException">The device has no such variable to set, or it cannot be that.</exception>
    /// <exception cref="PeerRefusedException">The device's words.</exception>
    public async Task<UpsCommandOutcome> SetVariableAsync(
        ClaimsPrincipal actor,
        int id,
        string name,
        string value,
        CancellationToken ct
    )
    {
        Access.Demand(actor, Role.Administrator);
        var row = await queries.RowAsync(id, ct);
        var config = configs.Of(row);
        await using var session = drivers.Get(config.Driver).Open(config.Device);
        if (session is not IUpsVariables variables)
            throw new InvalidInputException("name", "This driver cannot set variables.");
        var all = await UpsDeviceCall.RefusedAsync("variables", variables.WritableAsync, CommandLimit, time, ct);
        var before =
            all.FirstOrDefault(v => v.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new InvalidInputException("name", "The device has no such variable to set.");
        if (before.Against(value) is { } against)
            throw new InvalidInputException("value", against);
        var data = new
        {
            before.Name,
            before.Value,
            NewValue = value,
        };
        var order = new Order("ups.variable", before.Name, $"{before.Name}: \"{before.Value}\" to \"{value}\"", data);
        return await TellAsync(actor, row, order, limited => variables.SetAsync(before.Name, value, limited), ct);
    }

    /// <summary>What a device is told, for its events.</summary>
    private sealed record Order(string Type, string Name, Sentence Words, object Data);

    private async Task<UpsCommandOutcome> TellAsync(
        ClaimsPrincipal actor,
        UpsRow row,
        Order order,
        Func<CancellationToken, Task<UpsCommandOutcome>> tell,
        CancellationToken ct
    )
    {
        // Before it is sent: what is on its way must not go unrecorded.
        Append(actor, row, $"{order.Type}Sent", $"{row.Label}: {order.Words} is sent.", order.Data);
        try
        {
            var outcome = await UpsDeviceCall.RefusedAsync(order.Name, tell, CommandLimit, time, ct);
            var (type, words) =
                outcome == UpsCommandOutcome.Done
                    ? ("Done", Sentence.Of($"was done"))
                    : ("Accepted", Sentence.Of($"was accepted"));
            Append(actor, row, $"{order.Type}{type}", $"{row.Label}: {order.Words} {words}.", order.Data);
            return outcome;
        }
        catch (PeerRefusedException e)
        {
            Append(actor, row, $"{order.Type}Failed", $"{row.Label}: {order.Words} failed: {e.Message}", order.Data);
            throw;
        }
    }

    /// <summary>The device as a person describes it; with the <c>id</c> of an existing one its stored secrets serve where
    /// none are sent.</summary>
    private async Task<UpsDevice> DeviceAsync(JsonElement body, UpsInput input, CancellationToken ct)
    {
        var secrets =
            body.TryGetProperty("id", out var id)
            && id.ValueKind == JsonValueKind.Number
            && id.TryGetInt32(out var known)
                ? UpsSecrets.Merge(await queries.RowAsync(known, ct), input, box)
                : input.Secrets.Where(s => s.Value.Length > 0).ToDictionary();
        return new UpsDevice(0, input.Name, input.Settings, secrets);
    }

    private void Append(ClaimsPrincipal actor, UpsRow row, string type, Sentence message, object data) =>
        events.Append(
            new NewEvent(type, Severity.Info, row.Label, message)
            {
                Actor = Access.Name(actor),
                UpsId = row.Id,
                Data = data,
            }
        );
}

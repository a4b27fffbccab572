using System.Security.Claims;
using System.Text.Json;
using VmPowerManager.Accounts;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Events;

namespace VmPowerManager.Ups.Discovery;

/// <summary>Searches the network for UPSes on an administrator's behalf: only when told, and with an event that says who
/// searched where.</summary>
internal sealed class DiscoveryCommands(UpsScanner scanner, UpsDrivers drivers, EventLog events)
{
    private const string Source = "Discovery";

    /// <summary>The newest search, for screens.</summary>
    /// <exception cref="ForbiddenException">For administrators only.</exception>
    public Live<UpsScan> Scan(ClaimsPrincipal actor)
    {
        Access.Demand(actor, Role.Administrator);
        return scanner.Scan;
    }

    /// <summary>Begins a search; it goes on when this returns.</summary>
    /// <exception cref="InvalidInputException">Fields that are wrong.</exception>
    /// <exception cref="ConflictException">One runs already.</exception>
    public void Start(ClaimsPrincipal actor, JsonElement body)
    {
        Access.Demand(actor, Role.Administrator);
        var input = ScanInput.Parse(body, drivers);
        var who = Access.Name(actor);
        if (!scanner.TryStart(input, who, scan => Ended(who, scan)))
            throw new ConflictException($"A search runs already: {scanner.Scan.Value.Range}.");
        var what = string.Join(", ", input.Targets.Select(t => $"{t.Driver.Id} {t.Port}"));
        events.Append(
            new NewEvent(
                "ups.searchStarted",
                Severity.Info,
                Source,
                $"A search for UPSes began: {input.Range} ({input.Addresses.Count} addresses; {what})."
            )
            {
                Actor = who,
                Data = new { input.Range, Addresses = input.Addresses.Count },
            }
        );
    }

    /// <summary>Stops the search that runs; what it has found stays.</summary>
    /// <exception cref="ConflictException">None runs.</exception>
    public void Cancel(ClaimsPrincipal actor)
    {
        Access.Demand(actor, Role.Administrator);
        if (!scanner.Cancel())
            throw new ConflictException("No search runs.");
    }

    /// <summary>Looks again which of what was found is configured by now.</summary>
    public Task RecogniseAsync(ClaimsPrincipal actor, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        return scanner.RecogniseAsync(drivers, ct);
    }

    private void Ended(string who, UpsScan scan) =>
        events.Append(
            new NewEvent(
                "ups.searchEnded",
                Severity.Info,
                Source,
                $"The search of {scan.Range} ended ({JsonNamingPolicy.CamelCase.ConvertName($"{scan.State}")}): {scan.Found.Length} found at {scan.Asked} of {scan.Addresses} addresses."
            )
            {
                Actor = who,
                Data = new
                {
                    scan.Range,
                    scan.State,
                    Found = scan.Found.Length,
                },
            }
        );
}

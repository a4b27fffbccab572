using System.Globalization;
using System.Security.Claims;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Events;
using VmPowerManager.Hosts;

namespace VmPowerManager.Plans.Learning;

/// <summary>Lets a person overrule what was learned.</summary>
public sealed class DurationCommands(DurationDirectory directory, IHostFeed hosts, EventLog events)
{
    private const double LongestSeconds = 24 * 3600;

    /// <param name="key">Of a known target: <c>host:1|shutdown</c>, <c>guest:realm/id|start</c> ...</param>
    /// <param name="seconds">Null: as it was learned.</param>
    /// <exception cref="NotFoundException">There is no such target.</exception>
    /// <exception cref="InvalidInputException">No such action, or not a duration.</exception>
    public async Task<DurationView> OverrideAsync(
        ClaimsPrincipal actor,
        string key,
        double? seconds,
        CancellationToken ct
    )
    {
        Access.Demand(actor, Role.Administrator);
        var at = key.LastIndexOf('|');
        if (at < 0 || !Enum.TryParse<StepAction>(key[(at + 1)..], ignoreCase: true, out var action))
            throw new InvalidInputException("key", "A target and an action, such as host:1|shutdown.");
        if (seconds is not null and not (>= 1 and <= LongestSeconds))
            throw new InvalidInputException("seconds", "Between 1 second and 24 hours.");
        key = LearnedDuration.KeyOf(key[..at], action);
        var target = directory.All.Value.GetValueOrDefault(key)?.Target ?? NameOf(key[..at]);
        var entry = await directory.OverrideAsync(key, target ?? throw new NotFoundException(key), seconds, ct);
        Tell(actor, entry, action);
        return DurationView.Of(entry);
    }

    private string? NameOf(string target) =>
        hosts.Hosts.FirstOrDefault(h => TargetRef.HostKey(h.Id) == target)?.Name
        ?? hosts
            .Hosts.SelectMany(h => h.Guests)
            .FirstOrDefault(g => GuestModel.KeyOf(g.Realm, g.ExternalId) == target)
            ?.Name;

    private void Tell(ClaimsPrincipal actor, DurationEntry entry, StepAction action)
    {
        var what = entry.OverrideSeconds is { } seconds
            ? $"takes {seconds.ToString("0.#", CultureInfo.InvariantCulture)} s"
            : "takes what was learned";
        events.Append(
            new NewEvent(
                "duration.overridden",
                Severity.Info,
                entry.Target,
                $"{Access.Name(actor)} said that {action} of {entry.Target} {what}."
            )
            {
                Actor = Access.Name(actor),
            }
        );
    }
}

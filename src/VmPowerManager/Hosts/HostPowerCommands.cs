using System.Security.Claims;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Events;

namespace VmPowerManager.Hosts;

/// <summary>Single power actions of people, and listing a host's guests on demand.</summary>
internal sealed class HostPowerCommands(
    HostDirectory directory,
    HostMonitor monitor,
    IHostPower power,
    TargetOwners owners,
    EventLog events
)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Lists a host's guests now.</summary>
    /// <exception cref="RefusalException">Forbidden, unknown, or the host's own words.</exception>
    public async Task<IReadOnlyList<GuestSnapshot>> DiscoverAsync(
        ClaimsPrincipal actor,
        int hostId,
        CancellationToken ct
    )
    {
        Access.Demand(actor, Role.Operator);
        Host(hostId);
        var outcome = await monitor.DiscoverAsync(hostId, ct);
        return outcome.Ok ? Host(hostId).Guests : throw new PeerRefusedException(outcome.Words ?? "", "discover");
    }

    /// <summary>The probe of a saved host, as it is stored: the same calls as a run makes, without effect.</summary>
    /// <exception cref="RefusalException">Forbidden, unknown.</exception>
    public async Task<HostProbe> CheckAsync(ClaimsPrincipal actor, int hostId, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        Host(hostId);
        return HostProbe.Of(await power.ProbeAsync(hostId, Limit, ct));
    }

    /// <summary>Asks a host; the answer tells what it was asked.</summary>
    /// <exception cref="RefusalException">Forbidden, unknown, in a run, unable, or its own words.</exception>
    public async Task<string> HostAsync(ClaimsPrincipal actor, int hostId, string? action, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        var host = Host(hostId);
        var verb = action switch
        {
            "shutdown" => HostVerb.Shutdown,
            "reboot" => HostVerb.Reboot,
            "wake" or "start" => throw new PeerRefusedException(NoWake(host), action),
            "forceOff" or "save" => throw new PeerRefusedException(
                $"A host of platform {host.Platform} cannot be told to do that.",
                action
            ),
            _ => throw new InvalidInputException("action", "One of: shutdown, reboot, forceOff, start, save, wake."),
        };
        DemandFree(host.Name, hostId, null, null);
        var outcome = await power.HostAsync(hostId, verb, Limit, ct);
        Told(actor, host, null, action!, outcome); // not null: it is one of the words above
        monitor.WatchClosely(hostId);
        return $"{host.Name} accepted {action}.";
    }

    /// <summary>Asks a guest's host; returns once the platform accepted.</summary>
    /// <exception cref="RefusalException">Forbidden, unknown, in a run, or the platform's own words.</exception>
    public async Task<string> GuestAsync(ClaimsPrincipal actor, int guestId, string? action, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        var guest =
            monitor.Picture.Guests.FirstOrDefault(g => g.Id == guestId)
            ?? throw new NotFoundException($"Guest {guestId}");
        var verb = action switch
        {
            "shutdown" => GuestVerb.Shutdown,
            "forceOff" => GuestVerb.ForceOff,
            "start" => guest.State == GuestState.Paused ? GuestVerb.Resume : GuestVerb.Start,
            "save" => GuestVerb.Save,
            "reboot" => GuestVerb.Reboot,
            _ => throw new InvalidInputException("action", "One of: shutdown, forceOff, start, save, reboot."),
        };
        DemandFree(guest.Name, guest.HostId, guest.Realm, guest.ExternalId);
        var outcome = await power.GuestAsync(guest.HostId, guest.ExternalId, verb, null, Limit, ct);
        Told(actor, Host(guest.HostId), guest, action!, outcome); // not null: it is one of the words above
        monitor.WatchClosely(guest.HostId);
        return $"{guest.Name} on {Host(guest.HostId).Name}: {action} accepted.";
    }

    private string NoWake(HostSnapshot host) =>
        directory.Find(host.Id)?.Settings.Wake.Count > 0
            ? $"This version cannot use the wake methods of {host.Name} yet."
            : $"{host.Name} has no wake method.";

    private HostSnapshot Host(int hostId) =>
        monitor.Picture.Hosts.GetValueOrDefault(hostId) ?? throw new NotFoundException($"Host {hostId}");

    private void DemandFree(string name, int hostId, string? realm, string? externalId)
    {
        if (owners.OwnerOf(hostId, realm, externalId) is { } who)
            throw new ConflictException($"{name} is in use by {who}.");
    }

    /// <summary>What failed is an event as well: a person tried.</summary>
    private void Told(
        ClaimsPrincipal actor,
        HostSnapshot host,
        GuestSnapshot? guest,
        string action,
        DeviceOutcome<bool> outcome
    )
    {
        var (name, kind) = guest is null ? (host.Name, "host") : (guest.Name, "guest");
        events.Append(
            new NewEvent(
                outcome.Ok ? $"{kind}.told" : $"{kind}.refused",
                outcome.Ok ? Severity.Info : Severity.Warning,
                name,
                outcome.Ok
                    ? Sentence.Of($"{name} was told by hand: {action}.")
                    : Sentence.Of($"{name} did not accept {action}: {outcome.Words}")
            )
            {
                Actor = Access.Name(actor),
                HostId = host.Id,
                Data = new { action, guestId = guest?.Id },
            }
        );
        if (!outcome.Ok)
            throw new PeerRefusedException(outcome.Words ?? "", action);
        monitor.Tell(new PersonAction(host.Id, guest?.Realm, guest?.ExternalId, action, Access.Name(actor)));
    }
}

using System.Security.Claims;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>Single power actions of people, and listing a host's guests on demand.</summary>
internal sealed class HostPowerCommands(HostMonitor monitor, IHostPower power, TargetOwners owners, EventLog events)
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
        if (action is not ("shutdown" or "reboot" or "wake" or "start" or "forceOff" or "save"))
            throw new InvalidInputException("action", "One of: shutdown, reboot, forceOff, start, save, wake.");
        DemandAble(host, action);
        DemandFree(host.Name, hostId, null, null);
        var outcome = action switch
        {
            "shutdown" => await power.HostAsync(hostId, HostVerb.Shutdown, Limit, ct),
            "reboot" => await power.HostAsync(hostId, HostVerb.Reboot, Limit, ct),
            "forceOff" => await power.BmcOffAsync(hostId, Limit, ct),
            _ => await WakeAsync(host, ct),
        };
        Told(actor, host, null, action, outcome);
        monitor.WatchClosely(hostId);
        return $"{host.Name} accepted {action}.";
    }

    /// <summary>By the first of its ways that takes it.</summary>
    private async Task<DeviceOutcome<bool>> WakeAsync(HostSnapshot host, CancellationToken ct)
    {
        var words = new List<string>();
        for (var i = 0; i < host.WakeMethods.Count; i++)
        {
            var outcome = await power.WakeAsync(host.Id, i, provedOff: false, Limit, ct);
            if (outcome.Ok)
                return new(true, null, null);
            words.Add($"{host.WakeMethods[i]}: {outcome.Words}");
        }
        return new(false, DeviceFault.Refused, string.Join("; ", words));
    }

    private static void DemandAble(HostSnapshot host, string action)
    {
        Sentence? why = action switch
        {
            "save" => Sentence.Of($"A host of platform {host.Platform} cannot be told to do that."),
            "wake" or "start" when host.WakeMethods.Count == 0 => Sentence.Of($"{host.Name} has no wake method."),
            "forceOff" when !host.PowerCanBeTaken => Sentence.Of(
                $"A host of platform {host.Platform} is forced off through its BMC or its outlet, and it has neither (wake methods ipmi, redfish, pdu, nutOutlet)."
            ),
            "forceOff" when host.RunsManager => Sentence.Of(
                $"{host.Name} runs this program: its power is not taken through its BMC."
            ),
            _ => null,
        };
        if (why is not null)
            throw new PeerRefusedException(why, action);
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

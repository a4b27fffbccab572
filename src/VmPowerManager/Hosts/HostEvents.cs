using VmPowerManager.Core;
using VmPowerManager.Events;

namespace VmPowerManager.Hosts;

/// <summary>Tells what a refresh changed: once when it begins, once when it ends.</summary>
internal static class HostEvents
{
    public static void Append(EventLog events, HostPicture before, HostSnapshot now, bool trustChanged)
    {
        var had = before.Hosts.GetValueOrDefault(now.Id);
        if (now.Fault is { } fault && had?.Fault != fault && (had?.Fault is null || trustChanged))
            events.Append(Fault(now, fault, trustChanged));
        else if (now.Fault is null && had?.Fault is not null)
            events.Append(
                new NewEvent("host.reachable", Severity.Info, now.Name, $"{now.Name} answers again.")
                {
                    HostId = now.Id,
                }
            );
        if (now.Fault is null && had?.RefreshedAt is not null)
            AppendGuests(events, before, now);
    }

    private static NewEvent Fault(HostSnapshot host, string words, bool trustChanged) =>
        trustChanged
            ? new("host.trustChanged", Severity.Critical, host.Name, $"{host.Name}: {words}") { HostId = host.Id }
            : new("host.unreachable", Severity.Warning, host.Name, $"{host.Name} cannot be read: {words}")
            {
                HostId = host.Id,
            };

    private static void AppendGuests(EventLog events, HostPicture before, HostSnapshot host)
    {
        var known = before.Guests.ToDictionary(g => (g.Realm, g.ExternalId));
        foreach (var guest in host.Guests)
            if (known.TryGetValue((guest.Realm, guest.ExternalId), out var had) && had.State != guest.State)
                events.Append(
                    new NewEvent(
                        "guest.stateChanged",
                        Severity.Info,
                        guest.Name,
                        $"{guest.Name} on {host.Name}: {Word(had.State)}, now {Word(guest.State)}."
                    )
                    {
                        HostId = host.Id,
                        Data = new
                        {
                            guestId = guest.Id,
                            guest.ExternalId,
                            from = had.State,
                            to = guest.State,
                        },
                    }
                );
    }

    private static Sentence Word(GuestState state) =>
        state switch
        {
            GuestState.Running => $"running",
            GuestState.Off => $"off",
            GuestState.Paused => $"paused",
            GuestState.Saved => $"saved",
            _ => $"unknown",
        };
}

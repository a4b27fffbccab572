using System.Collections.Immutable;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>What is known of all hosts and their guests at one moment. Immutable and pure: each change gives a new one.
/// A guest is (realm, external id) and is in exactly one host's list, where it was last seen (POLICY C5).</summary>
internal sealed record HostPicture(ImmutableSortedDictionary<int, HostSnapshot> Hosts)
{
    public static HostPicture Empty { get; } = new(ImmutableSortedDictionary<int, HostSnapshot>.Empty);

    public IEnumerable<GuestSnapshot> Guests => Hosts.Values.SelectMany(h => h.Guests);

    /// <summary>Takes over the configuration: new hosts come without guests, removed ones go with theirs.</summary>
    public HostPicture Configured(IEnumerable<HostSnapshot> hosts) =>
        new(
            hosts.ToImmutableSortedDictionary(
                h => h.Id,
                h =>
                    Hosts.TryGetValue(h.Id, out var had) && had.Platform == h.Platform
                        ? h with
                        {
                            Realm = had.Realm,
                            WholeRealm = had.WholeRealm,
                            NotReady = had.NotReady,
                            Guests = had.Guests,
                            Facts = had.Facts,
                            Forced = had.Forced,
                            RefreshedAt = had.RefreshedAt,
                            Refreshed = had.Refreshed,
                            Fault = h.Fault ?? had.Fault,
                            FaultKind = h.Fault is null ? had.FaultKind : null,
                        }
                        : h
            )
        );

    /// <summary>Guests as stored by an earlier process, for hosts that were not refreshed yet.</summary>
    public HostPicture Remembered(IEnumerable<GuestSnapshot> guests)
    {
        var byHost = guests.ToLookup(g => g.HostId);
        return new(
            Hosts.ToImmutableSortedDictionary(
                h => h.Key,
                h =>
                    h.Value.RefreshedAt is null && byHost.Contains(h.Key)
                        ? h.Value with
                        {
                            Guests = Sorted(byHost[h.Key]),
                            Realm = byHost[h.Key].MaxBy(g => g.SeenAt)?.Realm,
                        }
                        : h.Value
            )
        );
    }

    /// <summary>A complete listing: guests that came from another host move here; guests that are in no listing any more
    /// stay, in an unknown state.</summary>
    /// <param name="elapsed">When it was asked for: a later question may have been answered before.</param>
    public HostPicture Refreshed(int hostId, HostInventory seen, DateTimeOffset at, TimeSpan elapsed)
    {
        if (!Hosts.TryGetValue(hostId, out var host))
            return this;
        if (host.Refreshed > elapsed)
            return new(Hosts.SetItem(hostId, Completed(host, seen)));
        var realm = host.RealmOf(seen);
        var before = Guests.Where(g => g.Realm == realm).ToDictionary(g => g.ExternalId, StringComparer.Ordinal);
        var here = seen
            .Guests.DistinctBy(g => g.ExternalId)
            .Select(g => Seen(hostId, realm, g, before.GetValueOrDefault(g.ExternalId), at))
            .ToList();
        var ids = here.Select(g => (g.Realm, g.ExternalId)).ToHashSet();
        var gone = host
            .Guests.Where(g => !ids.Contains((g.Realm, g.ExternalId)))
            .Select(g => g with { State = GuestState.Unknown, Agent = AgentState.Unknown });
        var hosts = Hosts.SetItems(
            Hosts
                .Values.Where(h => h.Id != hostId && h.Guests.Any(g => ids.Contains((g.Realm, g.ExternalId))))
                .Select(h => KeyValuePair.Create(h.Id, h with { Guests = Without(h.Guests, ids) }))
        );
        var refreshed = host with
        {
            Realm = realm,
            WholeRealm = seen.WholeRealm,
            NotReady = seen.NotReady,
            Guests = Sorted([.. here, .. gone]),
            Facts = seen.Facts ?? host.Facts,
            Forced = seen.Forced ?? host.Forced,
            RefreshedAt = at,
            Refreshed = elapsed,
            Fault = null,
            FaultKind = null,
        };
        return new(hosts.SetItem(hostId, refreshed));
    }

    /// <summary>An answer that was overtaken by a later one: of it only what a quick look does not tell.</summary>
    private static HostSnapshot Completed(HostSnapshot host, HostInventory seen)
    {
        var agents = seen.Guests.DistinctBy(g => g.ExternalId).ToDictionary(g => g.ExternalId, g => g.Agent);
        return host with
        {
            Facts = seen.Facts ?? host.Facts,
            Forced = seen.Forced ?? host.Forced,
            Guests =
            [
                .. host.Guests.Select(g =>
                    g.State == GuestState.Running
                    && agents.TryGetValue(g.ExternalId, out var agent)
                    && agent != AgentState.Unknown
                        ? g with
                        {
                            Agent = agent,
                        }
                        : g
                ),
            ],
        };
    }

    /// <param name="elapsed">When it was asked for.</param>
    public HostPicture Failed(int hostId, string words, DeviceFault? kind, TimeSpan elapsed) =>
        Hosts.TryGetValue(hostId, out var host) && !(host.Refreshed > elapsed)
            ? new(Hosts.SetItem(hostId, host with { Fault = words, FaultKind = kind }))
            : this;

    /// <summary>A person gave a guest another priority.</summary>
    public HostPicture Prioritised(int guestId, int priority) =>
        Hosts.Values.FirstOrDefault(h => h.Guests.Any(g => g.Id == guestId)) is { } host
            ? new(
                Hosts.SetItem(
                    host.Id,
                    host with
                    {
                        Guests = [.. host.Guests.Select(g => g.Id == guestId ? g with { Priority = priority } : g)],
                    }
                )
            )
            : this;

    /// <summary>Gives guests the ids that they were stored under.</summary>
    public HostPicture Stored(IReadOnlyDictionary<(string Realm, string ExternalId), int> ids) =>
        new(
            Hosts.ToImmutableSortedDictionary(
                h => h.Key,
                h =>
                    h.Value.Guests.All(g => g.Id is not null)
                        ? h.Value
                        : h.Value with
                        {
                            Guests =
                            [
                                .. h.Value.Guests.Select(g =>
                                    g.Id is null && ids.TryGetValue((g.Realm, g.ExternalId), out var id)
                                        ? g with
                                        {
                                            Id = id,
                                        }
                                        : g
                                ),
                            ],
                        }
            )
        );

    /// <summary>A quick listing does not ask for agents: what was known stays true while the guest runs.</summary>
    private static GuestSnapshot Seen(
        int hostId,
        string realm,
        GuestSighting guest,
        GuestSnapshot? before,
        DateTimeOffset at
    ) =>
        new()
        {
            Id = before?.Id,
            HostId = hostId,
            Realm = realm,
            ExternalId = guest.ExternalId,
            Name = guest.Name,
            Kind = guest.Kind,
            State = guest.State,
            Agent =
                guest.Agent == AgentState.Unknown
                && guest.State == GuestState.Running
                && before?.State == GuestState.Running
                    ? before.Agent
                    : guest.Agent,
            Priority = before?.Priority ?? 0,
            ControlsHosts = guest.ControlsHosts ?? before?.ControlsHosts ?? false,
            SeenAt = at,
        };

    private static List<GuestSnapshot> Without(
        IReadOnlyList<GuestSnapshot> guests,
        HashSet<(string Realm, string ExternalId)> ids
    ) => [.. guests.Where(g => !ids.Contains((g.Realm, g.ExternalId)))];

    private static List<GuestSnapshot> Sorted(IEnumerable<GuestSnapshot> guests) =>
        [
            .. guests
                .OrderBy(g => g.Name, StringComparer.OrdinalIgnoreCase)
                .ThenBy(g => g.ExternalId, StringComparer.Ordinal),
        ];
}

using System.Collections.Immutable;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;
using VmPowerManager.Hosts;

namespace VmPowerManager.Plans;

/// <summary>Finds the managed target that a UPS is said to be served by, by its name (POLICY A10). Pure.</summary>
internal static class UpsServers
{
    public static ImmutableSortedDictionary<int, UpsServer> Of(
        IEnumerable<UpsPolicy> upses,
        IReadOnlyList<HostSnapshot> hosts
    )
    {
        var servers = ImmutableSortedDictionary<int, UpsServer>.Empty;
        foreach (var ups in upses)
        {
            if (!string.IsNullOrWhiteSpace(ups.ServedBy) && Find(ups.ServedBy.Trim(), hosts) is { } server)
                servers = servers.SetItem(ups.UpsId, server);
        }
        return servers;
    }

    private static UpsServer? Find(string name, IReadOnlyList<HostSnapshot> hosts)
    {
        if (hosts.FirstOrDefault(h => Same(h.Name, name)) is { } host)
            return new UpsServer(host.Id);
        var guest = hosts.SelectMany(h => h.Guests).FirstOrDefault(g => Same(g.Name, name));
        return guest is null ? null : new UpsServer(guest.HostId, GuestModel.KeyOf(guest.Realm, guest.ExternalId));
    }

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}

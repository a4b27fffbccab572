namespace VmPowerManager.Hosts.Pages;

/// <summary>What the list of hosts is sorted by.</summary>
public enum HostSort
{
    Name,
    State,
    Guests,
    Seen,
}

/// <summary>A line of the tree: a host, or one of its guests.</summary>
/// <param name="Open">For a host: its guests follow.</param>
public sealed record HostLine(HostSnapshot Host, GuestSnapshot? Guest, bool Open)
{
    public string Key => Guest is null ? $"{Host.Id}" : $"{Guest.Realm}/{Guest.ExternalId}";
}

/// <summary>The tree as flat lines, so that only what is on the screen is drawn. Pure.</summary>
public static class HostRows
{
    /// <summary>Hosts whose name, or one of whose guests' names, has the words in it; a search opens the hosts that it
    /// found guests of, and shows of those only what it found, unless the host itself is meant.</summary>
    public static List<HostLine> Of(
        IEnumerable<HostSnapshot> hosts,
        string? search,
        HostSort by,
        bool descending,
        IReadOnlySet<int> folded
    )
    {
        var lines = new List<HostLine>();
        var wanted = search?.Trim() ?? "";
        foreach (var host in Sorted(hosts, by, descending))
        {
            var named = Has(host.Name, wanted);
            var guests = host.Guests.Where(g => Has(g.Name, wanted)).ToList();
            if (!named && guests.Count == 0)
                continue;
            var open = wanted.Length > 0 && guests.Count > 0 || !folded.Contains(host.Id);
            lines.Add(new HostLine(host, null, open));
            if (open)
                lines.AddRange((guests.Count > 0 ? guests : host.Guests).Select(g => new HostLine(host, g, false)));
        }
        return lines;
    }

    private static bool Has(string name, string wanted) =>
        name.Contains(wanted, StringComparison.CurrentCultureIgnoreCase);

    /// <summary>By state: what needs a look comes first.</summary>
    private static IEnumerable<HostSnapshot> Sorted(IEnumerable<HostSnapshot> hosts, HostSort by, bool descending)
    {
        var named = hosts.OrderBy(h => h.Name, StringComparer.CurrentCultureIgnoreCase);
        var sorted = by switch
        {
            HostSort.State => named.OrderByDescending(h => HostCondition.Of(h).Condition),
            HostSort.Guests => named.OrderByDescending(h => h.Guests.Count(g => g.State == GuestState.Running)),
            HostSort.Seen => named.OrderBy(h => h.RefreshedAt ?? DateTimeOffset.MinValue),
            _ => named,
        };
        return descending ? sorted.Reverse() : sorted;
    }
}

using System.Text.RegularExpressions;

namespace VmPowerManager.Hosts.VSphere;

/// <summary>A VM as <c>vim-cmd</c> tells it.</summary>
/// <param name="VmId">What the other commands of <c>vim-cmd vmsvc</c> take.</param>
internal sealed record EsxiGuest(int VmId, string Id, string Name)
{
    public GuestState State { get; init; }
    public AgentState Agent { get; init; }
    public bool IsTemplate { get; init; }
    public bool IsAgent { get; init; }

    /// <summary>It has an instanceUuid: by its number alone it is known only on this host, until it is registered anew.</summary>
    public bool IsKnown => !Id.StartsWith("moid:", StringComparison.Ordinal);
}

/// <summary>What the listing script prints: the host's UUID and its mode, the table of VMs, then each VM's summary.</summary>
/// <param name="IsWhole">False: the host has VMs that are not told, or not told well enough to know them by (C5).</param>
internal sealed partial record EsxiListing(
    string? Uuid,
    bool InMaintenance,
    IReadOnlyList<EsxiGuest> Guests,
    bool IsWhole
)
{
    private const int MostGuests = 2000;

    /// <inheritdoc cref="VSphereInventory.Own"/>
    public IEnumerable<EsxiGuest> Own => Guests.Where(g => g is { IsTemplate: false, IsAgent: false });

    /// <summary>Null: it does not end as the script ends, so that something is missing.</summary>
    public static EsxiListing? Parse(string output)
    {
        var (uuid, maintenance, ended, whole) = ((string?)null, false, false, true);
        var names = new Dictionary<int, string>();
        var guests = new Dictionary<int, Dictionary<string, string>>();
        Dictionary<string, string>? current = null;
        foreach (var raw in output.Split('\n'))
        {
            var line = raw.TrimEnd('\r');
            if (Guest().Match(line) is { Success: true } begins)
                current = Begun(guests, begins.Groups[1].Value, ref whole);
            else if (line.StartsWith("@@row ", StringComparison.Ordinal))
                whole &= TakeRow(names, line);
            else if (line.StartsWith("@@uuid ", StringComparison.Ordinal))
                uuid = Text(line["@@uuid ".Length..])?.ToLowerInvariant();
            else if (line.StartsWith("@@maintenance ", StringComparison.Ordinal))
                maintenance = Text(line["@@maintenance ".Length..]) is "Enabled" or "true";
            else if (line == "@@end")
                ended = true;
            else if (current is not null && Property().Match(line) is { Success: true } property)
                current.TryAdd(property.Groups[1].Value, property.Groups[2].Value.Trim('"'));
        }
        if (!ended)
            return null;
        var told = guests.Where(g => names.ContainsKey(g.Key) || g.Value.ContainsKey("powerState")).Select(g => g.Key);
        var all = names.Keys.Union(told).Order().ToList();
        var read = all.Select(id => Of(id, names.GetValueOrDefault(id), guests.GetValueOrDefault(id) ?? [])).ToList();
        return new(uuid, maintenance, read, whole && read.TrueForAll(g => g.IsKnown));
    }

    /// <summary>What is told of a VM twice is taken once: a second look that failed must not wipe the first.</summary>
    private static Dictionary<string, string>? Begun(
        Dictionary<int, Dictionary<string, string>> guests,
        string number,
        ref bool whole
    )
    {
        var id = int.Parse(number, System.Globalization.CultureInfo.InvariantCulture);
        if (guests.TryGetValue(id, out var had))
            return had.Count == 0 ? had : null;
        if (guests.Count < MostGuests)
            return guests[id] = [];
        whole = false;
        return null;
    }

    /// <summary>A VM of the table; false: one that the host skips because it cannot read it, or one too many.</summary>
    private static bool TakeRow(Dictionary<int, string> names, string line)
    {
        if (Row().Match(line) is not { Success: true } row)
            return !line.StartsWith("@@row Skipping", StringComparison.Ordinal);
        if (names.Count >= MostGuests)
            return false;
        var id = int.Parse(row.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        names.TryAdd(id, row.Groups[2].Value);
        return true;
    }

    /// <param name="told">Empty: it is there, and could not be asked just now.</param>
    private static EsxiGuest Of(int vmId, string? listed, Dictionary<string, string> told)
    {
        var name = told.GetValueOrDefault("name") ?? listed ?? $"{vmId}";
        var id = told.GetValueOrDefault("instanceUuid");
        return new(vmId, Guid.TryParse(id, out _) ? id.ToLowerInvariant() : $"moid:{vmId}", name)
        {
            State = VSphereInventory.StateOf(
                told.GetValueOrDefault("powerState"),
                told.GetValueOrDefault("connectionState")
            ),
            Agent = VSphereInventory.AgentOf(told.GetValueOrDefault("toolsRunningStatus")),
            IsTemplate = told.GetValueOrDefault("template") == "true",
            IsAgent = VSphereInventory.IsClusterAgent(name, told.GetValueOrDefault("extensionKey")),
        };
    }

    private static string? Text(string given) => given.Trim().Trim('"', ',') is { Length: > 0 } text ? text : null;

    [GeneratedRegex("^@@vm ([0-9]{1,9})$")]
    private static partial Regex Guest();

    /// <summary>A line of the table: number, name, datastore and file. Lines of annotations look otherwise.</summary>
    [GeneratedRegex(@"^@@row ([0-9]{1,9}) +(.{1,200}?) +\[[^\]]+\] ")]
    private static partial Regex Row();

    /// <summary><c>   name = "web01", </c> as vim-cmd prints data objects.</summary>
    [GeneratedRegex("^ *([A-Za-z]{1,40}) = (.{0,400}?),? *$")]
    private static partial Regex Property();
}

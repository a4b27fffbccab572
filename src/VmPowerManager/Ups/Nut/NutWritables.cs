using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Ups.Nut;

/// <summary>What may be set on a UPS, and to what. Asks in short turns, so that status reads go between.</summary>
internal sealed class NutWritables(NutSettings settings, NutLease lease)
{
    /// <summary>Each takes up to four questions.</summary>
    private const int Most = 200;

    /// <exception cref="DeviceException">The server's own words.</exception>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task<IReadOnlyList<UpsWritable>> ListAsync(CancellationToken ct)
    {
        var all = await lease.ReadAsync((client, limited) => client.ListWritableAsync(settings.UpsName, limited), ct);
        var writable = new List<UpsWritable>();
        foreach (var variable in all.OrderBy(v => v.Name, StringComparer.Ordinal).Take(Most))
            writable.Add(await lease.ReadAsync((client, limited) => DescribeAsync(client, variable, limited), ct));
        return writable;
    }

    /// <summary>One of them; null where the device has no such variable or it may not be set.</summary>
    /// <exception cref="DeviceException">The server's own words.</exception>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task<UpsWritable?> FindAsync(string name, CancellationToken ct)
    {
        var all = await lease.ReadAsync((client, limited) => client.ListWritableAsync(settings.UpsName, limited), ct);
        return all.FirstOrDefault(v => v.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } variable
            ? await lease.ReadAsync((client, limited) => DescribeAsync(client, variable, limited), ct)
            : null;
    }

    private async Task<UpsWritable> DescribeAsync(NutClient client, NutVariable variable, CancellationToken ct)
    {
        var (ups, name) = (settings.UpsName, variable.Name);
        var writable = new UpsWritable(name, variable.Value)
        {
            Description = await OrNull(client.GetDescriptionAsync(ups, name, ct)),
        };
        var type = await OrNull(client.GetTypeAsync(ups, name, ct));
        if (type is null)
            return writable;
        if (type.HasChoices && await client.ListChoicesAsync(ups, name, ct) is { Count: > 0 } choices)
            return writable with { Kind = UpsWritableKind.Choice, Choices = choices };
        if (type.HasRanges)
            writable = writable with { Bounds = [.. (await client.ListRangesAsync(ups, name, ct)).SelectMany(Bounds)] };
        // "A simple numeric value" is also what upsd says of a variable whose driver says no type, and of texts, too.
        var isNumber =
            writable.Bounds.Count > 0 || (type is { IsNumber: true, LongestText: null } && IsNumber(variable));
        return writable with
        {
            Kind = isNumber ? UpsWritableKind.Number : UpsWritableKind.Text,
            MaxLength = Math.Min(type.LongestText ?? UpsWritable.LongestValue, UpsWritable.LongestValue),
        };
    }

    private static bool IsNumber(NutVariable variable) => UpsWritable.NumberOf(variable.Value) is not null;

    private static IEnumerable<UpsBounds> Bounds(NutRange range) =>
        UpsWritable.NumberOf(range.Least) is { } least && UpsWritable.NumberOf(range.Most) is { } most && least <= most
            ? [new UpsBounds(least, most)]
            : [];

    /// <summary>An older or foreign server does not know the question.</summary>
    private static async Task<T?> OrNull<T>(Task<T> answer)
        where T : class?
    {
        try
        {
            return await answer;
        }
        catch (DeviceException e) when (e.Fault is DeviceFault.Refused or DeviceFault.Unsupported)
        {
            return null;
        }
    }
}

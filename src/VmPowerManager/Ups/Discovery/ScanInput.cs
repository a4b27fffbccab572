using System.Net;
using System.Text.Json;
using VmPowerManager.Core;

namespace VmPowerManager.Ups.Discovery;

/// <summary>Where and for what a person wants to search, checked.</summary>
internal sealed record ScanInput(string Range, IReadOnlyList<IPAddress> Addresses)
{
    private const int LongestRange = 1000;
    private const int MostPorts = 8;
    private const int MostCommunities = 5;
    private const int LongestCommunity = 100;

    /// <summary>A driver and a port of it.</summary>
    internal sealed record Target(IUpsDriver Driver, IUpsDiscovery Discovery, int Port);

    public IReadOnlyList<Target> Targets { get; private init; } = [];
    public IReadOnlyList<string> Communities { get; private init; } = ["public"];

    /// <param name="body"><c>{"range", "drivers": ["nut"], "ports": {"nut": [3493]}, "communities": ["public"]}</c>; all but
    /// the range may be left out.</param>
    /// <exception cref="InvalidInputException">Fields that are wrong.</exception>
    public static ScanInput Parse(JsonElement body, UpsDrivers drivers)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw new InvalidInputException("", "The body must be a JSON object.");
        var errors = new FieldErrors();
        var fields = new JsonFields(body, "", errors);
        var range = fields.RequiredText("range", LongestRange);
        var able = Able(drivers);
        var chosen = Texts(fields, "drivers", able.Count, 50, errors) ?? [.. able.Keys];
        foreach (var unknown in chosen.Where(id => !able.ContainsKey(id)))
            errors.Add("drivers", $"Must be of these: {string.Join(", ", able.Keys)}; not \"{unknown}\".");
        if (chosen.Count == 0)
            errors.Add("drivers", "Is required.");
        var ports = new JsonFields(fields.Find("ports") ?? default, "ports", errors);
        var targets = chosen
            .Where(able.ContainsKey)
            .SelectMany(id =>
                Ports(ports, id, able[id].Discovery.UsualPort, errors).Select(p => able[id] with { Port = p })
            )
            .ToList();
        var communities = Texts(fields, "communities", MostCommunities, LongestCommunity, errors);
        errors.ThrowIfAny();
        var input = new ScanInput(range, AddressRange.Parse(range)) { Targets = targets };
        return communities is { Count: > 0 } ? input with { Communities = communities } : input;
    }

    private static Dictionary<string, Target> Able(UpsDrivers drivers) =>
        drivers
            .Ids.Select(drivers.Get)
            .OfType<IUpsDiscovery>()
            .Select(d => new Target((IUpsDriver)d, d, d.UsualPort))
            .ToDictionary(t => t.Driver.Id, StringComparer.Ordinal);

    private static List<int> Ports(JsonFields fields, string driver, int usual, FieldErrors errors)
    {
        if (fields.Find(driver) is not { } value)
            return [usual];
        var ports =
            value.ValueKind == JsonValueKind.Array
                ? value
                    .EnumerateArray()
                    .Select(p => p.ValueKind == JsonValueKind.Number && p.TryGetInt32(out var port) ? port : 0)
                    .Distinct()
                    .ToList()
                : [];
        if (ports.Count is > 0 and <= MostPorts && ports.TrueForAll(p => p is >= 1 and <= 65535))
            return ports;
        errors.Add(fields.Path(driver), $"Must be up to {MostPorts} numbers from 1 to 65535.");
        return [];
    }

    /// <summary>Null where it is left out.</summary>
    private static List<string>? Texts(JsonFields fields, string name, int most, int longest, FieldErrors errors)
    {
        if (fields.Find(name) is not { } value)
            return null;
        if (
            value.ValueKind == JsonValueKind.Array
            && value.GetArrayLength() <= most
            && value.EnumerateArray().All(t => t.ValueKind == JsonValueKind.String && t.GetString()?.Length <= longest)
        )
            return [.. value.EnumerateArray().Select(t => t.GetString() ?? "").Where(t => t.Length > 0).Distinct()];
        errors.Add(name, $"Must be up to {most} texts of at most {longest} characters.");
        return null;
    }
}

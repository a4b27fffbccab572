using System.Text.Json;

namespace VmPowerManager.Protocols.Proxmox;

/// <summary><c>GET /access/permissions</c>: what the one who asks may do, by path. Of a token with privileges of its own it
/// is what both the token and its user may.</summary>
public sealed class ProxmoxPermissions
{
    private const int MostPaths = 50_000;
    private readonly Dictionary<string, Dictionary<string, bool>> _paths = new(StringComparer.Ordinal);

    /// <summary>Each path that is told of, with its privileges.</summary>
    public IReadOnlyCollection<string> Paths => _paths.Keys;

    public static ProxmoxPermissions Read(JsonElement data)
    {
        var read = new ProxmoxPermissions();
        if (data.ValueKind != JsonValueKind.Object)
            return read;
        foreach (var path in data.EnumerateObject().Take(MostPaths))
            if (Name(path) is { } at && path.Value.ValueKind == JsonValueKind.Object)
                read._paths[at] = Privileges(path.Value);
        return read;
    }

    /// <summary>Whether <paramref name="privilege"/> holds at <paramref name="path"/>: there, or passed down from the
    /// nearest path above that is told of.</summary>
    public bool May(string privilege, string path)
    {
        if (_paths.TryGetValue(path, out var own))
            return own.ContainsKey(privilege);
        for (var at = path; at != "/"; )
        {
            at = Above(at);
            if (_paths.TryGetValue(at, out var above))
                return above.GetValueOrDefault(privilege);
        }
        return false;
    }

    /// <summary>Whether <paramref name="privilege"/> holds at <paramref name="path"/> and is passed down to all below that has
    /// no rules of its own.</summary>
    public bool MayBelow(string privilege, string path)
    {
        for (var at = path; ; at = Above(at))
        {
            if (_paths.TryGetValue(at, out var told))
                return told.GetValueOrDefault(privilege);
            if (at == "/")
                return false;
        }
    }

    private static string Above(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "/";

    /// <summary>With each privilege whether it is passed down: 1 or true; else it holds at its own path alone.</summary>
    private static Dictionary<string, bool> Privileges(JsonElement of)
    {
        var read = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var privilege in of.EnumerateObject().Take(MostPaths))
            if (Name(privilege) is { } name)
                read[name] = of.Flag(name);
        return read;
    }

    private static string? Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        // Half a surrogate pair.
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

using VmPowerManager.Protocols;
using VmPowerManager.Protocols.VSphere;

namespace VmPowerManager.Hosts.VSphere;

/// <summary>One ESXi host as the server behind the address knows it.</summary>
/// <param name="Name">In the inventory.</param>
/// <param name="Realm">Of its guests: the vCenter's instance, or the hardware of a host that stands alone.</param>
/// <param name="IsAlone">The server is the host itself. Else guests may be on hosts of the vCenter that we do not know, or may
/// not see.</param>
/// <param name="Hardware">Which machine it is; null: not told.</param>
internal sealed record VSpherePlace(
    VimSession Session,
    VimRef Ref,
    string Name,
    string Realm,
    bool IsAlone,
    string? Hardware
)
{
    private const int MostNamed = 20;

    /// <summary>Finds the host: by its name in a vCenter, which is told no host without one.</summary>
    /// <param name="wanted">Null: the server is the host.</param>
    /// <exception cref="DeviceException">Refused: none of that name, or no name, with those that there are.</exception>
    public static async Task<VSpherePlace> FindAsync(VimSession session, string? wanted, CancellationToken ct)
    {
        var content = await session.ContentAsync(ct);
        var hosts = await session.ReadAllAsync("HostSystem", ["name", "hardware.systemInfo.uuid"], ct);
        var host = content.IsHostAgent ? Only(session, hosts) : Choose(session, wanted, hosts);
        var hardware = host.Text("hardware.systemInfo.uuid")?.ToLowerInvariant();
        var realm = content.IsHostAgent ? hardware : content.InstanceUuid;
        if (string.IsNullOrEmpty(realm))
            throw new DeviceException(
                DeviceFault.ProtocolError,
                $"{session.Endpoint} does not say which server it is."
            );
        return new(
            session,
            host.Ref,
            host.Text("name") ?? host.Ref.Id,
            realm.ToLowerInvariant(),
            content.IsHostAgent,
            hardware
        );
    }

    private static VimObject Only(VimSession session, IReadOnlyList<VimObject> hosts) =>
        hosts.Count switch
        {
            1 => hosts[0],
            0 => throw Refused($"{session.Endpoint} shows us no ESXi host: the user may not see any."),
            _ => throw Refused($"{session.Endpoint} says that it is one host, and has {Names(hosts)}."),
        };

    private static VimObject Choose(VimSession session, string? wanted, IReadOnlyList<VimObject> hosts)
    {
        // Whose silence it is has to be known while the vCenter is silent, too.
        if (string.IsNullOrWhiteSpace(wanted))
            throw Refused($"Say which host this is: {session.Endpoint} is a vCenter and has {Names(hosts)}.");
        var named = hosts.Where(h => Same(h.Text("name"), wanted)).ToList();
        // Short where the inventory has the full name, or the other way round: two full names are two machines.
        if (named.Count == 0)
            named = [.. hosts.Where(h => SameShort(h.Text("name"), wanted))];
        return named.Count switch
        {
            1 => named[0],
            0 => throw Refused($"{session.Endpoint} has no host {wanted}, but {Names(hosts)}."),
            _ => throw Refused($"{session.Endpoint} has several hosts {wanted}: {Names(named)}."),
        };
    }

    private static bool Same(string? one, string? other) =>
        string.Equals(one?.Trim(), other?.Trim(), StringComparison.OrdinalIgnoreCase);

    private static bool SameShort(string? one, string other) =>
        one is not null
        && IsFull(one) != IsFull(other)
        && !System.Net.IPAddress.TryParse(one, out _)
        && !System.Net.IPAddress.TryParse(other, out _)
        && Same(one.Trim().Split('.', 2)[0], other.Trim().Split('.', 2)[0]);

    private static bool IsFull(string name) => name.Trim().Contains('.');

    private static string Names(IReadOnlyList<VimObject> hosts)
    {
        var names = hosts.Select(h => h.Text("name") ?? h.Ref.Id).Order(StringComparer.OrdinalIgnoreCase).ToList();
        var more = names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "";
        return names.Count == 0 ? "none" : string.Join(", ", names.Take(MostNamed)) + more;
    }

    private static DeviceException Refused(string words) => new(DeviceFault.Refused, words);
}

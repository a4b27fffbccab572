using System.Globalization;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Proxmox;

namespace VmPowerManager.Hosts.Proxmox;

/// <summary>What is worth knowing of a node, for its page, and what its HA does to guests.</summary>
internal static class ProxmoxFacts
{
    /// <summary>Where it cannot be told now, what was known stays.</summary>
    public static async Task<HostInventory> AddAsync(
        HostInventory seen,
        ProxmoxHost host,
        ProxmoxCluster cluster,
        ProxmoxUnseen unseen,
        CancellationToken ct
    )
    {
        try
        {
            var ha = await host.Api.HaAsync(ct);
            var facts = new List<HostFact>
            {
                new("Version", $"Proxmox VE {await host.Api.VersionAsync(ct)}"),
                new("Cluster", cluster.Name is { } name ? $"{name}: {Nodes(cluster)}" : "-"),
                new("High availability", Ha(ha)),
            };
            if (unseen.Told.Count > 0)
                facts.Add(new("Guests out of sight", unseen.Words));
            return seen with { Facts = facts, Forced = Forced(ha) };
        }
        catch (DeviceException)
        {
            return seen;
        }
    }

    /// <summary>Orders to guests under HA are requests to it, and it has a time of its own. Only where it tells whether it is
    /// armed it can be disarmed.</summary>
    private static Dictionary<string, PlatformForce> Forced(ProxmoxHa ha) =>
        ProxmoxPreparation.IsDisarmed(ha)
            ? []
            : ha
                .Services.Where(s => s.State != "ignored" && s.Sid.Contains(':'))
                .DistinctBy(s => s.Sid)
                .ToDictionary(
                    s => s.Sid[(s.Sid.IndexOf(':') + 1)..],
                    _ => new PlatformForce(
                        ProxmoxPower.HaShutdownSeconds,
                        ha.Armed is null ? null : ProxmoxPreparation.HaDisarmed
                    )
                );

    private static string Nodes(ProxmoxCluster cluster) =>
        string.Join(", ", cluster.Nodes.Select(n => n.Name).Order(StringComparer.Ordinal));

    private static string Ha(ProxmoxHa ha) =>
        ha.Services.Count == 0
            ? "-"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{string.Join(", ", ha.Services.Select(s => s.Sid).Take(20))} ({ha.Armed ?? "armed"})"
            );
}

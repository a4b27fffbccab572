using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace VmPowerManager.Hosts.WakeOnLan;

/// <summary>Whether broadcasts of this program can reach the machines around it. In a container on a bridge network they end
/// at the bridge, and nothing says so.</summary>
internal static class OwnNetwork
{
    /// <summary>What is to be said; null: nothing is known to stand in the way.</summary>
    /// <param name="to">The one address that packets go to, or null: broadcasts.</param>
    public static HostCheck? Look(string? to) => Judge(IsContainer(), [.. Cards()], to);

    internal static HostCheck? Judge(bool container, IReadOnlyList<Card> cards, string? to)
    {
        // A macvlan or ipvlan is in the network itself, and in the host's network there are real cards.
        if (!container || cards.Count == 0 || !cards.All(c => c.IsVirtualCable))
            return null;
        // One machine can be sent to through the bridge, as long as somebody knows its address: a sleeping one is forgotten.
        var single =
            IPAddress.TryParse(to, out var address) && !address.ToString().EndsWith(".255", StringComparison.Ordinal);
        var where = string.Join(", ", cards.Select(c => $"{c.Name} {c.Address}"));
        return new(
            CheckNames.Network,
            single ? HostCheckState.Warning : HostCheckState.Failed,
            $"this program runs in a container on a bridge network ({where}): its broadcasts end there and wake nobody. Run it in the host's network, or let another host send the packet (relay), or wake by IPMI or Redfish"
        );
    }

    private static bool IsContainer() =>
        File.Exists("/.dockerenv")
        || File.Exists("/run/.containerenv")
        || Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is not null
        || Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") == "true";

    private static IEnumerable<Card> Cards() =>
        NetworkInterface
            .GetAllNetworkInterfaces()
            .Where(i =>
                i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback
            )
            .SelectMany(i =>
                i.GetIPProperties()
                    .UnicastAddresses.Where(a => a.Address.AddressFamily == AddressFamily.InterNetwork)
                    .Select(a => new Card(i.Name, a.Address.ToString(), IsVirtualCable(i.Name)))
            );

    /// <summary>One end of a pair whose other end is elsewhere (veth), or a tap of a user-mode network. The kernel tells the
    /// other end's number; a macvlan has one too, and says what it is.</summary>
    private static bool IsVirtualCable(string name)
    {
        var folder = $"/sys/class/net/{name}";
        if (name.StartsWith("tap", StringComparison.Ordinal))
            return true;
        var kind = Read($"{folder}/uevent");
        return !Directory.Exists($"{folder}/device")
            && Read($"{folder}/iflink") != Read($"{folder}/ifindex")
            && !kind.Contains("DEVTYPE=macvlan", StringComparison.Ordinal)
            && !kind.Contains("DEVTYPE=ipvlan", StringComparison.Ordinal)
            && !kind.Contains("DEVTYPE=vlan", StringComparison.Ordinal);
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>One IPv4 address of ours.</summary>
    internal sealed record Card(string Name, string Address, bool IsVirtualCable);
}

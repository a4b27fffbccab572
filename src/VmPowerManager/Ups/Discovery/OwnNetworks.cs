using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace VmPowerManager.Ups.Discovery;

/// <summary>The networks that this machine is in, as a proposal of what to search.</summary>
internal static class OwnNetworks
{
    /// <summary>A larger one is cut down to the 256 addresses around our own.</summary>
    private const int LargestPrefix = 22;
    private const int MostNetworks = 4;

    /// <param name="Leads">Has a gateway: not a bridge of containers or of guests.</param>
    internal sealed record Network(IPAddress Address, int Prefix, bool Leads);

    /// <summary>Empty where there is none.</summary>
    public static string Proposal()
    {
        try
        {
            return Proposal(NetworkInterface.GetAllNetworkInterfaces().Where(IsUp).SelectMany(Networks));
        }
        catch (NetworkInformationException)
        {
            return "";
        }
    }

    internal static string Proposal(IEnumerable<Network> networks)
    {
        var all = networks.ToList();
        var leading = all.Where(n => n.Leads).ToList();
        return string.Join(", ", (leading.Count > 0 ? leading : all).Select(Text).Distinct().Take(MostNetworks));
    }

    private static bool IsUp(NetworkInterface card) =>
        card.OperationalStatus == OperationalStatus.Up && card.NetworkInterfaceType != NetworkInterfaceType.Loopback;

    private static IEnumerable<Network> Networks(NetworkInterface card)
    {
        var properties = card.GetIPProperties();
        var leads = properties.GatewayAddresses.Any(g => g.Address.AddressFamily == AddressFamily.InterNetwork);
        return properties
            .UnicastAddresses.Where(a => a.Address.AddressFamily == AddressFamily.InterNetwork)
            .Select(a => new Network(a.Address, a.PrefixLength, leads));
    }

    private static string Text(Network network)
    {
        var prefix = network.Prefix < LargestPrefix ? 24 : network.Prefix;
        return prefix >= 32 ? $"{network.Address}" : $"{new IPNetwork(Masked(network.Address, prefix), prefix)}";
    }

    private static IPAddress Masked(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xff00 >> Math.Clamp(prefix - (8 * i), 0, 8));
        return new IPAddress(bytes);
    }
}

using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace VmPowerManager.Protocols.WakeOnLan;

/// <summary>Sends magic packets over UDP: to the limited broadcast and to the directed one of each interface, so that
/// routers, bridges and cards of every taste see one. IPv4: IPv6 has no broadcast.</summary>
public sealed class WakeSender(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Sends it everywhere that it should go. Nothing tells whether it arrived.</summary>
    /// <returns>Where it was sent to, in words.</returns>
    /// <exception cref="DeviceException">It could be sent nowhere.</exception>
    public async Task<string> SendAsync(WakeTarget target, CancellationToken ct)
    {
        var packet = MagicPacket.For(target.Address, target.SecureOn);
        var ways = target.Host is { } host ? await WaysToAsync(host, target, ct) : Broadcasts(target);
        if (ways.Count == 0)
            throw new DeviceException(DeviceFault.Unreachable, NoWay(target));
        var (sent, failed) = (new List<string>(), new List<string>());
        foreach (var way in ways)
        {
            if (await TrySendAsync(packet, way, target.Repeats, ct) is { } fault)
                failed.Add($"{way.To}: {fault}");
            else
                sent.Add(way.Words);
        }
        return sent.Count > 0
            ? $"magic packet sent to {string.Join(", ", sent)}"
            : throw new DeviceException(DeviceFault.Unreachable, string.Join("; ", failed));
    }

    /// <summary>Why nothing could be sent now, as far as that can be seen without sending; null: it could.</summary>
    public static string? Problem(WakeTarget target) =>
        target is { Host: not null, Interface: null } || Addresses(target.Interface).Any() ? null : NoWay(target);

    private static string NoWay(WakeTarget target) =>
        target.Interface is { } name
            ? $"There is no interface {name} with an IPv4 address that is up."
            : "No network interface with an IPv4 address is up.";

    private sealed record Way(IPAddress From, IPEndPoint To)
    {
        public string Words => From.Equals(IPAddress.Any) ? $"{To}" : $"{To} from {From}";
    }

    private async Task<string?> TrySendAsync(byte[] packet, Way way, int repeats, CancellationToken ct)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.EnableBroadcast = true;
            socket.Bind(new IPEndPoint(way.From, 0));
            for (var i = 0; i < Math.Max(1, repeats); i++)
            {
                if (i > 0)
                    await Task.Delay(Pause, time, ct);
                await socket.SendToAsync(packet, SocketFlags.None, way.To, ct);
            }
            return null;
        }
        catch (SocketException e)
        {
            return e.Message;
        }
    }

    private static async Task<List<Way>> WaysToAsync(string host, WakeTarget target, CancellationToken ct)
    {
        try
        {
            var from = target.Interface is null
                ? IPAddress.Any
                : Addresses(target.Interface).Select(a => a.Address).FirstOrDefault();
            var addresses = await Dns.GetHostAddressesAsync(host, AddressFamily.InterNetwork, ct);
            return from is null ? [] : [.. addresses.Select(a => new Way(from, new IPEndPoint(a, target.Port)))];
        }
        catch (SocketException e)
        {
            throw new DeviceException(DeviceFault.Unreachable, $"name not resolved: {host}: {e.Message}", e);
        }
    }

    private static List<Way> Broadcasts(WakeTarget target) =>
        [
            .. Addresses(target.Interface)
                .SelectMany(a =>
                    new[]
                    {
                        new Way(a.Address, new IPEndPoint(IPAddress.Broadcast, target.Port)),
                        new Way(a.Address, new IPEndPoint(Directed(a), target.Port)),
                    }
                )
                .Distinct(),
        ];

    private static IEnumerable<UnicastIPAddressInformation> Addresses(string? name) =>
        NetworkInterface
            .GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus == OperationalStatus.Up)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses.Select(a => (Interface: i, Address: a)))
            .Where(a => a.Address.Address.AddressFamily == AddressFamily.InterNetwork)
            .Where(a =>
                name is null
                    ? a.Interface.NetworkInterfaceType != NetworkInterfaceType.Loopback
                    : a.Interface.Name == name || a.Address.Address.ToString() == name
            )
            .Select(a => a.Address);

    /// <summary>All hosts of the network that an address is in.</summary>
    private static IPAddress Directed(UnicastIPAddressInformation address)
    {
        var bytes = address.Address.GetAddressBytes();
        var mask = address.IPv4Mask.GetAddressBytes();
        return new IPAddress([.. bytes.Zip(mask, (b, m) => (byte)(b | ~m))]);
    }
}

using System.Globalization;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace VmPowerManager.Hosts;

/// <summary>Asks a witness whether the network path to a silent host stands (POLICY C4). <c>host:port</c> is a TCP
/// connection, where being refused proves the path as well; <c>host</c> is an ICMP echo.</summary>
internal static class Witness
{
    public static async Task<bool> AnswersAsync(string witness, TimeSpan limit, CancellationToken ct)
    {
        var (host, port) = Split(witness);
        try
        {
            if (port is null)
            {
                using var ping = new Ping();
                return (await ping.SendPingAsync(host, limit, cancellationToken: ct)).Status == IPStatus.Success;
            }
            using var client = new TcpClient();
            await client.ConnectAsync(host, port.Value, ct);
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (PingException)
        {
            return false;
        }
    }

    /// <summary>Null when it is neither <c>host</c> nor <c>host:port</c>.</summary>
    public static string? Problem(string witness)
    {
        var (host, _) = Split(witness);
        return Uri.CheckHostName(host.Trim('[', ']')) == UriHostNameType.Unknown
            ? "An address, or an address and a port: switch.lan, 192.0.2.1:22."
            : null;
    }

    private static (string Host, int? Port) Split(string witness)
    {
        var colon = witness.LastIndexOf(':');
        var isPort =
            colon > 0
            && (witness.IndexOf(':', StringComparison.Ordinal) == colon || witness[colon - 1] == ']')
            && ushort.TryParse(witness.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
        return isPort
            ? (witness[..colon].Trim('[', ']'), ushort.Parse(witness.AsSpan(colon + 1), CultureInfo.InvariantCulture))
            : (witness, null);
    }
}

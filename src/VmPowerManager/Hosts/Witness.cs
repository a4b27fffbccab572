using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>Asks a witness whether the network path to a silent host stands (POLICY C4). <c>host:port</c> is a TCP
/// connection, where being refused proves the path as well; <c>host</c> is an ICMP echo.</summary>
internal static class Witness
{
    /// <summary>How many addresses of a name are asked.</summary>
    private const int MostAddresses = 4;

    /// <summary>False is silence: it was asked, and nobody answered. Null: it could not be asked, because its name was not
    /// resolved or for trouble on our side.</summary>
    /// <param name="lastGood">Serves where the name fails.</param>
    public static async Task<bool?> AnswersAsync(
        string witness,
        IPAddress? lastGood,
        TimeSpan limit,
        TimeProvider time,
        CancellationToken ct
    )
    {
        var (host, port) = Split(witness);
        using var timer = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            bool? answers = null;
            var addresses = await Names.ResolveAsync(host, lastGood, time, both.Token);
            var asked = addresses
                .Take(MostAddresses)
                .Select(a => port is { } p ? PortAsync(a, p, both.Token) : PingAsync(a, limit, both.Token));
            await foreach (var one in Task.WhenEach(asked))
                if (await one is { } told)
                    if (told)
                        return true;
                    else
                        answers = false;
            return answers;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            await both.CancelAsync();
        }
    }

    /// <summary>Whom it asks.</summary>
    public static string HostOf(string witness) => Split(witness).Host;

    private static async Task<bool?> PortAsync(IPAddress address, int port, CancellationToken ct)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address, port, ct);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch
            {
                SocketError.ConnectionRefused or SocketError.ConnectionReset => true,
                SocketError.TimedOut or SocketError.HostUnreachable or SocketError.HostDown => false,
                _ => null,
            };
        }
    }

    private static async Task<bool?> PingAsync(IPAddress address, TimeSpan limit, CancellationToken ct)
    {
        try
        {
            using var ping = new Ping();
            return (await ping.SendPingAsync(address, limit, cancellationToken: ct)).Status == IPStatus.Success;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception e) when (e is PingException or SocketException or PlatformNotSupportedException)
        {
            return null;
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
            : (witness.Trim('[', ']'), null);
    }
}

using System.Net.NetworkInformation;
using System.Net.Sockets;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>Whether something can be reached over the network, for readiness (POLICY E4).</summary>
internal static class Reach
{
    /// <exception cref="DeviceException">It does not answer, or this system does not let us ping.</exception>
    public static async Task<string> PingAsync(string address, TimeSpan limit, CancellationToken ct)
    {
        try
        {
            using var ping = new Ping();
            var reply = await ping.SendPingAsync(address, limit, cancellationToken: ct);
            return reply.Status == IPStatus.Success
                ? $"{address} answers pings"
                : throw new DeviceException(
                    DeviceFault.Unreachable,
                    $"{address} does not answer pings: {reply.Status}"
                );
        }
        catch (Exception e) when (e is PingException or PlatformNotSupportedException or SocketException)
        {
            var why = e.InnerException?.Message ?? e.Message;
            throw new DeviceException(
                DeviceFault.Unsupported,
                $"no ping to {address}: {why}; a port can be asked instead",
                e
            );
        }
    }

    /// <exception cref="DeviceException">Nobody accepts a connection there.</exception>
    public static async Task<string> PortAsync(string address, int port, CancellationToken ct)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address, port, ct);
            return $"port {port} of {address} is open";
        }
        catch (SocketException e)
        {
            throw new DeviceException(DeviceFault.Unreachable, $"port {port} of {address}: {e.Message}", e);
        }
    }
}

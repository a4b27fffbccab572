using System.Net;
using System.Net.Sockets;

namespace VmPowerManager.Protocols.Nut;

/// <summary>From a name and a port to a connected socket.</summary>
internal static class NutDial
{
    /// <exception cref="DeviceException">Unreachable, with the reason.</exception>
    public static async Task<Socket> ConnectAsync(NutEndpoint endpoint, IPAddress? lastGood, CancellationToken ct)
    {
        var addresses = await ResolveAsync(endpoint, lastGood, ct);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, endpoint.Port, ct);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new DeviceException(DeviceFault.Unreachable, $"Cannot connect to {endpoint}: {e.Message}.", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<IPAddress[]> ResolveAsync(NutEndpoint endpoint, IPAddress? lastGood, CancellationToken ct)
    {
        if (IPAddress.TryParse(endpoint.Host, out var literal))
            return [literal];
        try
        {
            return await Dns.GetHostAddressesAsync(endpoint.Host, ct);
        }
        catch (SocketException) when (lastGood is not null)
        {
            return [lastGood];
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new DeviceException(DeviceFault.Unreachable, $"Cannot resolve {endpoint.Host}: {e.Message}.", e);
        }
    }
}

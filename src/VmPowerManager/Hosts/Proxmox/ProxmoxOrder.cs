using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Hosts.Proxmox;

/// <summary>Tells a node itself to go down.</summary>
internal static class ProxmoxOrder
{
    /// <exception cref="DeviceException">Not accepted; or nobody knows, as the words say.</exception>
    public static async Task NodeAsync(ProxmoxHost host, string node, HostVerb verb, CancellationToken ct)
    {
        try
        {
            await host.Api.NodeAsync(node, verb == HostVerb.Reboot ? "reboot" : "shutdown", ct);
        }
        // A node that goes down at once takes its answer with it.
        catch (HttpDeviceException e) when (e.EndedUnanswered) { }
        catch (HttpDeviceException e) when (e.Sent)
        {
            throw new DeviceException(e.Fault, $"{e.Message}: whether the order arrived is not known", e);
        }
    }
}

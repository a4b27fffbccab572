using System.Net.NetworkInformation;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.WakeOnLan;

namespace VmPowerManager.Hosts.WakeOnLan;

/// <summary>Wake-on-LAN: a magic packet to the networks that we are in, or to the address that is named.</summary>
internal sealed class WolMethod(TimeProvider time) : IWakeMethod
{
    private readonly WakeSender _sender = new(time);

    public string Method => "wol";

    public Task<string> WakeAsync(WakeDevice host, CancellationToken ct)
    {
        if (!PhysicalAddress.TryParse(host.Settings.MacAddress?.Replace(':', '-'), out var mac))
            throw new DeviceException(DeviceFault.Refused, $"{host.Name} has no MAC address to wake.");
        return _sender.SendAsync(
            new WakeTarget(mac, host.Settings.Host, host.Settings.Port ?? 9, host.Settings.Interface),
            ct
        );
    }
}

using System.Globalization;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>Waking hosts, and looking whether something is there (POLICY E4).</summary>
internal sealed partial class HostPower
{
    public Task<DeviceOutcome<string>> WakeAsync(int hostId, int method, TimeSpan limit, CancellationToken ct)
    {
        if (directory.Find(hostId) is not { } host)
            return Task.FromResult(new DeviceOutcome<string>(null, DeviceFault.Refused, Removed(hostId)));
        if (host.Settings.Wake.ElementAtOrDefault(method) is not { } settings)
            return Refused("This wake method is not configured any more.");
        if (wakeMethods.FirstOrDefault(m => m.Method == settings.Method) is not { } way)
            return Refused($"Waking by {settings.Method} is not available yet: this version knows Wake-on-LAN only.");
        var password = host.Device.Secrets.GetValueOrDefault(HostSecrets.WakePassword(method));
        return _call.RunAsync(
            token => way.WakeAsync(new WakeDevice(host.Device.Name, settings, password), token),
            limit,
            ct
        );
    }

    public Task<DeviceOutcome<string>> PingAsync(int hostId, string? address, TimeSpan limit, CancellationToken ct) =>
        AddressOf(hostId, address) is { } at
            ? _call.RunAsync(token => Reach.PingAsync(at, limit, token), limit, ct)
            : Refused("It has no address of its own that is known: name one.");

    public Task<DeviceOutcome<string>> PortAsync(
        int hostId,
        string? address,
        int port,
        TimeSpan limit,
        CancellationToken ct
    ) =>
        AddressOf(hostId, address) is { } at
            ? _call.RunAsync(token => Reach.PortAsync(at, port, token), limit, ct)
            : Refused("It has no address of its own that is known: name one.");

    private string? AddressOf(int hostId, string? address) =>
        string.IsNullOrWhiteSpace(address) ? directory.Find(hostId)?.Configured.Address : address;

    private static Task<DeviceOutcome<string>> Refused(string words) =>
        Task.FromResult(
            new DeviceOutcome<string>(null, DeviceFault.Refused, words.ToString(CultureInfo.InvariantCulture))
        );
}

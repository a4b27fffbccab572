using System.Globalization;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>Waking hosts, and looking whether something is there (POLICY E4).</summary>
internal sealed partial class HostPower
{
    public async Task<DeviceOutcome<string>> WakeAsync(
        int hostId,
        int method,
        bool provedOff,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        if (directory.Find(hostId) is not { } host)
            return new DeviceOutcome<string>(null, DeviceFault.Refused, Removed(hostId));
        if (host.Settings.Wake.ElementAtOrDefault(method) is not { } settings)
            return await Refused("This wake method is not configured any more.");
        if (Way(settings.Method) is not { } way)
            return await Refused($"Waking by {settings.Method} is not known to this version.");
        if (provedOff)
            _cold.Note(hostId);
        var byOutlet = way is IBmc { IsOutlet: true };
        var outcome = await CallAsync(
            host.Device,
            token =>
                byOutlet
                    ? WakeByOutletsAsync(host, token)
                    : way.WakeAsync(WakeDeviceOf(host.Device, method, host), token),
            limit,
            ct
        );
        if (!byOutlet && (outcome.Ok || outcome.Fault == DeviceFault.Timeout))
            _cold.Woken(hostId);
        return outcome;
    }

    /// <summary>All of them: a machine with two supplies notices no loss of one. An outlet that was never off starts nothing by
    /// being on, so that it goes off first where the machine was proved off and nobody says otherwise now.</summary>
    private async Task<string> WakeByOutletsAsync(HostEntry host, CancellationToken ct)
    {
        var sources = SourcesOf(host);
        var outlets = sources
            .Single(s => s.Parts[0].Bmc.IsOutlet)
            .Parts.Select(p => (p.Bmc, Device: WakeDeviceOf(host.Device, p.Method, host)))
            .ToList();
        var id = host.Configured.Id;
        if (_cold.IsKnown(id) && !host.Configured.RunsManager)
        {
            var power = HasPowerAsync(host, sources.Where(s => !s.Parts[0].Bmc.IsOutlet), SecondOpinion, ct);
            var answers = await AddressAnswersAsync(id, SecondOpinion, ct);
            if (_cold.MayCycle(id, await power, answers))
            {
                _cold.Forget(id);
                return await orders.CycleAsync(outlets, ct);
            }
        }
        return string.Join("; ", await Task.WhenAll(outlets.Select(o => o.Bmc.WakeAsync(o.Device, ct))));
    }

    private IWakeMethod? Way(string method) => wakeMethods.FirstOrDefault(m => m.Method == method);

    /// <param name="saved">Null: it is only being tried, and asks nothing of the host itself.</param>
    /// <exception cref="DeviceException">Refused: who should relay cannot.</exception>
    private WakeDevice WakeDeviceOf(HostDevice host, int method, HostEntry? saved)
    {
        var settings = HostSettings.Of(host).Wake[method];
        var relay = settings.RelayHostId is { } by ? RunnerOn(directory.Find(by)) : null;
        if (settings.RelayHostId is not null && relay is null)
            throw new DeviceException(
                DeviceFault.Refused,
                "The host that should send it is not configured any more, or runs no commands."
            );
        return new(host.Name, settings, host.Secrets.GetValueOrDefault(HostSecrets.WakePassword(method)), relay)
        {
            Itself = RunnerOn(saved),
            RunsManager = saved?.Configured.RunsManager == true,
        };
    }

    private static WakeRelay? RunnerOn(HostEntry? host) =>
        host is { Driver: { } driver } && driver.Capabilities.HasFlag(HostCapabilities.Commands)
            ? new(host.Device.Name, (command, token) => driver.RunCommandAsync(host.Device, command, token))
            {
                RunWithAsync = (command, input, token) => driver.RunCommandAsync(host.Device, command, input, token),
            }
            : null;

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

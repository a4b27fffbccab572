using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>Power through management controllers and outlets (POLICY C3, C4).</summary>
internal sealed partial class HostPower
{
    /// <summary>For one controller's word on another's.</summary>
    private static readonly TimeSpan SecondOpinion = TimeSpan.FromSeconds(2);

    public async Task<DeviceOutcome<bool>> BmcOffAsync(int hostId, TimeSpan limit, CancellationToken ct)
    {
        if (directory.Find(hostId) is not { } host)
            return new(false, DeviceFault.Refused, Removed(hostId));
        var last = new DeviceOutcome<bool>(
            false,
            DeviceFault.Unsupported,
            $"{host.Device.Name} has no management controller that could take its power."
        );
        foreach (var source in SourcesOf(host))
        {
            last = await OffAsync(host, source, limit, ct);
            // Another way to the same controller is worth a try only where this one did not reach it.
            if (last.Ok || last.Fault is DeviceFault.Timeout)
                return last;
        }
        return last;
    }

    public async Task<bool?> HasPowerAsync(int hostId, TimeSpan limit, CancellationToken ct) =>
        directory.Find(hostId) is { } host ? await HasPowerAsync(host, SourcesOf(host), limit, ct) : null;

    /// <summary>All at once. One that says "on" counts more than one that says "off": that may be another machine's, or one
    /// feed of two.</summary>
    private async Task<bool?> HasPowerAsync(
        HostEntry host,
        IEnumerable<PowerSource> sources,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        var told = await Task.WhenAll(sources.Select(s => PowerAsync(host, s, limit, ct)));
        return told.Contains(BmcPower.On) ? true
            : told.Contains(BmcPower.Off) ? false
            : null;
    }

    /// <summary>On, Off or Unknown.</summary>
    private async Task<BmcPower> PowerAsync(HostEntry host, PowerSource source, TimeSpan limit, CancellationToken ct)
    {
        var states = await Task.WhenAll(
            source.Parts.Select(p =>
                CallAsync(
                    host.Device,
                    token => p.Bmc.StateAsync(WakeDeviceOf(host.Device, p.Method, null), token),
                    limit,
                    ct
                )
            )
        );
        var powers = states.Select(s => s.Value?.Power ?? BmcPower.Unknown).ToList();
        return powers.TrueForAll(p => p == BmcPower.Off) ? BmcPower.Off
            : powers.Exists(p => p is not (BmcPower.Off or BmcPower.Unknown)) ? BmcPower.On
            : BmcPower.Unknown;
    }

    private async Task<DeviceOutcome<bool>> OffAsync(
        HostEntry host,
        PowerSource source,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        var accepted = 0;
        var doubted = false;
        var outcome = await CallAsync(host.Device, token => Done(OffAllAsync(token)), limit, ct);
        return accepted == source.Parts.Count && !outcome.Ok
            ? new(
                false,
                DeviceFault.Timeout,
                outcome.Fault != DeviceFault.Timeout ? $"its controller accepted the order, and then: {outcome.Words}"
                    : doubted
                        ? $"{source.Name} says off, but another controller of it still says that it has power after {limit.TotalSeconds:0} s"
                    : $"its controller accepted the order, and still does not say off after {limit.TotalSeconds:0} s"
            )
            : outcome;

        async Task OffAllAsync(CancellationToken token)
        {
            await Task.WhenAll(
                source.Parts.Select(p =>
                    orders.OffAsync(
                        p.Bmc,
                        WakeDeviceOf(host.Device, p.Method, null),
                        () => Interlocked.Increment(ref accepted),
                        token
                    )
                )
            );
            var others = SourcesOf(host).Where(s => s.Name != source.Name).ToList();
            while (await HasPowerAsync(host, others, SecondOpinion, token) == true)
            {
                (doubted, accepted) = (true, source.Parts.Count);
                await Task.Delay(SecondOpinion / 4, time, token);
            }
        }
    }

    /// <summary>Each controller, and all outlets together at the place of the first.</summary>
    private List<PowerSource> SourcesOf(HostEntry host) =>
        [
            .. host
                .Settings.Wake.Select((w, i) => (Bmc: Way(w.Method) as IBmc, Method: i))
                .Where(w => w.Bmc is not null)
                .Select(w => (Bmc: w.Bmc!, w.Method)) // not null: as the line says
                .GroupBy(w => w.Bmc.IsOutlet ? "its outlet" : $"wake[{w.Method}]")
                .Select(g => new PowerSource(g.Key, [.. g])),
        ];

    /// <summary>Who can tell and take a host's power.</summary>
    private sealed record PowerSource(string Name, IReadOnlyList<(IBmc Bmc, int Method)> Parts);
}

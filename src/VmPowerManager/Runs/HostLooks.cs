using VmPowerManager.Hosts;

namespace VmPowerManager.Runs;

/// <summary>Probes hosts, a few at a time, and asks for the agents of their guests. What is found is in
/// <see cref="HostCheckBook"/> and in the picture of the hosts.</summary>
internal sealed class HostLooks(IHostPower power, HostMonitor monitor)
{
    private const int AtATime = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Returns when all were asked. Throws but on cancellation.</summary>
    public Task LookAsync(IReadOnlyCollection<int> hostIds, CancellationToken ct)
    {
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = ct };
        return Parallel.ForEachAsync(hostIds, limits, async (host, token) => await LookAsync(host, token));
    }

    private Task LookAsync(int hostId, CancellationToken ct) =>
        Task.WhenAll(power.ProbeAsync(hostId, Limit, ct), monitor.DiscoverAsync(hostId, ct));
}

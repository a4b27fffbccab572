using Coravel.Invocable;

namespace VmPowerManager.Runs;

/// <summary>Each minute: hosts and UPSes whose daily probe is due.</summary>
internal sealed class HostCheckJob(HostCheckSchedule hosts, UpsCheckSchedule upses) : IInvocable, ICancellableInvocable
{
    public CancellationToken CancellationToken { get; set; }

    public Task Invoke() => Task.WhenAll(hosts.RunDueAsync(CancellationToken), upses.RunDueAsync(CancellationToken));
}

using VmPowerManager.Hosts;
using VmPowerManager.Plans;

namespace VmPowerManager.Runs;

/// <summary>Probes every host once a day, and an hour after a probe that failed: a changed key, a lost right or a wrong clock
/// is known before the outage (POLICY F8). What is found becomes part of the readiness.</summary>
internal sealed class HostCheckSchedule(
    IHostFeed feed,
    HostCheckBook book,
    PlanDirectory plans,
    PlanLoops loops,
    HostLooks looks,
    TimeProvider time
)
{
    private static readonly TimeSpan Good = TimeSpan.FromHours(24);
    private static readonly TimeSpan Bad = TimeSpan.FromHours(1);

    public Task RunDueAsync(CancellationToken ct)
    {
        // In an outage hosts have other things to do, and fall silent because they should.
        if (!IsQuiet(plans, loops))
            return Task.CompletedTask;
        var now = time.GetUtcNow();
        var known = book.All.Value;
        return looks.LookAsync(
            [.. feed.Hosts.Select(h => h.Id).Where(id => IsDue(known.GetValueOrDefault(id), now))],
            ct
        );
    }

    /// <summary>No plan has anything going on.</summary>
    internal static bool IsQuiet(PlanDirectory plans, PlanLoops loops) =>
        plans.Plans.All(p => loops.Find(p.Id) is { } loop && RehearsalDue.IsQuiet(loop.View));

    internal static bool IsDue(HostChecked? last, DateTimeOffset now) => IsDue(last?.At, last?.Probe.Ok == true, now);

    internal static bool IsDue(DateTimeOffset? last, bool ok, DateTimeOffset now) =>
        last is null || now - last >= (ok ? Good : Bad);
}

using VmPowerManager.Plans;
using VmPowerManager.Ups;

namespace VmPowerManager.Runs;

/// <summary>As <see cref="HostCheckSchedule"/>, of the UPSes whose output a plan cuts: a user who lost a right, a card that was
/// replaced.</summary>
internal sealed class UpsCheckSchedule(
    IUpsPower power,
    PlanDirectory plans,
    PlanLoops loops,
    UpsLooks looks,
    TimeProvider time
)
{
    public Task RunDueAsync(CancellationToken ct)
    {
        if (!HostCheckSchedule.IsQuiet(plans, loops))
            return Task.CompletedTask;
        var now = time.GetUtcNow();
        return looks.LookAsync(
            [.. plans.Plans.SelectMany(p => UpsLooks.CutBy(p.Definition)).Distinct().Where(id => IsDue(id, now))],
            ct
        );
    }

    private bool IsDue(int upsId, DateTimeOffset now)
    {
        var last = power.LastProbe(upsId);
        return HostCheckSchedule.IsDue(last?.At, last?.Probe.Ok == true, now);
    }
}

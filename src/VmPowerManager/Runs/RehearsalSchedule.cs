using VmPowerManager.Components;
using VmPowerManager.Core.Engine;
using VmPowerManager.Plans;

namespace VmPowerManager.Runs;

/// <summary>Begins the rehearsals whose time has come. What they find is judged by <see cref="ReadinessWatch"/>.</summary>
internal sealed class RehearsalSchedule(
    PlanDirectory plans,
    PlanLoops loops,
    RunBook book,
    SiteZone zone,
    TimeProvider time
)
{
    public async Task RunDueAsync(CancellationToken ct)
    {
        foreach (var plan in plans.Plans)
        {
            var last = book.Newest.FirstOrDefault(r =>
                r.PlanId == plan.Id && r.State is { Kind: RunKind.Rehearsal, Actor: RehearsalDue.Actor }
            );
            if (
                RehearsalDue.IsDue(plan.Definition.Schedule, last?.State.StartedAt, zone, time.GetUtcNow())
                && loops.Find(plan.Id) is { } loop
                && RehearsalDue.IsQuiet(loop.View)
            )
                await loop.AskAsync(new RunRequested(RunKind.Rehearsal, RehearsalDue.Actor), ct);
        }
    }
}

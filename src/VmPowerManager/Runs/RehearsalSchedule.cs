using VmPowerManager.Components;
using VmPowerManager.Core.Engine;
using VmPowerManager.Plans;

namespace VmPowerManager.Runs;

/// <summary>Begins the rehearsals whose time has come. What they find is judged by <see cref="ReadinessWatch"/>.</summary>
internal sealed partial class RehearsalSchedule(
    PlanDirectory plans,
    PlanLoops loops,
    RunBook book,
    SiteZone zone,
    TimeProvider time,
    ILogger<RehearsalSchedule> logger
)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public async Task RunDueAsync(CancellationToken ct)
    {
        foreach (var plan in plans.Plans)
        {
            // One plan that is stuck, or has just been removed, must not keep the others from theirs.
            try
            {
                await RunDueAsync(plan, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                LogNotBegun(plan.Id, e);
            }
        }
    }

    private async Task RunDueAsync(PlanEntry plan, CancellationToken ct)
    {
        var last = book.Newest.FirstOrDefault(r =>
            r.PlanId == plan.Id && r.State is { Kind: RunKind.Rehearsal, Actor: RehearsalDue.Actor }
        );
        if (
            !RehearsalDue.IsDue(plan.Definition.Schedule, last?.State.StartedAt, zone, time.GetUtcNow())
            || loops.Find(plan.Id) is not { } loop
            || !RehearsalDue.IsQuiet(loop.View)
        )
            return;
        using var late = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        await loop.AskAsync(new RunRequested(RunKind.Rehearsal, RehearsalDue.Actor), both.Token);
    }

    [LoggerMessage(LogLevel.Error, "The rehearsal of plan {PlanId} that is due could not be begun")]
    private partial void LogNotBegun(int planId, Exception e);
}

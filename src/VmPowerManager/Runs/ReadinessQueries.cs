using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Hosts;

namespace VmPowerManager.Runs;

/// <summary>How ready the plans are, judged when asked.</summary>
public sealed class ReadinessQueries(PlanLoops loops, RunBook book, IHostFeed hosts, TimeProvider time)
{
    /// <exception cref="NotFoundException">No plan has that id.</exception>
    public ReadinessView Of(int planId) => Find(planId) ?? throw new NotFoundException($"Plan {planId}");

    /// <summary>Null: no such plan, or its loop has not begun yet.</summary>
    public ReadinessView? Find(int planId) =>
        loops.Find(planId) is { } loop
            ? new Readiness(loop.View, Newest(planId), hosts.Hosts, time.GetUtcNow()).Judge()
            : null;

    /// <summary>One that was called off by a real run says nothing.</summary>
    private RunRecord? Newest(int planId) =>
        book.Newest.FirstOrDefault(r =>
            r.PlanId == planId
            && r.State is { Kind: RunKind.Rehearsal, Status: RunStatus.Succeeded or RunStatus.Failed }
        );
}

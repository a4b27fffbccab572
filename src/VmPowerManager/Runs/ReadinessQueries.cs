using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Ups;

namespace VmPowerManager.Runs;

/// <summary>How ready the plans are, judged when asked.</summary>
public sealed class ReadinessQueries(
    PlanLoops loops,
    RunBook book,
    IHostFeed hosts,
    IUpsPower upses,
    HostCheckBook checks,
    TimeProvider time
)
{
    /// <exception cref="NotFoundException">No plan has that id.</exception>
    public ReadinessView Of(int planId) => Find(planId) ?? throw new NotFoundException($"Plan {planId}");

    /// <summary>Null: no such plan, or its loop has not begun yet.</summary>
    public ReadinessView? Find(int planId) =>
        loops.Find(planId) is { } loop ? Of(loop.View, planId).Judge() with { LastDrill = LastDrill(planId) } : null;

    private Readiness Of(PlanView view, int planId) =>
        new(view, Newest(planId), hosts.Hosts, checks.All.Value, time.GetUtcNow())
        {
            Upses = UpsLooks
                .CutBy(view.Model.Definition)
                .Select(id => (Id: id, Last: upses.LastProbe(id)))
                .Where(u => u.Last is not null)
                .ToDictionary(u => u.Id, u => u.Last!), // not null: just looked
        };

    /// <summary>The guests that the plan stops, by name.</summary>
    /// <exception cref="NotFoundException">No plan has that id.</exception>
    public IReadOnlyList<DrillChoice> Drills(int planId)
    {
        var view = (loops.Find(planId) ?? throw new NotFoundException($"Plan {planId}")).View;
        return
        [
            .. StepList
                .Shutdown(view.Model, view.State)
                .Where(s =>
                    s.Target is { Kind: TargetKind.Guest, Id: not null }
                    && s is { Action: StepAction.Shutdown or StepAction.Save or StepAction.ForceOff }
                )
                .DistinctBy(s => s.Target.Key)
                .OrderBy(s => s.Target.Name, StringComparer.OrdinalIgnoreCase)
                .Select(s => new DrillChoice(
                    s.Target.Id ?? 0,
                    s.Target.Name,
                    PlanEngine.AgainstDrill(view.Model, view.State, s.Target.Key, view.At) ?? loops.AgainstAct(s.Target)
                )),
        ];
    }

    private DrillView? LastDrill(int planId)
    {
        var drills = book.Newest.Where(r => r.PlanId == planId && r.State.Cause == RunCause.Drill).Take(2).ToList();
        if (drills.Find(r => r.State.Kind == RunKind.Shutdown) is not { State: var down })
            return null;
        var up = drills.Find(r => r.State.Kind == RunKind.Startup && r.State.Id > down.Id)?.State;
        return new(down.Steps[0].Target.Name, down.StartedAt, down.Id, Took(down), up is null ? null : Took(up));
    }

    private static double? Took(RunState run) =>
        run.Steps[0] is { Status: StepStatus.Done } step ? (step.EndedAt - step.StartedAt)?.TotalSeconds : null;

    /// <summary>One that was called off by a real run says nothing.</summary>
    private RunRecord? Newest(int planId) =>
        book.Newest.FirstOrDefault(r =>
            r.PlanId == planId
            && r.State is { Kind: RunKind.Rehearsal, Status: RunStatus.Succeeded or RunStatus.Failed }
        );
}

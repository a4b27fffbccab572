using System.Globalization;
using VmPowerManager.Core.Engine;
using VmPowerManager.Events;

namespace VmPowerManager.Runs;

/// <summary>Tells the world what a plan loop does: events, stream, run book. Nothing here can stop a run.</summary>
internal sealed class PlanLoopVoice(PlanLoopServices services)
{
    private string? _told;

    public void Tell(PlanView before, PlanView after, Decision decision, bool material, int? unjournaled)
    {
        var runId = after.State.Run?.Id ?? before.State.Run?.Id;
        foreach (var notice in decision.Notices)
        {
            services.Events.Append(
                new NewEvent(notice.Type, SeverityOf(notice.Level), after.Model.Definition.Name, notice.Message)
                {
                    PlanId = after.Model.PlanId,
                    RunId = runId,
                    Data = notice.Data.Count == 0 ? null : notice.Data,
                }
            );
        }
        var state = PlanStateView.Of(after);
        var told = $"{state.Stage}|{state.NextPhase?.Id}|{unjournaled}";
        if (!material && told == _told)
            return;
        _told = told;
        services.Stream.Publish(
            StreamTypes.PlanState,
            after.Model.PlanId.ToString(CultureInfo.InvariantCulture),
            state
        );
    }

    public void Record(int planId, RunState? run, bool unjournaled)
    {
        if (run is null)
            return;
        var record = new RunRecord(planId, run, unjournaled, null);
        services.Runs.Put(record);
        services.Stream.Publish(StreamTypes.Run, run.Id.ToString(CultureInfo.InvariantCulture), RunView.Of(record));
    }

    public void Unjournaled(PlanView view, RunState run) =>
        services.Events.Append(
            new NewEvent(
                "run.unjournaled",
                Severity.Critical,
                view.Model.Definition.Name,
                "The journal could not be written in time. The run goes on without it."
            )
            {
                PlanId = view.Model.PlanId,
                RunId = run.Id,
            }
        );

    public void Bug(PlanView view, Exception e) =>
        services.Events.Append(
            new NewEvent(
                "plan.bug",
                Severity.Critical,
                view.Model.Definition.Name,
                $"The plan's engine met an internal error and goes on: {e.GetType().Name}."
            )
            {
                PlanId = view.Model.PlanId,
            }
        );

    private static Severity SeverityOf(NoticeLevel level) =>
        level switch
        {
            NoticeLevel.Critical => Severity.Critical,
            NoticeLevel.Warning => Severity.Warning,
            _ => Severity.Info,
        };
}

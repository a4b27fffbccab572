using System.Globalization;
using VmPowerManager.Core.Engine;
using VmPowerManager.Events;

namespace VmPowerManager.Runs;

/// <summary>Tells the world what a plan loop does: events, stream, run book. Tells after the effects are on their way, and
/// nothing that fails here reaches the loop.</summary>
internal sealed partial class PlanLoopVoice(PlanLoopServices services, ILogger logger)
{
    private string? _told;
    private int? _toldUnjournaled;

    public void Tell(
        PlanView before,
        PlanView after,
        Observation observation,
        Decision decision,
        bool material,
        int? unjournaled
    )
    {
        Try(() => TellRuns(after, decision, material, unjournaled));
        Try(() => TellNotices(before, after, ActorOf(observation), decision));
        Try(() => TellState(after, material));
    }

    /// <summary>Shows on screens what was decided, before it is done.</summary>
    public void Show(PlanView after, Decision decision, int? unjournaled) =>
        Try(() =>
        {
            foreach (var run in new[] { decision.Ended, after.State.Run }.OfType<RunState>())
                services.Runs.Put(new RunRecord(after.Model.PlanId, run, unjournaled == run.Id));
            services.Screens.Show(after, changed: true);
        });

    /// <summary>What cannot be shown must not keep back what has to be told.</summary>
    private void Try(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception e)
        {
            LogBug(e);
        }
    }

    private void TellNotices(PlanView before, PlanView after, string? actor, Decision decision)
    {
        var runId = after.State.Run?.Id ?? decision.Ended?.Id ?? before.State.Run?.Id;
        string?[] people =
        [
            actor,
            after.State.Run?.Actor,
            before.State.Run?.Actor,
            decision.Ended?.Actor,
            after.State.Hold?.By,
            before.State.Hold?.By,
            after.State.Maintenance?.By,
            before.State.Maintenance?.By,
        ];
        foreach (var notice in decision.Notices)
        {
            var by = people.FirstOrDefault(p =>
                p is { Length: > 0 } && notice.Message.Contains(p, StringComparison.Ordinal)
            );
            var data = by is null ? notice.Data : notice.Data.SetItem(EventAudience.ByKey, by);
            services.Events.Append(
                new NewEvent(notice.Type, SeverityOf(notice.Level), after.Model.Definition.Name, notice.Text)
                {
                    PlanId = after.Model.PlanId,
                    RunId = runId,
                    Data = data.Count == 0 ? null : data,
                }
            );
        }
    }

    /// <summary>Who wants what the engine is told, if somebody does.</summary>
    private static string? ActorOf(Observation observation) =>
        observation switch
        {
            RunRequested what => what.Actor,
            CancelRequested what => what.Actor,
            HoldRequested what => what.Actor,
            ReleaseRequested what => what.Actor,
            CycleDismissed what => what.Actor,
            DebtSettled what => what.Actor,
            MaintenanceRequested what => what.Actor,
            MaintenanceEnded what => what.Actor,
            PlannedCancelled what => what.Actor,
            _ => null,
        };

    private void TellRuns(PlanView after, Decision decision, bool material, int? unjournaled)
    {
        if (!material)
            return;
        if (decision.Ended is { } ended)
        {
            Record(after, ended, unjournaled);
            services.Lessons.Learn(ended);
        }
        if (after.State.Run is not { } run)
            return;
        if (unjournaled == run.Id && _toldUnjournaled != run.Id)
        {
            _toldUnjournaled = run.Id;
            Unjournaled(after, run);
        }
        Record(after, run, unjournaled);
    }

    private void TellState(PlanView after, bool material)
    {
        var state = PlanStateView.Of(after);
        var told = $"{state.Stage}|{state.NextPhase?.Id}|{state.Armed}";
        var changed = material || told != _told;
        _told = told;
        if (changed)
            services.Stream.Publish(StreamTypes.PlanState, Key(after.Model.PlanId), state);
        services.Screens.Show(after, changed);
    }

    private void Record(PlanView view, RunState run, int? unjournaled)
    {
        var record = new RunRecord(view.Model.PlanId, run, unjournaled == run.Id);
        services.Runs.Put(record);
        services.Stream.Publish(
            StreamTypes.Run,
            Key(run.Id),
            RunView.Of(record, [.. DebtView.Of(view).Where(d => d.RunId == run.Id)], services.Outages)
        );
        // Whoever comes late finds ended runs in the list.
        if (run.Status != RunStatus.Running)
            services.Stream.Forget(StreamTypes.Run, Key(run.Id));
    }

    private static string Key(int id) => id.ToString(CultureInfo.InvariantCulture);

    private void Unjournaled(PlanView view, RunState run) =>
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

    [LoggerMessage(LogLevel.Error, "Telling what a plan does failed by a bug")]
    private partial void LogBug(Exception e);
}

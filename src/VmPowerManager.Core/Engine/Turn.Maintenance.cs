using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Maintenance: begins and ends, says so, and keeps automatic runs away. A run in progress goes on: cancel stops
/// one, as with disarming (F1).</summary>
internal sealed partial class Turn
{
    private static readonly TimeSpan EndsSoon = TimeSpan.FromMinutes(10);

    /// <summary>The plan is asked to do nothing by itself.</summary>
    private bool WholeMaintenance => _state.Maintenance is { Whole: true };

    private bool InMaintenance(TargetRef target) => _state.Maintenance?.Covers(target, HostOf) == true;

    /// <summary>We stopped it, and it is in maintenance: started when that is over.</summary>
    private bool WaitsForMaintenance(SnapshotEntry entry) =>
        entry is { Touched: true, ByPerson: false, Power: PowerState.Running }
        && InMaintenance(entry.Target)
        && !ObservedUp(entry.Target);

    private void TakeMaintenance(MaintenanceRequested request)
    {
        if (_state.Maintenance is not null)
            Forget(MaintenanceSoon);
        BeginMaintenance(
            new MaintenanceState
            {
                By = request.Actor,
                Since = now.Wall,
                Until = request.Until,
                Targets = request.Targets,
                Reason = request.Reason,
            }
        );
    }

    public void KeepMaintenance()
    {
        var written = configured.Definition.Maintenance;
        if (_state.Maintenance is { OfPlan: true } ours)
        {
            if (written is null)
                EndMaintenance($"the plan no longer says so");
            else if (!Same(ours, written))
                _state = _state with { Maintenance = OfPlan(written) with { Since = ours.Since } };
        }
        if (_state.Maintenance is null && written is not null && IsDue(written))
            BeginMaintenance(OfPlan(written));
        if (_state.Maintenance is not { } current)
            return;
        if (current.Until <= now.Wall)
            EndMaintenance($"its time is over");
        else if (current.Until - now.Wall <= EndsSoon && current.Until - current.Since > EndsSoon)
            TellOnce(
                MaintenanceSoon,
                "plan.maintenanceEnds",
                NoticeLevel.Warning,
                $"The maintenance of \"{Plan.Name}\" ends at {current.Until:u}: from then on it acts by itself again."
            );
        if (WholeMaintenance && AnyCritical())
            TellOnce(
                "maintenanceCritical",
                "plan.maintenanceCritical",
                NoticeLevel.Critical,
                $"The power of \"{Plan.Name}\" is critical, and it is in maintenance: nothing is shut down. {TimeLeft()}"
            );
    }

    private const string MaintenanceSoon = "maintenanceEnds";

    private bool AnyCritical() => Model.Hosts.Keys.Any(id => Supply(id) is { IsCritical: true } s && Fails(s));

    private bool IsDue(MaintenanceDefinition written) =>
        written.Until > now.Wall && _state.MaintenanceDone != written.Until;

    private MaintenanceState OfPlan(MaintenanceDefinition written) =>
        new()
        {
            Since = now.Wall,
            Until = written.Until,
            Targets = written.Targets,
            Reason = written.Reason,
        };

    private static bool Same(MaintenanceState ours, MaintenanceDefinition written) =>
        ours.Until == written.Until
        && ours.Reason == written.Reason
        && ours.Targets.Length == written.Targets.Length
        && ours.Targets.Zip(written.Targets)
            .All(t =>
                (t.First with { Except = [] }) == (t.Second with { Except = [] })
                && t.First.Except.SequenceEqual(t.Second.Except)
            );

    private void BeginMaintenance(MaintenanceState maintenance)
    {
        _state = _state with
        {
            Maintenance = maintenance,
            MaintenanceDone = configured.Definition.Maintenance?.Until ?? _state.MaintenanceDone,
        };
        var what = maintenance.Whole ? Sentence.Of($"\"{Plan.Name}\"") : StandingWords.Targets(configured, maintenance);
        var reason = maintenance.Reason is { } words ? Sentence.Of($" ({words})") : null;
        var by = maintenance.By is { } who ? Sentence.Of($"{who} puts") : Sentence.Of($"The plan puts");
        Tell(
            "plan.maintenance",
            NoticeLevel.Warning,
            $"{by} {what} into maintenance until {maintenance.Until:u}{reason}: nothing automatic is done to it.",
            ("until", maintenance.Until.ToString("u", Words.Culture))
        );
        foreach (var warning in StandingWords.Ties(configured, _state, maintenance))
            Tell("plan.maintenanceTie", NoticeLevel.Warning, warning);
        if (AnyOutage)
            TellMaintenance();
        LeaveAlone();
    }

    /// <summary>What has not begun in an automatic run is not begun on a target in maintenance.</summary>
    private void LeaveAlone()
    {
        if (Run is not { Cause: RunCause.Outage or RunCause.Planned } run || WholeMaintenance)
            return;
        for (var i = 0; i < run.Steps.Length; i++)
        {
            if (run.Steps[i] is { Status: StepStatus.Pending } step && InMaintenance(step.Target))
                Finish(i, StepStatus.Skipped, null, $"It is in maintenance.");
        }
    }

    private void EndMaintenance(Sentence because)
    {
        _state = _state with { Maintenance = null };
        Forget(MaintenanceSoon);
        Forget("maintenanceCritical");
        Tell(
            "plan.maintenanceEnded",
            NoticeLevel.Info,
            $"The maintenance of \"{Plan.Name}\" has ended: {because}. It acts by itself again."
        );
        _refresh = true; // What was worked on is looked at anew.
    }

    /// <summary>No silent trap: an outage in maintenance is told with the time that is left, as of a disarmed plan (F1).</summary>
    private void TellMaintenance()
    {
        if (_state.Maintenance is not { } maintenance || !configured.Armed)
            return;
        if (maintenance.Whole)
            Tell(
                "plan.maintenanceOutage",
                NoticeLevel.Critical,
                $"On battery, and \"{Plan.Name}\" is in maintenance until {maintenance.Until:u}: nothing will be shut down. {TimeLeft()}"
            );
        else
            Tell(
                "plan.maintenanceOutage",
                NoticeLevel.Critical,
                $"On battery, and {StandingWords.Targets(configured, maintenance)} of \"{Plan.Name}\" will not be shut down: in maintenance until {maintenance.Until:u}. {TimeLeft()}"
            );
    }

    private double? LeastTimeLeft() => Model.Hosts.Keys.Append(0).Select(id => Supply(id).TimeLeftSeconds).Min();

    private Sentence TimeLeft() =>
        LeastTimeLeft() is { } left
            ? Sentence.Of($"About {Words.Duration(left)} of battery left.")
            : Sentence.Of($"Battery runtime unknown.");
}

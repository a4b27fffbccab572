using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Brings back what ran (POLICY E): when.</summary>
internal sealed partial class Turn
{
    /// <summary>Where the plan says nothing: nobody should find out by the silence of the house.</summary>
    private const int ToldAfterSeconds = 3600;

    private void ConsiderStartup(CycleState cycle)
    {
        if (AwaitsLook(cycle) || _state.Cycle is not { } looked)
            return;
        cycle = looked;
        if (AnyTrouble && !_state.Upses.Values.Any(u => u.OnLine))
        {
            Wait(cycle, mainsIsBack: false);
            return;
        }
        if (cycle is { StartAt: { } at, StartWanted: false } && at > now.Wall)
            return; // F5: a planned run's machines come back when a person said so.
        var steps = StartList(everything: false, byPerson: cycle.StartWanted);
        if (steps.All(s => !s.MovesTarget || ObservedUp(s.Target)))
        {
            if (!AnyTrouble && !cycle.Snapshot.Values.Any(e => Unsettled(e) || WaitsForPerson(e)))
                CloseCycle(
                    steps.Length > 0
                        ? Sentence.Of($"everything that ran runs again")
                        : Sentence.Of($"there is nothing to start")
                );
            return;
        }
        var cameLate = cycle.Missing.Any(id => ObservedUp(id));
        if (!cycle.StartWanted && (cycle.Manual || (cycle.StartFailed && !cameLate) || !MayActAlone))
            return;
        var confirm = TimeSpan.FromSeconds(Plan.ReturnConfirmSeconds);
        if (MayAnyStart(steps))
        {
            Begin(RunKind.Startup, RunCause.Outage, configured, steps, GateValues(steps));
            TellOneLegged(steps);
        }
        else
            Wait(cycle, steps.Any(s => s.MovesTarget && OnLineFor(FedAs(s.Target), confirm)));
    }

    /// <summary>Something to start whose gate passes, and the gates of all that it needs (E3, E4).</summary>
    private bool MayAnyStart(ImmutableArray<StepState> steps)
    {
        var open = steps.Where(s => s.MovesTarget && StartGatePasses(s)).ToList();
        if (open.Count == 0 || steps.All(s => s.Needs.Length == 0))
            return open.Count > 0;
        var shut = steps.Where(s => s.MovesTarget).Except(open).Select(s => s.Target).ToList();
        var keys = shut.Select(KeyOf)
            .Concat(shut.Where(t => t.Kind == TargetKind.Guest).Select(t => PlanGraph.GroupKey(HostOf(t))))
            .ToHashSet(StringComparer.Ordinal);
        return open.Exists(s => !s.Needs.Any(keys.Contains));
    }

    /// <summary>Mains is back and the gates are not passed: said once, and once more when it has lasted (E3).</summary>
    private void Wait(CycleState cycle, bool mainsIsBack)
    {
        if (!mainsIsBack)
        {
            if (cycle.WaitingSince is not null)
                _state = _state with { Cycle = cycle with { WaitingSince = null } };
        }
        else if (cycle.WaitingSince is null)
        {
            _state = _state with { Cycle = cycle with { WaitingSince = Now } };
            _refresh = true; // What is up is decided on what is seen now.
            Tell(
                "plan.mainsBack",
                NoticeLevel.Info,
                $"Mains is back. The startup of \"{Plan.Name}\" waits for stable mains and charge."
            );
        }
        else if (
            (Plan.Startup.MaxWaitSeconds ?? ToldAfterSeconds) is var most
            && Now - cycle.WaitingSince >= TimeSpan.FromSeconds(most)
        )
        {
            TellOnce(
                "maxWait",
                "plan.startupWaits",
                NoticeLevel.Critical,
                $"The startup of \"{Plan.Name}\" has waited for {Words.Duration(most)} and its gates are still not passed. Start it by hand, or wait."
            );
        }
    }

    /// <summary>A person stopped it and may want it back, or it is in maintenance: the cycle is kept for that (E1, F5).</summary>
    private bool WaitsForPerson(SnapshotEntry entry) =>
        (entry is { ByPerson: true, Power: PowerState.Running } && !ObservedUp(entry.Target))
        || WaitsForMaintenance(entry);

    private void CloseCycle(Sentence because)
    {
        _state = _state with { Cycle = null };
        Forget("maxWait");
        Forget("noWarning");
        Tell("plan.cycleClosed", NoticeLevel.Info, $"The outage cycle of \"{Plan.Name}\" is over: {because}.");
    }
}

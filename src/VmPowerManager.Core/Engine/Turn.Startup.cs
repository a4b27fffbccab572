namespace VmPowerManager.Core.Engine;

/// <summary>Brings back what ran (POLICY E): when.</summary>
internal sealed partial class Turn
{
    private void ConsiderStartup(CycleState cycle)
    {
        if (AnyTrouble && !_state.Upses.Values.Any(u => u.OnLine))
        {
            Wait(cycle, mainsIsBack: false);
            return;
        }
        if (cycle is { StartAt: { } at, StartWanted: false } && at > now.Wall)
            return; // F5: a planned run's machines come back when a person said so.
        var steps = StartList(everything: false, byPerson: cycle.StartWanted);
        if (steps.All(s => ObservedUp(s.Target)))
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
        var back = steps.Where(s => OnLineFor(FedAs(s.Target), confirm)).ToList();
        if (back.Any(s => GatePasses(FedAs(s.Target))))
            Begin(RunKind.Startup, RunCause.Outage, configured, steps, GateValues());
        else
            Wait(cycle, back.Count > 0);
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
        else if (Plan.Startup.MaxWaitSeconds is { } most && Now - cycle.WaitingSince >= TimeSpan.FromSeconds(most))
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
        entry.Power == PowerState.Running
        && (entry.ByPerson || (entry.Touched && InMaintenance(entry.Target)))
        && !ObservedUp(entry.Target);

    private void CloseCycle(Sentence because)
    {
        _state = _state with { Cycle = null };
        Forget("maxWait");
        Tell("plan.cycleClosed", NoticeLevel.Info, $"The outage cycle of \"{Plan.Name}\" is over: {because}.");
    }
}

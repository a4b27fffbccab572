using VmPowerManager.Core.Engine;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>What must hold when something is started, and at the end.</summary>
internal sealed partial class ChaosRules
{
    private void CheckUp(RunState run, PlanState state, Effect effect)
    {
        if (run.Kind != RunKind.Startup)
            return;
        I3_NotOnWhatRuns(state, effect);
        E4_WhatIsNeededFirst(run, effect);
        if (run.Cause is RunCause.Manual or RunCause.Drill)
            return;
        I5_OnlyWhatRan(state, effect);
        if (!effect.Repeats && state.Cycle is not { ShedOnly: true })
            E3_OnlyWithEnoughCharge(run, effect);
    }

    private void I3_NotOnWhatRuns(PlanState state, Effect effect) =>
        Hold(
            !(
                state.Guests.GetValueOrDefault(effect.TargetKey) is { Power: PowerState.Running } guest
                && guest.SeenAt > _world.Moment.Elapsed - TimeSpan.FromSeconds(3)
            ),
            "I3",
            $"{effect.TargetName} runs already"
        );

    /// <summary>It ran in this cycle, or at the last refresh before it (E1); where nobody saw the power go, at the last
    /// look before its host was lost (E6).</summary>
    private void I5_OnlyWhatRan(PlanState state, Effect effect) =>
        Hold(
            _ranAt.TryGetValue(effect.TargetName, out var ran)
                && (
                    Unannounced
                    || state.Cycle is { Unannounced: true }
                    || World.Start + ran >= state.Cycle?.OpenedWall - TimeSpan.FromSeconds(65)
                ),
            "I5",
            $"{effect.TargetName} did not run"
        );

    private static void E4_WhatIsNeededFirst(RunState run, Effect effect)
    {
        // A look at what was started before, or its asking again, begins nothing.
        if (effect is { Kind: EffectKind.Ready } or { Repeats: true })
            return;
        var needs = run.Steps.FirstOrDefault(s => s.Target.Key == effect.TargetKey)?.Needs ?? [];
        foreach (var other in run.Steps.Where(s => !s.Terminal && needs.Contains(s.Target.Key)))
            Hold(false, "E4", $"{effect.TargetName} before {other.Target.Name}, which it needs");
    }

    /// <summary>E3, E5: some UPS of it is on line by its newest word, long enough, and charged.</summary>
    private void E3_OnlyWithEnoughCharge(RunState run, Effect effect)
    {
        var gate = run.Model.Definition.Startup;
        if (!_world.Model.Hosts.TryGetValue(effect.HostId, out var host))
            return;
        var stable = TimeSpan.FromSeconds(gate.StableMainsSeconds - 1);
        var good = _world
            .Model.SuppliesOf(host)
            .Any(s =>
                _world.Moment.Elapsed - _lines.OnLineSince(s.UpsId) >= stable
                && !(_lines.Last(s.UpsId)?.BatteryChargePercent < gate.MinChargePercent)
            );
        Hold(good, "E3", $"{effect.TargetName} is started too early");
    }

    /// <summary>At the end: what ran runs, nothing is left open.</summary>
    public void AtRest(IReadOnlySet<string> ran, bool people)
    {
        I6_NoRunHangs();
        E1_TheCycleIsClosed();
        E2_WhatRanRuns(ran);
        I10_DebtsArePaidOrShown();
        I11_FailuresHaveAReasonAndAreTold();
        Hold(people || _world.State.Hold is null, "F4", "a hold that nobody made");
    }

    private void I6_NoRunHangs()
    {
        var open = _world
            .State.Run?.Steps.Where(s => !s.Terminal)
            .Select(s => $"{s.Target.Name} {s.Status} {s.Detail}");
        Hold(
            _world.State.Run is null,
            "I6",
            $"the run hangs: {_world.State.Run?.Kind} {string.Join(", ", open ?? [])}"
        );
    }

    private void E1_TheCycleIsClosed()
    {
        var failed = _world.Ended.Count > 0 && _world.Ended[^1] is { Kind: RunKind.Startup, Status: RunStatus.Failed };
        Hold(_world.State.Cycle is null || failed, "E1", "the cycle is left open");
    }

    private void E2_WhatRanRuns(IReadOnlySet<string> ran)
    {
        var off = _world
            .Guests.Values.Where(g => ran.Contains(g.Name) && g.Power(_world.Now) != PowerState.Running)
            .Select(g => g.Name)
            .ToList();
        Hold(off.Count == 0, "E2", $"still off: {string.Join(", ", off)}");
    }

    private void I10_DebtsArePaidOrShown()
    {
        foreach (var debt in _world.State.Debts)
            Hold(
                debt.Status == DebtStatus.Failed && debt.Detail is not null,
                "I10",
                $"the debt \"{debt.What}\" is {debt.Status}"
            );
    }

    private void I11_FailuresHaveAReasonAndAreTold()
    {
        var bad = _world.Ended.SelectMany(r => r.Steps).Where(s => s.Status is StepStatus.Failed or StepStatus.Unknown);
        foreach (var step in bad)
        {
            Hold(step.Detail is not null, "I11", $"{step.Target.Name} failed without a reason");
            Hold(
                _world.Notices.Any(n =>
                    n.Level == NoticeLevel.Critical && n.Message.Contains(step.Target.Name, StringComparison.Ordinal)
                ),
                "I11",
                $"nobody was told that {step.Target.Name} failed"
            );
        }
    }
}

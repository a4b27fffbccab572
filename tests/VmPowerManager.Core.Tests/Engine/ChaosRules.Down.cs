using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>What must hold when something is asked to go down.</summary>
internal sealed partial class ChaosRules
{
    private void CheckDown(RunState run, PlanState state, Effect effect)
    {
        if (run.Cause == RunCause.Outage)
        {
            I1_OnlyOnAConfirmedBattery(effect);
            I4_NothingMoreOnceMainsIsBack(run, effect);
            I7_NeverOnSilenceAlone(effect);
            I9_NeverOnAMaskedBattery(effect);
        }
        I3_NotOnWhatIsOff(state, effect);
        C6_UsersBeforeWhatTheyNeed(run, effect);
        if (effect.Kind == EffectKind.GuestPower)
            return;
        C6_LowerRanksFirst(run, effect);
        I8_TheManagersHostIsLast(run, effect);
    }

    /// <summary>A9, opt-in: all lost at once, and the canary with them.</summary>
    private bool LossCounts => CanarySilent && _world.Model.Definition.LossIsOutage;

    private void I1_OnlyOnAConfirmedBattery(Effect effect) =>
        Hold(_lines.AnyConfirmed(_world.Moment.Elapsed) || LossCounts, "I1", $"{effect.Action} of {effect.TargetName}");

    private void I4_NothingMoreOnceMainsIsBack(RunState run, Effect effect)
    {
        var back = TimeSpan.FromSeconds(run.Model.Definition.ReturnConfirmSeconds + 1);
        Hold(
            run.PastNoReturn || !_lines.AllBack(_world.Moment.Elapsed, back, _world.Upses.Count),
            "I4",
            $"{effect.Action} of {effect.TargetName} with mains back"
        );
    }

    private void I7_NeverOnSilenceAlone(Effect effect) =>
        Hold(_lines.AnySeen || LossCounts, "I7", $"{effect.Action} of {effect.TargetName}");

    private void I9_NeverOnAMaskedBattery(Effect effect) =>
        Hold(!_lines.OnlyMasked, "I9", $"{effect.Action} of {effect.TargetName}");

    private void I3_NotOnWhatIsOff(PlanState state, Effect effect)
    {
        var power = state.Guests.GetValueOrDefault(effect.TargetKey)?.Power;
        Hold(power is not (PowerState.Off or PowerState.Saved), "I3", $"{effect.TargetName} is off already");
        var heard = state.Hosts.GetValueOrDefault(effect.HostId)?.Answers != false;
        var longOff = _world.Now - _ranAt.GetValueOrDefault(effect.TargetName, _world.Now) > TimeSpan.FromSeconds(4);
        Hold(
            !(longOff && heard && _world.Hosts[effect.HostId].Answers(_world.Now)),
            "I3",
            $"{effect.TargetName} went off long ago"
        );
    }

    /// <summary>Nobody of a lower rank is still to go down when a host is told.</summary>
    private void C6_LowerRanksFirst(RunState run, Effect effect)
    {
        var rank = _world.Model.Hosts[effect.HostId].Rank;
        foreach (var step in run.Steps)
        {
            if (step is not { Selected: true, Terminal: false } || step.Target.HostId == effect.HostId)
                continue;
            var other =
                step.Target.Kind == TargetKind.Host ? _world.Model.Hosts[step.Target.HostId].Rank : HostRank.Ordinary;
            if (step.Target.Kind != TargetKind.Ups)
                Hold(other >= rank, "C6", $"{effect.TargetName} ({rank}) before {step.Target.Name} ({other})");
        }
    }

    /// <summary>One graph for both directions: a dependant that goes down in this run goes down first.</summary>
    private static void C6_UsersBeforeWhatTheyNeed(RunState run, Effect effect)
    {
        foreach (var user in run.Steps)
        {
            if (user is { Selected: true, Terminal: false } && user.Needs.Contains(effect.TargetKey))
                Hold(
                    user.Target.Key == effect.TargetKey,
                    "C6",
                    $"{effect.TargetName} before {user.Target.Name}, which needs it"
                );
        }
    }

    private void I8_TheManagersHostIsLast(RunState run, Effect effect)
    {
        if (_world.Model.Hosts[effect.HostId].Rank != HostRank.Manager)
            return;
        foreach (var step in run.Steps)
            Hold(
                step is not { Selected: true, Terminal: false } || step.Target.HostId == effect.HostId,
                "I8",
                $"{effect.TargetName} before {step.Target.Name}"
            );
    }

    private void I13_NoCutWhileAFedHostIsUp(Effect cut)
    {
        foreach (var (id, host) in _world.Model.Hosts.Concat(_world.Model.Bystanders))
        {
            if (host.Supplies.Any(s => s.UpsId == cut.UpsId) && _world.Hosts.TryGetValue(id, out var real))
                Hold(
                    !real.Answers(_world.Now) || (host.Rank == HostRank.Manager && cut.Delay > TimeSpan.Zero),
                    "I13",
                    $"{cut.TargetName} is cut while {host.Name} is up"
                );
        }
    }

    private static void I10_DebtIsRecordedBefore(PlanState state, RunState? run, Effect effect)
    {
        var step = run?.Steps.FirstOrDefault(s => s.Effect == effect.Id);
        if (step?.Undo is { } undo)
            Hold(state.Debts.Any(d => d.Undo == undo), "I10", $"nothing is owed for {effect.Command}");
    }

    private static void I10_DebtsAreKeptUntilPaid(PlanState before, Observation told, Decision made)
    {
        if (before.Debts == made.State.Debts)
            return;
        foreach (var gone in before.Debts.Where(d => made.State.Debts.All(n => n.Id != d.Id)))
            Hold(
                told is DebtSettled or EffectEnded { Ok: true },
                "I10",
                $"the debt \"{gone.What}\" is gone, and was not paid"
            );
    }
}

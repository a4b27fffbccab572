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
        if (run.Cause == RunCause.Outage)
            NothingAutomaticInMaintenance(run, state, effect);
        if (run.Steps.Any(s => s.Target.Key == effect.TargetKey && s.Attempt > 1))
            return; // It was told before the others came into danger.
        C6_LowerRanksFirst(run, effect);
        I8_TheManagersHostIsLast(run, effect);
    }

    /// <summary>Where a controller can tell: silence alone may deceive, and is all there is elsewhere. What was just switched
    /// on behind our back nobody has seen yet.</summary>
    private void C4_WhatIsDoneIsOff(Decision made)
    {
        if ((made.State.Run ?? made.Ended) is not { Kind: RunKind.Shutdown } run)
            return;
        foreach (var step in run.Steps)
        {
            if (
                step is { Status: StepStatus.Done, Target.Kind: TargetKind.Host, Action: StepAction.Shutdown }
                && step.OverAt == _world.Moment.Elapsed
                && _world.Hosts.TryGetValue(step.Target.HostId, out var host)
            )
                Hold(
                    !host.BmcTells || !host.Powered(_world.Now) || host.UpAt > _world.Now - TimeSpan.FromSeconds(6),
                    "C4",
                    $"{step.Target.Name} is done, and has power: {step.Evidence}"
                );
        }
    }

    /// <summary>A run in progress goes on, as does one that a person asked for, and a host's own way down takes its guests along: hosts tell.</summary>
    private static void NothingAutomaticInMaintenance(RunState run, PlanState state, Effect effect)
    {
        if (state.Maintenance is not { } maintenance || run.Actor is not null || !(run.StartedAt > maintenance.Since))
            return;
        var host = run.Steps.First(s => s.Target.Key == effect.TargetKey).Target;
        Hold(!maintenance.Covers(host, t => t.HostId), "F1", $"{effect.TargetName} is in maintenance");
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
        // An answer takes up to six seconds in these worlds, and is as old as its question.
        var longOff = _world.Now - _ranAt.GetValueOrDefault(effect.TargetName, _world.Now) > TimeSpan.FromSeconds(8);
        Hold(
            !(longOff && heard && _world.Hosts[effect.HostId].Answers(_world.Now)),
            "I3",
            $"{effect.TargetName} went off long ago"
        );
    }

    /// <summary>Nobody of a lower rank is still to go down when a host is told.</summary>
    private void C6_LowerRanksFirst(RunState run, Effect effect)
    {
        var rank = RankOf(effect.HostId);
        foreach (var step in run.Steps)
        {
            if (step is not { Selected: true, Terminal: false } || step.Target.HostId == effect.HostId)
                continue;
            var other = step.Target.Kind == TargetKind.Host ? RankOf(step.Target.HostId) : 0;
            if (step.Target.Kind != TargetKind.Ups)
                Hold(other >= rank, "C6", $"{effect.TargetName} ({rank}) before {step.Target.Name} ({other})");
        }
    }

    /// <summary>A host that serves a UPS stops after all others but the network to it and the manager (A10).</summary>
    private double RankOf(int hostId)
    {
        var rank = _world.Model.Hosts[hostId].Rank;
        return rank < HostRank.Network && _world.Model.Servers.Values.Any(s => s.HostId == hostId)
            ? (double)HostRank.Network - 0.5
            : (double)rank;
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

using VmPowerManager.Core.Engine;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>The invariants of POLICY, each a method with its name, held after every step against what the world
/// knows.</summary>
internal sealed partial class ChaosRules
{
    private readonly World _world;
    private readonly bool _traced;
    private readonly ChaosLines _lines;
    private readonly Dictionary<string, TimeSpan> _ranAt = [];
    private readonly Dictionary<int, string> _said = [];
    private int _ticks;

    public ChaosRules(World world, bool traced)
    {
        (_world, _traced) = (world, traced);
        _lines = new ChaosLines(!world.Model.Canaries.IsEmpty, !world.Model.Servers.IsEmpty);
        world.Checked = Check;
        world.Read = _lines.Note;
    }

    public List<string> Trace { get; } = [];

    /// <summary>A machine died without a warning, the manager's or another (E6).</summary>
    public bool Unannounced { get; set; }

    /// <summary>The witness on raw mains is silent (A9).</summary>
    public bool CanarySilent { get; set; }

    public void Note(string what)
    {
        if (_traced)
            Trace.Add($"{_world.Now:h\\:mm\\:ss\\.f} {what}");
    }

    /// <summary>Guests of a host that is off are off.</summary>
    public void BuryGuests()
    {
        foreach (var guest in _world.Guests.Values)
        {
            if (!_world.Hosts[guest.HostId].Answers(_world.Now))
                guest.Set(PowerState.Off);
        }
    }

    private void Check(PlanState before, Observation told, Decision made)
    {
        foreach (var guest in _world.Guests.Values)
        {
            if (guest.Power(_world.Now) is PowerState.Running or PowerState.Paused)
                _ranAt[guest.Name] = _world.Now;
        }
        if (told is Resumed resumed)
        {
            Unannounced |= resumed.NewBoot;
            if (resumed.NewBoot)
                _lines.Forget();
            else
                _lines.Restarted();
            Restarted();
        }
        if (_traced)
            Tell(told, made);
        foreach (var effect in made.Effects)
            CheckEffect(made.State.Run ?? made.Ended, made.State, effect);
        C4_WhatIsDoneIsOff(made);
        F2_OneEffectPerTarget(made);
        I6_StepsKeepTheirBounds(made);
        I10_DebtsAreKeptUntilPaid(before, told, made);
        I14_ARunKeepsWhatItFroze(before, made);
        if (told is Ticked && (made.IsMaterial(before) || ++_ticks % 16 == 0))
            TheSameMomentTwice_DecidesNothingNew();
    }

    private void Tell(Observation told, Decision made)
    {
        if (told is not (Ticked or UpsObserved or HostMissed or HostAnswered or CanaryObserved))
            Note($"{told}");
        if (told is UpsObserved { What: var what })
        {
            var says = what.Reading?.Status.ToString() ?? "silent";
            if (_said.GetValueOrDefault(what.UpsId) != says)
                Note($"ups{what.UpsId} {_said[what.UpsId] = says}");
        }
        foreach (var notice in made.Notices)
            Note($"{notice.Level} {notice.Message}");
        foreach (var effect in made.Effects)
            Note($"-> {effect.Action} {effect.TargetName}");
    }

    private void CheckEffect(RunState? run, PlanState state, Effect effect)
    {
        if (effect.Kind == EffectKind.UpsCut)
            I13_NoCutWhileAFedHostIsUp(effect);
        if (effect.Kind == EffectKind.Command)
            I10_DebtIsRecordedBefore(state, run, effect);
        if (run is null || effect.Kind is not (EffectKind.GuestPower or EffectKind.HostShutdown or EffectKind.BmcOff))
            return;
        if (run.Kind == RunKind.Shutdown)
            CheckDown(run, state, effect);
        else
            CheckUp(run, state, effect);
    }

    private static void F2_OneEffectPerTarget(Decision made)
    {
        if (made.Effects.Length > 1)
            Hold(
                made.Effects.DistinctBy(e => e.TargetKey).Count() == made.Effects.Length,
                "F2",
                "two effects, one target"
            );
    }

    private static void I14_ARunKeepsWhatItFroze(PlanState before, Decision made)
    {
        if (before.Run is { Id: > 0 } was && made.State.Run is { } run && run.Id == was.Id)
            Hold(was.Model.Revision == run.Model.Revision, "I14", "the model of a run was changed");
    }

    private void TheSameMomentTwice_DecidesNothingNew()
    {
        var again = PlanEngine.Step(_world.Model, _world.State, new Ticked(), _world.Moment);
        Hold(
            again.Effects.IsEmpty && again.Notices.IsEmpty && again.Ended is null,
            "tick",
            $"a second one decides more: {string.Join("; ", again.Notices.Select(n => n.Message).Concat(again.Effects.Select(e => e.TargetName)))}"
        );
    }

    private static void Hold(bool holds, string rule, string otherwise)
    {
        if (!holds)
            throw new BrokenRuleException(rule, otherwise);
    }
}

/// <summary>An invariant does not hold.</summary>
internal sealed class BrokenRuleException(string rule, string words) : Exception($"{rule}: {words}")
{
    public string Rule { get; } = rule;
}

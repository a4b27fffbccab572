using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>The invariants of POLICY, held against what the world knows.</summary>
internal sealed class ChaosRules
{
    private readonly World _world;
    private readonly Dictionary<int, TimeSpan> _batterySince = [];
    private readonly HashSet<string> _mayStart = [];

    public ChaosRules(World world)
    {
        _world = world;
        world.Checked = Check;
        world.Read = Note;
    }

    public List<string> Trace { get; } = [];
    public int Restarts { get; set; }

    /// <summary>Guests of a host that is off are off.</summary>
    public void BuryGuests()
    {
        foreach (var guest in _world.Guests.Values.Where(g => !_world.Hosts[g.HostId].Answers(_world.Now)))
            guest.Set(PowerState.Off);
    }

    /// <summary>At the end: what ran runs, nothing is left open.</summary>
    public void AtRest(IReadOnlySet<string> ran, bool people)
    {
        var run = _world.State.Run;
        Assert.True(
            run is null,
            $"I6: the run hangs: {run?.Kind} {string.Join(", ", run?.Steps.Where(s => !s.Terminal).Select(s => $"{s.Target.Name} {s.Status} {s.Selected} {s.Detail}") ?? [])}"
        );
        var failed = _world.Ended.Count > 0 && _world.Ended[^1] is { Kind: RunKind.Startup, Status: RunStatus.Failed };
        Assert.True(_world.State.Cycle is null || failed, "the cycle is left open");
        var off = ran.Where(name => _world.Guests[name].Power(_world.Now) != PowerState.Running).ToList();
        Assert.True(off.Count == 0, $"E2: still off: {string.Join(", ", off)}");
        if (!people)
            Assert.Null(_world.State.Hold);
        foreach (
            var step in _world
                .Ended.SelectMany(r => r.Steps)
                .Where(s => s.Status is StepStatus.Failed or StepStatus.Unknown)
        )
        {
            Assert.False(string.IsNullOrEmpty(step.Detail), $"I11: {step.Target.Name} failed without a reason");
            Assert.Contains(
                _world.Notices,
                n => n.Level == NoticeLevel.Critical && n.Message.Contains(step.Target.Name, StringComparison.Ordinal)
            );
        }
    }

    /// <summary>Since when the line has been out, by the readings alone: unmasked OB, until a reading on line.</summary>
    private void Note(int id, UpsObservation what)
    {
        if (what.Reading is not { Status: not UpsStatus.None } reading)
            return;
        var masked = reading.Status.HasFlag(UpsStatus.CAL) && reading.InputVoltage > 115;
        if (!reading.Status.HasFlag(UpsStatus.OB) || masked)
            _batterySince.Remove(id);
        else
            _batterySince.TryAdd(id, what.Taken);
    }

    private void Check(PlanState before, Observation told, Decision made)
    {
        foreach (var guest in _world.Guests.Values.Where(g => g.Power(_world.Now) == PowerState.Running))
            _mayStart.Add(guest.Name);
        if (before.Cycle is null && made.State.Cycle is null)
            _mayStart.Clear();
        if (told is not (Ticked or UpsObserved))
            Trace.Add($"{_world.Now} {(told is HostAnswered a ? $"host{a.HostId} answers" : told)}");
        Trace.AddRange(made.Notices.Select(n => $"{_world.Now} {n.Level} {n.Message}"));
        foreach (var effect in made.Effects)
            CheckEffect(made.Ended ?? made.State.Run, made.State, effect);
        SameRun(before, made);
        if (told is Ticked)
            Twice(made);
    }

    private void CheckEffect(RunState? run, PlanState state, Effect effect)
    {
        Trace.Add($"{_world.Now} -> {effect.Action} {effect.TargetName} {run?.Kind} {run?.Cause}");
        if (effect.Kind == EffectKind.Probe || run is null)
            return;
        var guest = state.Guests.GetValueOrDefault(effect.TargetKey);
        if (run.Kind == RunKind.Shutdown)
        {
            // I1, I4, I7, I9: only on a battery in use by its readings, unmasked, for confirmSeconds at least.
            var longest = _batterySince.Values.Select(s => _world.Now - s).DefaultIfEmpty().Max();
            Assert.True(
                run.Cause != RunCause.Outage || longest >= TimeSpan.FromSeconds(2.9),
                $"I1: {effect.Action} of {effect.TargetName} after {longest} on battery"
            );
            // I3: not on a target in the wanted state.
            Assert.False(guest?.Power is PowerState.Off or PowerState.Saved, $"I3: {effect.TargetName} is off already");
            if (effect.Kind == EffectKind.HostShutdown)
                InOrder(run, effect);
        }
        else
        {
            Assert.True(
                run.Cause == RunCause.Manual || _mayStart.Contains(effect.TargetName),
                $"I5: {effect.TargetName} did not run"
            );
            var running = guest is { Power: PowerState.Running } && guest.SeenAt > _world.Now - TimeSpan.FromSeconds(3);
            Assert.False(running, $"I3: {effect.TargetName} runs already");
        }
    }

    /// <summary>C6, I8: nobody of a lower rank is still to go down when a host is told.</summary>
    private void InOrder(RunState run, Effect effect)
    {
        var rank = _world.Model.Hosts[effect.HostId].Rank;
        foreach (
            var step in run.Steps.Where(s =>
                s is { Selected: true, Terminal: false } && s.Target.HostId != effect.HostId
            )
        )
        {
            var other =
                step.Target.Kind == TargetKind.Host ? _world.Model.Hosts[step.Target.HostId].Rank : HostRank.Ordinary;
            Assert.True(other >= rank, $"C6: {effect.TargetName} ({rank}) before {step.Target.Name} ({other})");
        }
    }

    /// <summary>I14: a run keeps what it froze.</summary>
    private static void SameRun(PlanState before, Decision made)
    {
        if (before.Run is { Id: > 0 } was && made.State.Run is { } run && run.Id == was.Id)
            Assert.Equal(was.Model.Revision, run.Model.Revision);
    }

    /// <summary>The same moment told twice decides nothing new.</summary>
    private void Twice(Decision made)
    {
        var again = PlanEngine.Step(_world.Model, _world.State, new Ticked(), _world.Moment);
        Assert.True(
            again.Effects.IsEmpty && again.Notices.IsEmpty && again.Ended is null,
            $"a second tick decides more: {string.Join("; ", again.Notices.Select(n => n.Message).Concat(again.Effects.Select(e => e.TargetName)))}"
        );
        Assert.True(
            made.Effects.DistinctBy(e => e.TargetKey).Count() == made.Effects.Length,
            "F2: one effect per target"
        );
    }
}

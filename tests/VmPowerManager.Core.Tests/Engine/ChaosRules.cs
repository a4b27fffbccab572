using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>The invariants of POLICY, held against what the world knows.</summary>
internal sealed class ChaosRules
{
    private readonly World _world;
    private readonly Dictionary<int, Line> _lines = [];
    private readonly Dictionary<string, TimeSpan> _ranAt = [];

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

    /// <summary>What the readings alone say of the line: unmasked OB confirmed by 3 s (A4), over when on line for 10 s.</summary>
    private sealed record Line(TimeSpan Since, bool Confirmed, TimeSpan? BackSince, TimeSpan BackLast);

    private void Note(int id, UpsObservation what)
    {
        if (what.Reading is not { Status: not UpsStatus.None } reading)
            return;
        var (now, line) = (what.Taken, _lines.GetValueOrDefault(id));
        var onLine = !reading.Status.HasFlag(UpsStatus.OB);
        var masked = reading.Status.HasFlag(UpsStatus.CAL) && reading.InputVoltage > 115;
        if (masked || (onLine && line is not { Confirmed: true }))
            _lines.Remove(id);
        else if (onLine && line is not null)
            _lines[id] = line with { BackSince = line.BackSince ?? now, BackLast = now };
        else if (!onLine && (line is null || line.BackLast - line.BackSince >= TimeSpan.FromSeconds(10)))
            _lines[id] = new Line(now, false, null, default);
        else if (line is not null)
            _lines[id] = line with { BackSince = null, Confirmed = line.Confirmed || IsLong(line, now) };
    }

    private static bool IsLong(Line line, TimeSpan now) => now - line.Since >= TimeSpan.FromSeconds(2.9);

    private void Check(PlanState before, Observation told, Decision made)
    {
        foreach (var guest in _world.Guests.Values.Where(g => g.Power(_world.Now) == PowerState.Running))
            _ranAt[guest.Name] = _world.Now;
        if (told is Resumed { NewBoot: true })
            _lines.Clear();
        if (told is not (Ticked or UpsObserved or HostMissed or HostAnswered))
            Trace.Add($"{_world.Now} {told}");
        Trace.AddRange(made.Notices.Select(n => $"{_world.Now} {n.Level} {n.Message}"));
        foreach (var effect in made.Effects)
            CheckEffect(made.State.Run ?? made.Ended, made.State, effect);
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
            var real = _lines.Values.Any(l => l.BackSince is null && (l.Confirmed || IsLong(l, _world.Moment.Elapsed)));
            Assert.True(run.Cause != RunCause.Outage || real, $"I1: {effect.Action} of {effect.TargetName}");
            // I3: not on a target in the wanted state.
            Assert.False(guest?.Power is PowerState.Off or PowerState.Saved, $"I3: {effect.TargetName} is off already");
            var heard = state.Hosts.GetValueOrDefault(effect.HostId)?.Answers != false;
            var late = _world.Now - _ranAt.GetValueOrDefault(effect.TargetName, _world.Now) > TimeSpan.FromSeconds(4);
            Assert.False(
                late && heard && _world.Hosts[effect.HostId].Answers(_world.Now),
                $"I3: {effect.TargetName} went off long ago"
            );
            if (effect.Kind == EffectKind.HostShutdown)
                InOrder(run, effect);
        }
        else
        {
            Assert.True(
                run.Cause == RunCause.Manual || RanInCycle(state, effect.TargetName),
                $"I5: {effect.TargetName} did not run"
            );
            var running =
                guest is { Power: PowerState.Running }
                && guest.SeenAt > _world.Moment.Elapsed - TimeSpan.FromSeconds(3);
            Assert.False(running, $"I3: {effect.TargetName} runs already");
        }
    }

    /// <summary>It ran in this cycle, or at the last refresh before it (E1).</summary>
    private bool RanInCycle(PlanState state, string guest) =>
        _ranAt.TryGetValue(guest, out var ran)
        && World.Start + ran >= state.Cycle?.OpenedWall - TimeSpan.FromSeconds(65);

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

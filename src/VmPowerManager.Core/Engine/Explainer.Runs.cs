using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>What is to be said of a run: what it does now, who waits for what, why so fast, whether it can still turn back.</summary>
internal sealed partial class Explainer
{
    private void SayShutdown(RunState run, NextPhase? next)
    {
        var (done, all) = Progress(run);
        Say($"Shutting down: {done} of {all} done.", "C1");
        SayWorking(run);
        SayWaits(
            run.Steps.FirstOrDefault(s => s.Selected && (s.Status == StepStatus.Pending || Listens(s))),
            WaitsDown
        );
        if (run.Because is { } because)
            Say($"Because {because}.");
        else if (run.Actor is { } actor)
            Say($"Asked for by {actor}.", "F5");
        if (run.Compressed)
            Say(
                _worst is { IsCritical: true, Failing: true }
                    ? Sentence.Of($"Compressed: no waits between steps, as the power is critical.")
                    : Sentence.Of($"Compressed: no waits between steps."),
                "C7"
            );
        if (!SayTurningPoint(run))
            SayNext(next);
    }

    /// <summary>D1, D2, F4: whether what has not begun still will. True: nothing of it begins as things stand.</summary>
    private bool SayTurningPoint(RunState run)
    {
        if (run.Cancelled is not null)
        {
            Say($"Stopped by a person: nothing new begins; what was asked already is watched to its end.", "F4");
            return true;
        }
        if (run.PastNoReturn)
            Say($"Past the point of no return: it goes on even if mains returns.", "D2");
        else if (run.Cause == RunCause.Outage && !_worst.Failing && Upses.Any(u => u.OnLine))
        {
            var since = Upses.Where(u => u.OnLine).Select(u => u.OnLineSince).Min() ?? _now.Elapsed;
            var left = Left(since + TimeSpan.FromSeconds(Plan.ReturnConfirmSeconds));
            Say($"Mains is seen again: nothing new begins, and in {Clock(left)} the rest is called off.", "D1", "I4");
            Announce($"What has not begun is called off", left);
            return true;
        }
        return false;
    }

    /// <summary>Who is being dealt with, for how long of what is allowed; the next rung is the next event.</summary>
    private void SayWorking(RunState run)
    {
        var working = run.Steps.Where(s => s.Status == StepStatus.Running && !Listens(s)).ToList();
        if (working.Count == 0)
            return;
        var shown = Sentence.Join(", ", working.Take(3).Select(Working));
        Say(
            working.Count <= 3
                ? Sentence.Of($"Now: {shown}.")
                : Sentence.Of($"Now: {shown} and {working.Count - 3} more."),
            "C3"
        );
        var first = working.Where(s => s.Ladder.Length > s.Rung && s.RungAt is not null).MinBy(RungEnds);
        if (first is null)
            return;
        var end = Left(RungEnds(first));
        if (first.Rung + 1 < first.Ladder.Length)
            Announce($"{first.Target.Name}: {Words.Of(first.Ladder[first.Rung + 1].Action)}, if it is not off", end);
        else if (run.Kind == RunKind.Startup)
            Announce($"{first.Target.Name} is given up, if it is not up", end);
        else
            Announce($"{first.Target.Name} is given up, if it is not off", end);
    }

    /// <summary>A host that is not told yet: its guests go first (C6).</summary>
    private static bool Listens(StepState step) =>
        step
            is { Status: StepStatus.Running, Target.Kind: TargetKind.Host, Action: StepAction.Shutdown, AskedAt: null };

    private static TimeSpan RungEnds(StepState step) =>
        (step.RungAt ?? TimeSpan.Zero) + TimeSpan.FromSeconds(step.Ladder[step.Rung].TimeoutSeconds);

    private Sentence Working(StepState step)
    {
        if (step.RungAt is not { } since || step.Rung >= step.Ladder.Length)
            return Sentence.Verbatim(step.Target.Name);
        var rung = step.Ladder[step.Rung];
        return $"{step.Target.Name} ({Words.Of(rung.Action)}, {Words.Clock(_now.Elapsed - since)} of {Clock(rung.TimeoutSeconds)})";
    }

    private void SayWaits(StepState? step, Func<StepState, RunState, Sentence?> what)
    {
        if (step is not null && Run is { } run && what(step, run) is { } reason)
            Say($"{step.Target.Name} waits for {reason}.", run.Kind == RunKind.Startup ? "E4" : "C6");
    }

    /// <summary>C6: guests before their host, users before what they need, phase by phase.</summary>
    private Sentence? WaitsDown(StepState step, RunState run)
    {
        var open = run.Steps.Where(s => s is { Terminal: false, Selected: true } && s != step).ToList();
        var guests = open.Count(s => s.Target.Kind == TargetKind.Guest && HostOf(s.Target) == step.Target.HostId);
        if (step.Target.Kind == TargetKind.Host && guests > 0)
            return guests == 1 ? Sentence.Of($"its last guest") : Sentence.Of($"its {guests} guests");
        var users = open.Where(s => s.Needs.Contains(step.Target.Key)).Select(s => s.Target.Name).ToList();
        if (users.Count > 0)
            return Names(users);
        if (StepList.RankOf(_model, step) is > 0 and var rank && open.Any(s => StepList.RankOf(_model, s) < rank))
            return rank == Ranks.Manager ? Sentence.Of($"everything else") : Sentence.Of($"all that use it");
        return EarlierPhase(open, step)
            ?? (open.Exists(s => s.Status == StepStatus.Running) ? Sentence.Of($"its turn") : null);
    }

    private void SayStartup(RunState run)
    {
        var (done, all) = Progress(run);
        Say($"Starting up: {done} of {all} done.", "E4");
        SayWorking(run);
        SayWaits(run.Steps.FirstOrDefault(s => s.Status == StepStatus.Pending), WaitsUp);
        if (Upses.Any(u => u.OnBatterySeen))
            Say($"A battery is in use again: nothing new is started.", "E5");
        if (run.Cancelled is not null)
            Say($"Stopped by a person: nothing new begins; what was asked already is watched to its end.", "F4");
    }

    /// <summary>E4: hosts before their guests, what is needed before its users, phase by phase; E3: the gates.</summary>
    private Sentence? WaitsUp(StepState step, RunState run)
    {
        var open = run.Steps.Where(s => !s.Terminal && s != step).ToList();
        var host = open.Find(s => s.Target.Kind == TargetKind.Host && s.Target.HostId == HostOf(step.Target));
        if (step.Target.Kind == TargetKind.Guest && host is not null)
            return $"its host {host.Target.Name}";
        var needed = open.Where(s => step.Needs.Contains(s.Target.Key)).Select(s => s.Target.Name).ToList();
        if (needed.Count > 0)
            return Names(needed);
        var rank = StepList.RankOf(_model, step);
        var first = open.Where(s => StepList.RankOf(_model, s) > rank).Select(s => s.Target.Name).ToList();
        if (first.Count > 0)
            return Names(first);
        return EarlierPhase(open, step)
            ?? StartupGates.Of(_model, _state, _now).FirstOrDefault(g => !g.Passes && g.Phase == step.Phase)?.WaitsFor;
    }

    private Sentence? EarlierPhase(List<StepState> open, StepState step)
    {
        var earlier = open.Where(s => s.PhaseIndex < step.PhaseIndex).MinBy(s => s.PhaseIndex);
        var name = Plan.Phases.FirstOrDefault(p => p.Id == earlier?.Phase)?.Name;
        return name is null ? null : Sentence.Of($"phase \"{name}\"");
    }

    private int HostOf(TargetRef target) => _state.Guests.GetValueOrDefault(target.Key)?.HostId ?? target.HostId;
}

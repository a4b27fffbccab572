using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Forecasts;

/// <summary>What an ended run teaches. Drills are real; rehearsals are not. What was off already, what somebody started
/// again meanwhile, and what nobody asked anything says nothing about how long it takes.</summary>
public static class RunDurations
{
    public static IReadOnlyList<MeasuredDuration> Of(RunState run) =>
        run.Kind == RunKind.Rehearsal ? [] : [.. run.Steps.SelectMany(s => Of(run, s)).Concat(Sheds(run))];

    private static IEnumerable<MeasuredDuration> Of(RunState run, StepState step)
    {
        if (
            step is not { Attempt: > 0, CameBack: 0, BeganAt: not null, OverAt: not null }
            || step.Target.Kind == TargetKind.Ups
            || step.Ladder.Length == 0
        )
            return [];
        return step.Target.Kind == TargetKind.Host && run.Kind == RunKind.Shutdown && step.Action != StepAction.Command
            ? OfHost(step)
            : OfRungs(run, step);
    }

    /// <summary>Until it fell silent: the proof that follows (C4) is no part of it.</summary>
    private static IEnumerable<MeasuredDuration> OfHost(StepState step)
    {
        var off = step.GoneAt ?? (step.Status == StepStatus.Done ? step.OverAt : null);
        if (off is not null && step.AskedAt is { } asked)
            yield return Measured(step, step.Ladder[step.Rung].Action, (off - asked).Value.TotalSeconds, false);
        else if (step.Status == StepStatus.Failed)
            yield return Measured(step, step.Action, step.Ladder[0].TimeoutSeconds, true);
    }

    /// <summary>Each rung that was tried in vain took its whole time, at least; the last one what it took.</summary>
    private static IEnumerable<MeasuredDuration> OfRungs(RunState run, StepState step)
    {
        var failed = step.Status == StepStatus.Failed;
        if (!failed && step.Status != StepStatus.Done)
            yield break;
        for (var r = 0; r < step.Rung && run.CompressedBecause is null; r++)
            yield return Measured(step, step.Ladder[r].Action, step.Ladder[r].TimeoutSeconds, true);
        var rung = step.Ladder[step.Rung];
        var began = step.Rung == 0 ? step.BeganAt : step.RungAt;
        var took = (step.OverAt - began)?.TotalSeconds ?? 0;
        if (!failed)
            yield return Measured(step, rung.Action, took, false);
        else if (run.CompressedBecause is null) // A shortened rung says little about the guest.
            yield return Measured(step, rung.Action, Math.Max(took, rung.TimeoutSeconds), true);
    }

    private static IEnumerable<MeasuredDuration> Sheds(RunState run) =>
        run
            .Sheds.Where(s => s.RuntimeAfter is not null && run.EndedAt is not null)
            .Select(s => new MeasuredDuration(
                ShedMeasure.KeyOf(run.Model.PlanId, s.Phase),
                s.Phase,
                StepAction.Shutdown,
                new DurationSample(Math.Round(s.GainedSeconds, 1), run.EndedAt ?? default)
            ));

    private static MeasuredDuration Measured(StepState step, StepAction action, double seconds, bool atLeast) =>
        new(
            LearnedDuration.KeyOf(step.Target.Key, action),
            step.Target.Name,
            action,
            new DurationSample(Math.Round(Math.Max(0.1, seconds), 1), step.EndedAt ?? default, atLeast)
        );
}

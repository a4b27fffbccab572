using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Runs.Pages;

/// <summary>A run as rows on one time axis. Pure.</summary>
/// <param name="Seconds">Length of the axis from the run's begin: its duration, or a round figure beyond it while it runs.</param>
public sealed record RunChart(double Seconds, IReadOnlyList<RunSection> Sections)
{
    private static readonly double[] Rounds = [30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800];

    public static RunChart Of(RunState run, DateTimeOffset now)
    {
        var took = Math.Max(1, ((run.EndedAt ?? now) - run.StartedAt).TotalSeconds);
        var length = run.EndedAt is null ? Round(took) : took;
        var sections = run
            .Steps.Select((step, index) => (step, index))
            .GroupBy(s => (s.step.PhaseIndex, s.step.Phase))
            .OrderBy(g => g.Key.PhaseIndex)
            .Select(g => new RunSection(
                g.Key.Phase,
                NameOf(run, g.Key.Phase),
                [.. g.Select(s => LineOf(run, s.step, s.index, length))]
            ));
        return new RunChart(length, [.. sections]);
    }

    /// <summary>Begin, middle and end of the axis, in seconds.</summary>
    public IReadOnlyList<double> Ticks => [0, Seconds / 2, Seconds];

    /// <summary>Some room is left, so that the axis does not change under the eyes all the time.</summary>
    private static double Round(double seconds) =>
        Rounds.FirstOrDefault(r => r >= seconds * 1.1) is var found and > 0
            ? found
            : Math.Ceiling(seconds * 1.1 / 28800) * 28800;

    private static string NameOf(RunState run, string phase) =>
        run.Model.Definition.Phases.FirstOrDefault(p => p.Id == phase) is { Name.Length: > 0 } found
            ? found.Name
            : phase;

    private static RunLine LineOf(RunState run, StepState step, int index, double length)
    {
        if (step.StartedAt is not { } began)
            return new RunLine(index, step, null, null);
        var from = Math.Clamp((began - run.StartedAt).TotalSeconds / length, 0, 1);
        var to = (step.EndedAt ?? run.EndedAt) is { } ended
            ? Math.Clamp((ended - run.StartedAt).TotalSeconds / length, from, 1)
            : (double?)null;
        return new RunLine(index, step, from, to);
    }
}

/// <summary>A phase of a run, in the order in which the run takes them.</summary>
public sealed record RunSection(string Id, string Name, IReadOnlyList<RunLine> Lines)
{
    public int Done => Lines.Count(l => l.Step.Status == StepStatus.Done);

    /// <summary>Nothing has begun it yet: its trigger is not met.</summary>
    public bool Waits => Lines.All(l => l.Step is { Status: StepStatus.Pending, Selected: false });
}

/// <summary>A step on the axis.</summary>
/// <param name="From">Begin, from 0 to 1; null: it has not begun.</param>
/// <param name="To">End; null: it goes on, or has not begun.</param>
public sealed record RunLine(int Index, StepState Step, double? From, double? To)
{
    public double? TookSeconds =>
        Step is { StartedAt: { } began, EndedAt: { } ended } ? (ended - began).TotalSeconds : null;

    /// <summary>The rung that it has come to, where that is not the first.</summary>
    public StepAction? Rung => Step.Rung > 0 && Step.Rung < Step.Ladder.Length ? Step.Ladder[Step.Rung].Action : null;

    /// <summary>What comes when the time of this rung is over.</summary>
    public StepAction? NextRung => Step.Rung + 1 < Step.Ladder.Length ? Step.Ladder[Step.Rung + 1].Action : null;

    public int? LimitSeconds => Step.Rung < Step.Ladder.Length ? Step.Ladder[Step.Rung].TimeoutSeconds : null;
}

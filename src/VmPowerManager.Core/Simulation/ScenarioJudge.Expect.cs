using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Simulation;

/// <summary>What the writer of a scenario expects of its own plan.</summary>
internal sealed partial class ScenarioJudge
{
    private void AsWritten()
    {
        foreach (var waiting in script.Waiting)
            _unmet.Add($"Something never came about that waits for {Words(waiting.Once)}.");
        Asked();
        foreach (var order in Expect.StopOrder)
            Order(order, ScenarioCondition.AskedToStop);
        foreach (var order in Expect.StartOrder)
            Order(order, ScenarioCondition.AskedToStart);
        foreach (var moment in Expect.Moments)
            Moment(moment);
        if (Expect.Runs is { } runs)
            AllRuns(runs);
        foreach (var (name, status) in Expect.Steps)
            Step(name, status);
        Told();
    }

    private void Asked()
    {
        var stopped = watch.Asks.Where(a => !Starts(a.Action)).Select(a => a.Target).ToHashSet();
        var started = watch.Asks.Where(a => Starts(a.Action)).Select(a => a.Target).ToHashSet();
        foreach (var name in stopped.Where(n => Names(Expect.NeverStopped, n)))
            _unmet.Add($"{name} was asked to stop, and must not be.");
        foreach (var name in started.Where(n => Names(Expect.NeverStarted, n)))
            _unmet.Add($"{name} was asked to start, and must not be.");
        foreach (var name in Expect.Stopped.Where(n => !stopped.Contains(n)))
            _unmet.Add($"{name} was not asked to stop, and must be.");
    }

    private static bool Names(ImmutableArray<string> names, string name) => names.Contains("*") || names.Contains(name);

    private static bool Starts(StepAction action) => action is StepAction.Start or StepAction.Wake;

    /// <summary>Each has come to its end before the next is asked for the first time.</summary>
    private void Order(ImmutableArray<string> order, ScenarioCondition asked)
    {
        var down = asked == ScenarioCondition.AskedToStop;
        foreach (var (first, second) in order.Zip(order.Skip(1)))
        {
            var next = watch.Reached(new ScenarioMark { Target = second, Is = asked });
            var over = down ? OverAt(first) : watch.Reached(Mark(first, ScenarioCondition.Running));
            if (next is null)
                _unmet.Add(
                    down
                        ? Sentence.Of($"{second} was never asked to stop.")
                        : Sentence.Of($"{second} was never asked to start.")
                );
            else if (over is null || over > next + 0.01)
                _unmet.Add(
                    down
                        ? Sentence.Of($"{second} was asked to stop before {first} was off.")
                        : Sentence.Of($"{second} was asked to start before {first} ran.")
                );
        }
    }

    /// <summary>Off, saved, or given up by its step.</summary>
    private double? OverAt(string name)
    {
        double?[] ways =
        [
            watch.Reached(Mark(name, ScenarioCondition.Off)),
            watch.Reached(Mark(name, ScenarioCondition.Saved)),
            watch
                .Timeline.Where(m =>
                    m.Type is "step.failed" or "step.unknown" && m.Data.GetValueOrDefault("target") == name
                )
                .Select(m => (double?)m.At)
                .FirstOrDefault(),
        ];
        return ways.Min();
    }

    private void Moment(ExpectedMoment moment)
    {
        var since = moment.After is { } after ? watch.Reached(after) : 0;
        var at = since is { } from ? watch.Reached(moment.Mark, from) - from : null;
        var later = moment.After is null ? null : Sentence.Of($" after {Words(moment.After)}");
        if (moment.By is { } by && !(at <= by))
            _unmet.Add(
                $"{Words(moment.Mark)} was due within {by:0.#} s{later}, and came {(at is { } a ? Sentence.Of($"after {a:0.#} s") : Sentence.Of($"never"))}."
            );
        if (moment.NotBefore is { } least && at < least)
            _unmet.Add($"{Words(moment.Mark)} came {at:0.#} s{later}, and must not before {least:0.#} s.");
    }

    private void AllRuns(ImmutableArray<ExpectedRun> expected)
    {
        var runs = Runs().ToList();
        if (runs.Count != expected.Length)
            _unmet.Add(
                $"There were {runs.Count} runs ({Sentence.Join(", ", runs.Select(r => Sentence.Of($"{Words(r.Kind)} {Words(r.Status)}")))}), and must be {expected.Length}."
            );
        foreach (var (run, wanted) in runs.Zip(expected))
        {
            var because = run.Because?.ToString() ?? "";
            var same =
                run.Kind == wanted.Kind
                && (wanted.Status is null || run.Status == wanted.Status)
                && (wanted.Cause is null || run.Cause == wanted.Cause);
            if (!same)
                _unmet.Add(
                    $"A {Words(run.Kind)} ({Words(run.Cause)}) ended {Words(run.Status)}, and must be a {Words(wanted.Kind)} that ends {Words(wanted.Status)}."
                );
            if (wanted.Because is { } words && !because.Contains(words, StringComparison.OrdinalIgnoreCase))
                _unmet.Add($"The {Words(run.Kind)} began because of \"{because}\", and must because of \"{words}\".");
        }
    }

    private void Step(string name, StepStatus status)
    {
        var step = Runs().Reverse().SelectMany(r => r.Steps).FirstOrDefault(s => s.Target.Name == name);
        if (step?.Status != status)
            _unmet.Add($"The step on {name} ended {Words(step?.Status)}, and must {Words(status)}.");
    }

    private void Told()
    {
        var types = world.Notices.Select(n => n.Type).ToHashSet();
        foreach (var type in Expect.Notified.Where(t => !types.Contains(t)))
            _unmet.Add($"Nobody was told {type}.");
        foreach (var type in Expect.NotNotified.Where(types.Contains))
            _unmet.Add($"{type} was told, and must not be.");
        var sentences = world
            .Notices.Select(n => n.Text)
            .Concat(Runs().SelectMany(r => r.Steps).SelectMany(s => new[] { s.Evidence, s.Detail }))
            .Concat(watch.Timeline.Select(m => m.Text))
            .OfType<Sentence>()
            .Select(s => s.ToString())
            .ToList();
        foreach (var words in Expect.Said.Where(w => !sentences.Exists(s => s.Contains(w, StringComparison.Ordinal))))
            _unmet.Add($"No sentence says \"{words}\".");
    }
}

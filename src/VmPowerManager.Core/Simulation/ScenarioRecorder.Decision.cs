using System.Collections.Immutable;
using VmPowerManager.Core.Engine;

namespace VmPowerManager.Core.Simulation;

/// <summary>What people did, what was decided, and what came of it.</summary>
public sealed partial class ScenarioRecorder
{
    private sealed partial class Tape
    {
        private ScenarioEvent? PersonDid(EngineStep step) =>
            step.Told switch
            {
                CancelRequested cancel => new ScenarioEvent
                {
                    Person = cancel.Actor,
                    Does = ScenarioAct.Cancels,
                    Mode = cancel.Mode,
                    EvenIfCritical = cancel.EvenIfCritical,
                    HoldSeconds = Bounded(cancel.HoldUntil - step.At.Wall),
                },
                HoldRequested hold => new ScenarioEvent
                {
                    Person = hold.Actor,
                    Does = ScenarioAct.Holds,
                    EvenIfCritical = hold.EvenIfCritical,
                    HoldSeconds = Bounded(hold.HoldUntil - step.At.Wall),
                },
                ReleaseRequested release => new ScenarioEvent { Person = release.Actor, Does = ScenarioAct.Releases },
                RunRequested run => new ScenarioEvent
                {
                    Person = run.Actor,
                    Does = ScenarioAct.Runs,
                    Run = run.Kind,
                    Now = run.Now,
                    StartWhenStable = run.StartWhenStable,
                    Force = run.Force,
                },
                PersonActed act when _guests.TryGetValue(act.TargetKey, out var guest) => new ScenarioEvent
                {
                    Person = "",
                    Guest = guest.Name,
                    Does = act.Stopped ? ScenarioAct.Stops : ScenarioAct.Starts,
                },
                _ => null,
            };

        /// <summary>No recording is as long as a day: what lasts longer is as good as that.</summary>
        private static double? Bounded(TimeSpan? hold) =>
            hold is { } time ? Math.Clamp(time.TotalSeconds, 0, ScenarioFile.DaySeconds) : null;

        private void TakeDecision(double at, EngineStep step)
        {
            foreach (var notice in step.Made.Notices)
                Add(
                    new ScenarioMoment
                    {
                        At = at,
                        Kind = ScenarioMomentKind.Tells,
                        Level = notice.Level,
                        Type = notice.Type,
                        Text = notice.Text,
                        Data = notice.Data,
                    }
                );
            foreach (var effect in step.Made.Effects)
                Add(
                    new ScenarioMoment
                    {
                        At = at,
                        Kind = ScenarioMomentKind.Asks,
                        Target = effect.TargetName,
                        Action = effect.Action,
                        // A person's command may hold a secret: its text stays in the plan.
                    }
                );
            if (step.Made.Ended is { } ended)
                TakeRun(at, ended);
            Explain(at, step);
        }

        private void TakeRun(double at, RunState run)
        {
            _runIds.Add(run.Id);
            _runs.Add(
                new ScenarioRun
                {
                    Kind = run.Kind,
                    Cause = run.Cause,
                    Status = run.Status,
                    BeganAt = Math.Max(0, Math.Round((run.StartedAt - _record.BeganAt).TotalSeconds, 1)),
                    EndedAt = Math.Round(at, 1),
                    Because = run.Because,
                    Outcome = run.Outcome,
                    Steps = run
                        .Steps.GroupBy(s => s.Target.Name, StringComparer.Ordinal)
                        .ToImmutableSortedDictionary(g => g.Key, g => g.Last().Status, StringComparer.Ordinal),
                }
            );
        }

        private void Explain(double at, EngineStep step)
        {
            if (step.Made.Notices.IsEmpty && step.Told is not (Ticked or UpsObserved))
                return;
            var explanation = Explanation.Of(step.Model, step.After, step.At);
            if (explanation.Stage == _stage)
                return;
            _stage = explanation.Stage;
            Add(
                new ScenarioMoment
                {
                    At = at,
                    Kind = ScenarioMomentKind.Explains,
                    Type = _stage,
                    Text = explanation.Sentence,
                }
            );
        }

        private void Happens(double at, ScenarioEvent what)
        {
            if (_events.Count >= MostEvents)
                return;
            var placed = what with { At = Math.Round(at, 1) };
            _events.Add(placed);
            Add(
                new ScenarioMoment
                {
                    At = at,
                    Kind = ScenarioMomentKind.Happens,
                    Event = placed,
                }
            );
        }

        private void Becomes(double at, string target, PowerState power, bool hard)
        {
            _ends[target] = power;
            Add(
                new ScenarioMoment
                {
                    At = at,
                    Kind = ScenarioMomentKind.Becomes,
                    Level = hard ? NoticeLevel.Critical : NoticeLevel.Info,
                    Target = target,
                    Power = power,
                    Hard = hard,
                }
            );
        }

        private void Add(ScenarioMoment moment)
        {
            if (_timeline.Count < MostMoments)
                _timeline.Add(moment with { At = Math.Round(moment.At, 1) });
        }
    }
}

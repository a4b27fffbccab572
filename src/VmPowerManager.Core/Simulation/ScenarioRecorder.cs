using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Simulation;

/// <summary>One step of a plan's engine: what it was told, and what came of it.</summary>
public sealed record EngineStep(PlanModel Model, PlanState Before, Observation Told, Decision Made, Moment At)
{
    /// <summary>With the ids that runs were given.</summary>
    public PlanState After => Made.State;
}

/// <summary>Writes down each cycle of a plan as a scenario: readings as changes, tempers of machines as they turned out,
/// decisions, effects with results, and the end. Bounded. Not safe for several threads.</summary>
public sealed partial class ScenarioRecorder
{
    /// <summary>From here on readings are kept only when their status changes.</summary>
    private const int ManyEvents = 3000;
    private const int MostEvents = 4500;
    private const int MostMoments = 4000;
    private Tape? _tape;

    /// <summary>What is recorded of the open cycle so far, or null: to be stored, so that it survives a restart.</summary>
    public Scenario? Open => _tape?.Scenario(null);

    /// <summary>Of what is recorded so far; it grows with all that is added.</summary>
    public int Size => _tape?.Size ?? 0;

    /// <summary>Takes up what an earlier process had recorded. What happened in between is not known.</summary>
    public void Resume(Scenario open)
    {
        if (open.Recorded is not null)
            _tape = new Tape(open, open.Recorded);
    }

    /// <summary>Takes in one step. Returns the scenario when the cycle was closed by it, else null. An outage that was never
    /// confirmed, and in which nothing was done, is not worth one.</summary>
    public Scenario? Saw(EngineStep step)
    {
        if (_tape is null && step.After.Cycle is not null)
            _tape = new Tape(step);
        if (_tape is not { } tape)
            return null;
        tape.Take(step);
        if (step.After.Cycle is not null || step.After.Run is not null)
            return null;
        _tape = null;
        return tape.IsWorthIt ? tape.Scenario(step.At.Wall) : null;
    }

    /// <summary>The recording of one cycle.</summary>
    private sealed partial class Tape
    {
        private readonly ScenarioRecord _record;
        private readonly Scenario _begin;
        private readonly Dictionary<int, ScenarioHost> _hosts;
        private readonly Dictionary<string, ScenarioGuest> _guests;
        private readonly List<ScenarioEvent> _events;
        private readonly List<ScenarioMoment> _timeline;
        private readonly List<ScenarioRun> _runs;
        private readonly List<int> _runIds;
        private readonly List<Sentence> _gaps;
        private readonly Dictionary<string, PowerState> _ends = new(StringComparer.Ordinal);
        private PlanModel? _model;
        private TimeSpan? _base;
        private string? _stage;

        /// <summary>Begins with the world as it was just before the cycle opened.</summary>
        public Tape(EngineStep step)
            : this(
                BeginOf(step),
                new ScenarioRecord
                {
                    BeganAt = step.At.Wall,
                    Plan = step.Model.Definition.Name,
                    PlanId = step.Model.PlanId,
                    Revision = step.Model.Revision,
                }
            )
        {
            _base = step.At.Elapsed;
            _model = step.Model;
            IsWorthIt = false;
        }

        /// <summary>Goes on with what was stored.</summary>
        public Tape(Scenario begin, ScenarioRecord record)
        {
            (_begin, _record, IsWorthIt) = (begin, record, true);
            _hosts = begin.World.Hosts.ToDictionary(h => h.Model.Id);
            _guests = begin.World.Guests.ToDictionary(g => g.Model.Key, StringComparer.Ordinal);
            _events = [.. begin.Events];
            _timeline = [.. record.Timeline];
            _runs = [.. record.Runs];
            _runIds = [.. record.RunIds];
            _gaps = [.. record.Gaps];
        }

        /// <summary>The outage was confirmed, or something was done.</summary>
        public bool IsWorthIt { get; private set; }

        public int Size => _events.Count + _timeline.Count + _runs.Count + _gaps.Count;

        public void Take(EngineStep step)
        {
            if (step.Told is Resumed || _base is null)
                Rebase(step);
            var at = (step.At.Elapsed - _base.GetValueOrDefault()).TotalSeconds;
            IsWorthIt |=
                step.After.Run is not null
                || step.Made.Ended is not null
                || step.After.Upses.Values.Any(u => u.InOutage || u.ForcedDown);
            TakeModel(at, step);
            TakeTold(at, step);
            TakeDecision(at, step);
        }

        /// <summary>Times of another process or boot are told by the wall clock.</summary>
        private void Rebase(EngineStep step)
        {
            var at = Math.Max(0, (step.At.Wall - _record.BeganAt).TotalSeconds);
            _base = step.At.Elapsed - TimeSpan.FromSeconds(at);
            if (step.Told is not Resumed resumed)
                return;
            var last = _timeline.Count > 0 ? _timeline[^1].At : 0;
            Happens(
                last,
                new ScenarioEvent
                {
                    Does = resumed.NewBoot ? ScenarioAct.Boots : ScenarioAct.Restarts,
                    AwaySeconds = Math.Clamp(Math.Round(at - last), 1, ScenarioFile.DaySeconds),
                }
            );
            _gaps.Add(
                $"The manager was away for {Math.Max(1, Math.Round(at - last)):0} s: what happened then is not recorded."
            );
            _readings.Clear();
        }

        /// <summary>As far as it has come; ended with <paramref name="ended"/>.</summary>
        public Scenario Scenario(DateTimeOffset? ended)
        {
            var length = Math.Max(
                1,
                ended is { } wall ? (wall - _record.BeganAt).TotalSeconds : _timeline.Select(m => m.At).LastOrDefault()
            );
            var whole = length + 10 <= ScenarioRunner.MostSeconds && _events.Count < MostEvents;
            return _begin with
            {
                World = _begin.World with { Hosts = [.. _hosts.Values], Guests = [.. _guests.Values] },
                Events = [.. _events],
                EndsAt = Math.Min(Math.Ceiling(length) + 10, ScenarioRunner.MostSeconds),
                Expect = whole && ended is not null ? Expectations() : new ScenarioExpectations { StaysOpen = !whole },
                Recorded = _record with
                {
                    EndedAt = ended,
                    Timeline = [.. _timeline],
                    Runs = [.. _runs],
                    RunIds = [.. _runIds],
                    Gaps = whole ? [.. _gaps] : [.. _gaps, $"It was too long to be kept as a whole."],
                },
            };
        }

        /// <summary>What came of it then is what must come of it again.</summary>
        private ScenarioExpectations Expectations() =>
            new()
            {
                Runs =
                [
                    .. _runs.Select(r => new ExpectedRun
                    {
                        Kind = r.Kind,
                        Status = r.Status,
                        Cause = r.Cause,
                    }),
                ],
                Ends = _ends.ToImmutableSortedDictionary(StringComparer.Ordinal),
                Lost =
                [
                    .. _timeline
                        .Where(m => m is { Hard: true, Target: not null })
                        .Select(m => m.Target ?? "")
                        .Distinct(),
                ],
            };
    }
}

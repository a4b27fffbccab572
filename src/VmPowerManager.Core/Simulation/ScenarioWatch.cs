using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Simulation;

/// <summary>Writes down what a plan does in a scenario, and when.</summary>
internal sealed class ScenarioWatch
{
    private const int MostMoments = 4000;
    private readonly VirtualWorld _world;
    private readonly TimeSpan _began;
    private readonly List<(double At, string? Target, ScenarioCondition? Is, string? Stage)> _marks = [];
    private string? _stage;
    private int _changes;

    public ScenarioWatch(VirtualWorld world, VirtualLife life)
    {
        (_world, Life, _began) = (world, life, world.Now);
        world.Carried = Carried;
        world.Refused = Refused;
        world.Checked = Checked;
        _changes = life.Changes.Count;
    }

    public VirtualLife Life { get; }

    /// <summary>Told each step of the engine.</summary>
    public Action<EngineStep>? Seen { get; init; }
    public List<ScenarioMoment> Timeline { get; } = [];
    public bool Truncated { get; private set; }

    /// <summary>Guests that ran on a host which was told to go down, and were not given up (I2).</summary>
    public List<string> Trampled { get; } = [];

    /// <summary>Targets that were asked to stop, and to start, with every time.</summary>
    public List<(double At, string Target, StepAction Action)> Asks { get; } = [];
    public double Now => (_world.Now - _began).TotalSeconds;

    /// <summary>The first time that this was reached, not before <paramref name="since"/>; null: never yet.</summary>
    public double? Reached(ScenarioMark mark, double since = 0)
    {
        Look();
        foreach (var (at, target, condition, stage) in _marks)
        {
            var same = mark.Stage is { } wanted ? stage == wanted : target == mark.Target && condition == mark.Is;
            if (same && at >= since)
                return at;
        }
        return null;
    }

    public void Happens(ScenarioEvent what) =>
        Add(
            new ScenarioMoment
            {
                At = Now,
                Kind = ScenarioMomentKind.Happens,
                Event = what,
            }
        );

    /// <summary>What the world has come to since it was last looked at.</summary>
    public void Look()
    {
        Life.Look();
        foreach (var change in Life.Changes.Skip(_changes))
        {
            var name = change.Guest ?? HostName(change.HostId);
            var at = (change.At - _began).TotalSeconds;
            Add(
                new ScenarioMoment
                {
                    At = at,
                    Kind = ScenarioMomentKind.Becomes,
                    Level = change.Hard ? NoticeLevel.Critical : NoticeLevel.Info,
                    Target = name,
                    Power = change.Power,
                    Hard = change.Hard,
                }
            );
            if (Condition(change.Power) is { } condition)
                _marks.Add((at, name, condition, null));
        }
        _changes = Life.Changes.Count;
    }

    private static ScenarioCondition? Condition(PowerState power) =>
        power switch
        {
            PowerState.Running => ScenarioCondition.Running,
            PowerState.Paused => ScenarioCondition.Paused,
            PowerState.Saved => ScenarioCondition.Saved,
            PowerState.Off => ScenarioCondition.Off,
            _ => null,
        };

    private void Carried(Effect effect)
    {
        Look();
        if (effect.Kind is EffectKind.HostShutdown && _world.Hosts[effect.HostId].Answers(_world.Now))
            Trampled.AddRange(RunningOn(effect.HostId).Select(g => $"{g} on {effect.TargetName}"));
        Add(
            new ScenarioMoment
            {
                At = Now,
                Kind = ScenarioMomentKind.Asks,
                Target = effect.TargetName,
                Action = effect.Action,
                Text = effect.Command is null ? null : Sentence.Verbatim(effect.Command),
            }
        );
        if (effect.Kind is EffectKind.Probe or EffectKind.Command)
            return;
        Asks.Add((Now, effect.TargetName, effect.Action));
        var starts = effect.Action is StepAction.Start or StepAction.Wake;
        var condition = starts ? ScenarioCondition.AskedToStart : ScenarioCondition.AskedToStop;
        _marks.Add((Now, effect.TargetName, condition, null));
    }

    /// <summary>What runs there and was not given up; what has just been started nobody can have seen.</summary>
    private IEnumerable<string> RunningOn(int hostId) =>
        _world
            .Guests.Values.Where(g => g.HostId == hostId && g.Power(_world.Now) == PowerState.Running)
            .Where(g => _world.Now - g.StartedAt >= TimeSpan.FromSeconds(6))
            .Where(g =>
                _world.State.Run?.Steps.Any(s => s.Target.Name == g.Name && s.Status == StepStatus.Failed) != true
            )
            .Select(g => g.Name);

    private void Refused(Effect effect, string words) =>
        Add(
            new ScenarioMoment
            {
                At = Now,
                Kind = ScenarioMomentKind.Refuses,
                Level = NoticeLevel.Warning,
                Target = effect.TargetName,
                Action = effect.Action,
                Text = Sentence.Verbatim(words),
            }
        );

    private void Checked(PlanState before, Observation told, Decision made)
    {
        Seen?.Invoke(new EngineStep(_world.Model, before, told, made with { State = _world.State }, _world.Moment));
        foreach (var notice in made.Notices)
            Add(
                new ScenarioMoment
                {
                    At = Now,
                    Kind = ScenarioMomentKind.Tells,
                    Level = notice.Level,
                    Type = notice.Type,
                    Text = notice.Text,
                    Data = notice.Data,
                }
            );
        if (told is Ticked or UpsObserved || made.Notices.Length > 0)
            Explain();
    }

    private void Explain()
    {
        var explanation = Explanation.Of(_world.Model, _world.State, _world.Moment);
        if (explanation.Stage == _stage)
            return;
        _stage = explanation.Stage;
        _marks.Add((Now, null, null, _stage));
        Add(
            new ScenarioMoment
            {
                At = Now,
                Kind = ScenarioMomentKind.Explains,
                Type = _stage,
                Text = explanation.Sentence,
            }
        );
    }

    private void Add(ScenarioMoment moment)
    {
        if (Timeline.Count < MostMoments)
            Timeline.Add(moment with { At = Math.Round(moment.At, 1) });
        else
            Truncated = true;
    }

    private string HostName(int hostId) => _world.Model.Hosts.GetValueOrDefault(hostId)?.Name ?? $"host {hostId}";
}

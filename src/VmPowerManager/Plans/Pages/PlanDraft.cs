using System.Collections.Immutable;
using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Plans.Pages;

/// <summary>Where a step stands: the index of its phase, and its own within it.</summary>
/// <param name="InStartup">In a phase of the startup's own, not of the shutdown.</param>
public readonly record struct StepPlace(int Phase, int Step, bool InStartup = false);

/// <summary>A plan while a person edits it. Every change makes a new immutable definition, so that undoing is going back
/// one. Pure; one circuit's.</summary>
public sealed class PlanDraft(PlanDefinition saved)
{
    private const int Kept = 200;
    private readonly LinkedList<PlanDefinition> _before = new();
    private readonly Stack<PlanDefinition> _after = new();
    private string _savedText = Text(saved);

    public PlanDefinition Definition { get; private set; } = saved;

    /// <summary>Differs from what is stored. Undone changes do not count.</summary>
    public bool IsChanged { get; private set; }
    public bool CanUndo => _before.Count > 0;
    public bool CanRedo => _after.Count > 0;

    public ImmutableArray<PhaseDefinition> Phases => Definition.Phases;

    public StepDefinition Step(StepPlace at) => PhasesWith(at)[at.Phase].Steps[at.Step];

    /// <summary>Takes a new definition; the same again is no change.</summary>
    public void Change(PlanDefinition next)
    {
        if (Text(next) == Text(Definition))
            return;
        _before.AddLast(Definition);
        if (_before.Count > Kept)
            _before.RemoveFirst();
        _after.Clear();
        Show(next);
    }

    public void Undo()
    {
        if (_before.Last is not { } last)
            return;
        _before.RemoveLast();
        _after.Push(Definition);
        Show(last.Value);
    }

    public void Redo()
    {
        if (!_after.TryPop(out var next))
            return;
        _before.AddLast(Definition);
        Show(next);
    }

    /// <summary>What is stored now: the draft counts as unchanged when it is the same.</summary>
    public void Stored(PlanDefinition definition)
    {
        _savedText = Text(definition);
        IsChanged = Text(Definition) != _savedText;
    }

    public void ChangePhase(int phase, Func<PhaseDefinition, PhaseDefinition> change) =>
        Change(Definition with { Phases = Phases.SetItem(phase, change(Phases[phase])) });

    public void ChangeTrigger(int phase, Func<TriggerDefinition, TriggerDefinition> change) =>
        ChangePhase(phase, p => p with { Trigger = change(p.Trigger) });

    public void ChangeStep(StepPlace at, Func<StepDefinition, StepDefinition> change) =>
        ChangeSteps(at, steps => steps.SetItem(at.Step, change(steps[at.Step])));

    /// <summary>Adds a step at the end of a phase of the startup's own, and answers where.</summary>
    public StepPlace AddToStartup(int phase, StepDefinition step)
    {
        var at = new StepPlace(phase, Definition.Startup.Phases[phase].Steps.Length, InStartup: true);
        ChangeSteps(at, steps => steps.Add(step));
        return at;
    }

    /// <summary>Adds a phase at the end, and answers where.</summary>
    public int AddPhase(string name, TriggerDefinition trigger)
    {
        var phase = new PhaseDefinition
        {
            Id = FreeId(),
            Name = name,
            Trigger = trigger,
        };
        Change(Definition with { Phases = Phases.Add(phase) });
        return Phases.Length - 1;
    }

    /// <summary>A new phase after this one, with its settings and none of its steps: a target has one step.</summary>
    public int RepeatPhase(int phase, string name)
    {
        var copy = Phases[phase] with { Id = FreeId(), Name = name, Steps = [] };
        Change(Definition with { Phases = Phases.Insert(phase + 1, copy) });
        return phase + 1;
    }

    public void RemovePhase(int phase)
    {
        var id = Phases[phase].Id;
        Change(
            Definition with
            {
                Phases = Phases.RemoveAt(phase),
                PointOfNoReturnPhase = Definition.PointOfNoReturnPhase == id ? null : Definition.PointOfNoReturnPhase,
            }
        );
    }

    /// <summary>Moves a phase, and answers where it is now.</summary>
    public int MovePhase(int phase, int by)
    {
        var to = Math.Clamp(phase + by, 0, Phases.Length - 1);
        Change(Definition with { Phases = Phases.RemoveAt(phase).Insert(to, Phases[phase]) });
        return to;
    }

    /// <summary>Adds steps at the end of a phase. A guest with a step of its own is left out where all guests of a host are
    /// taken: it has one step.</summary>
    public void AddSteps(int phase, IReadOnlyCollection<StepDefinition> steps)
    {
        var guests = steps.Select(s => s.Target.GuestId).OfType<int>().ToList();
        var phases = Phases
            .Select(p => p with { Steps = [.. p.Steps.Select(s => LeaveOut(s, guests))] })
            .ToImmutableArray();
        var to = phases[phase];
        Change(Definition with { Phases = phases.SetItem(phase, to with { Steps = to.Steps.AddRange(steps) }) });
    }

    private static StepDefinition LeaveOut(StepDefinition step, List<int> guests) =>
        step.Target.GuestsOf is null || guests.Count == 0
            ? step
            : step with
            {
                Target = step.Target with { Except = [.. step.Target.Except.Union(guests).Order()] },
            };

    public void RemoveStep(StepPlace at) => ChangeSteps(at, steps => steps.RemoveAt(at.Step));

    /// <summary>The same step again, right after it.</summary>
    public StepPlace RepeatStep(StepPlace at)
    {
        ChangeSteps(at, steps => steps.Insert(at.Step + 1, steps[at.Step]));
        return at with { Step = at.Step + 1 };
    }

    /// <summary>Moves a step within its phase, or to the end of another, and answers where it is now.</summary>
    public StepPlace MoveStep(StepPlace at, int byPhase, int byStep)
    {
        var phases = PhasesWith(at);
        var toPhase = Math.Clamp(at.Phase + byPhase, 0, phases.Length - 1);
        var step = Step(at);
        phases = phases.SetItem(at.Phase, Without(phases[at.Phase], at.Step));
        var room = phases[toPhase].Steps.Length;
        var toStep = toPhase == at.Phase ? Math.Clamp(at.Step + byStep, 0, room) : room;
        var target = phases[toPhase] with { Steps = phases[toPhase].Steps.Insert(toStep, step) };
        ChangePhases(at, phases.SetItem(toPhase, target));
        return at with { Phase = toPhase, Step = toStep };
    }

    /// <summary>Gives every step of the phase that acts on the same kind of target the action, times and ladder of this one.</summary>
    public void SpreadStep(StepPlace at)
    {
        var model = Step(at);
        ChangePhase(at.Phase, p => p with { Steps = [.. p.Steps.Select(s => IsAlike(s, model) ? Like(s, model) : s)] });
    }

    private static bool IsAlike(StepDefinition step, StepDefinition model) =>
        step.Target.HostId is null == model.Target.HostId is null
        && step.Target.UpsId is null == model.Target.UpsId is null
        && step.Action == StepAction.Command == (model.Action == StepAction.Command);

    private static StepDefinition Like(StepDefinition step, StepDefinition model) =>
        model with
        {
            Target = step.Target,
            Command = step.Command,
            Prepare = step.Prepare,
            Http = step.Http,
            Undo = step.Undo,
        };

    /// <summary>Those of the shutdown, or of the startup.</summary>
    private ImmutableArray<PhaseDefinition> PhasesWith(StepPlace at) =>
        at.InStartup ? Definition.Startup.Phases : Phases;

    private void ChangePhases(StepPlace at, ImmutableArray<PhaseDefinition> phases) =>
        Change(
            at.InStartup
                ? Definition with
                {
                    Startup = Definition.Startup with { Phases = phases },
                }
                : Definition with
                {
                    Phases = phases,
                }
        );

    private void ChangeSteps(StepPlace at, Func<ImmutableArray<StepDefinition>, ImmutableArray<StepDefinition>> change)
    {
        var phases = PhasesWith(at);
        var phase = phases[at.Phase];
        ChangePhases(at, phases.SetItem(at.Phase, phase with { Steps = change(phase.Steps) }));
    }

    private static PhaseDefinition Without(PhaseDefinition phase, int step) =>
        phase with
        {
            Steps = phase.Steps.RemoveAt(step),
        };

    private string FreeId()
    {
        var number = Phases.Length + 1;
        while (Phases.Any(p => p.Id == $"phase{number}"))
            number++;
        return $"phase{number}";
    }

    private void Show(PlanDefinition definition)
    {
        Definition = definition;
        IsChanged = Text(definition) != _savedText;
    }

    /// <summary>Records with arrays in them do not compare by what is in those.</summary>
    private static string Text(PlanDefinition definition) => JsonSerializer.Serialize(definition, Json.Options);
}

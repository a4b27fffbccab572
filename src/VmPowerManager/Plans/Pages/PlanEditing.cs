using VmPowerManager.Core.Plans;

namespace VmPowerManager.Plans.Pages;

/// <summary>What the parts of the editor share: the draft, what is wrong with it, what there is, and what is open. One
/// circuit's; every change goes through <see cref="Draft"/> and ends with a refresh.</summary>
/// <param name="refresh">Finds anew and renders the whole editor.</param>
/// <param name="say">Tells of something that was done, and can be undone.</param>
/// <param name="jump">Brings the element with this id into view and puts the focus there.</param>
public sealed class PlanEditing(PlanWords words, Action refresh, Action<string> say, Action<string> jump)
{
    public PlanDraft Draft { get; set; } = new(new PlanDefinition());
    public EditorWorld World { get; set; } = EditorWorld.Empty;
    public IReadOnlyList<PlanFinding> Findings { get; set; } = [];
    public PlanWords Words { get; } = words;

    /// <summary>A Viewer or an Operator: everything is shown, nothing changes.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>The step whose card is open.</summary>
    public StepPlace? OpenStep { get; private set; }

    /// <summary>The phase whose settings are open.</summary>
    public int? OpenPhase { get; private set; }

    public PlanDefinition Plan => Draft.Definition;

    /// <summary>Findings at this field or within it.</summary>
    public IEnumerable<PlanFinding> At(string field) => Findings.Where(f => PlanPath.IsWithin(f.Field, field));

    /// <summary>The gravest level at this field or within it, or null.</summary>
    public FindingLevel? Worst(string field) => At(field).Select(f => (FindingLevel?)f.Level).Max();

    /// <summary>What is wrong with exactly this field, for its control.</summary>
    public string? ErrorAt(string field) =>
        Findings.FirstOrDefault(f => f.Field == field && f.Level != FindingLevel.Remark) is { } found
            ? Words.Finding(World, Plan, found)
            : null;

    public string Text(PlanFinding finding) => Words.Finding(World, Plan, finding);

    public void Change(PlanDefinition next)
    {
        Draft.Change(next);
        refresh();
    }

    public void Change(Action<PlanDraft> change)
    {
        change(Draft);
        refresh();
    }

    public void ChangeStep(StepPlace at, Func<StepDefinition, StepDefinition> change) =>
        Change(draft => draft.ChangeStep(at, change));

    public void ChangePhase(int phase, Func<PhaseDefinition, PhaseDefinition> change) =>
        Change(draft => draft.ChangePhase(phase, change));

    public void ChangeTrigger(int phase, Func<TriggerDefinition, TriggerDefinition> change) =>
        Change(draft => draft.ChangeTrigger(phase, change));

    public void Toggle(StepPlace at)
    {
        (OpenStep, OpenPhase) = (OpenStep == at ? null : at, null);
        refresh();
    }

    public void TogglePhase(int phase)
    {
        (OpenStep, OpenPhase) = (null, OpenPhase == phase ? null : phase);
        refresh();
    }

    public void CloseAll() => (OpenStep, OpenPhase) = (null, null);

    public void Move(StepPlace at, int byPhase, int byStep)
    {
        var to = Draft.MoveStep(at, byPhase, byStep);
        if (OpenStep is not null)
            OpenStep = to;
        refresh();
        jump(PlanPath.StepAnchor(to));
    }

    public void MovePhase(int phase, int by)
    {
        var to = Draft.MovePhase(phase, by);
        (OpenStep, OpenPhase) = (null, OpenPhase is null ? null : to);
        refresh();
        jump(PlanPath.PhaseAnchor(to));
    }

    public void Remove(StepPlace at, string said)
    {
        Draft.RemoveStep(at);
        CloseAll();
        refresh();
        say(said);
        jump(at.InStartup ? PlanPath.StartupAnchor : PlanPath.PhaseAnchor(at.Phase));
    }

    /// <summary>Adds a step to a phase of the startup's own, and opens it.</summary>
    public void AddToStartup(int phase, StepDefinition step)
    {
        var at = Draft.AddToStartup(phase, step);
        (OpenStep, OpenPhase) = (at, null);
        refresh();
        jump(PlanPath.StepAnchor(at));
    }

    public void RemovePhase(int phase, string said)
    {
        Draft.RemovePhase(phase);
        CloseAll();
        refresh();
        say(said);
        jump("plan-phases");
    }

    public void OpenNew(int phase)
    {
        (OpenStep, OpenPhase) = (null, phase);
        refresh();
        jump(PlanPath.PhaseAnchor(phase));
    }

    /// <summary>Opens what a finding is about, and goes there.</summary>
    public void Show(PlanFinding finding)
    {
        if (PlanPath.Step(finding.Field) is { } step)
            (OpenStep, OpenPhase) = (step, null);
        else if (PlanPath.Phase(finding.Field) is { } phase)
            (OpenStep, OpenPhase) = (null, phase);
        refresh();
        jump(PlanPath.Anchor(finding.Field));
    }
}

using Microsoft.AspNetCore.Components;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Plans.Pages;

/// <summary>A part of the editor. Every change renders the whole editor from its top, so that a part does not render on its
/// own after an event: what it shows may just have been removed.</summary>
public abstract class EditorPart : ComponentBase, IHandleEvent
{
    [Parameter, EditorRequired]
    public PlanEditing Edit { get; set; } = null!; // required

    Task IHandleEvent.HandleEventAsync(EventCallbackWorkItem item, object? arg) => item.InvokeAsync(arg);
}

/// <summary>A part that shows one phase: as it was when the part was given its place.</summary>
public abstract class PhasePart : EditorPart
{
    [Parameter, EditorRequired]
    public int Index { get; set; }

    protected PhaseDefinition Phase { get; private set; } = new();
    protected string Name => Edit.Words.Phase(Phase, Index);

    protected override void OnParametersSet() => Phase = Edit.Plan.Phases[Index];
}

/// <summary>A part that shows one step: as it was when the part was given its place.</summary>
public abstract class StepPart : EditorPart
{
    [Parameter, EditorRequired]
    public StepPlace At { get; set; }

    protected StepDefinition Step { get; private set; } = new();

    protected override void OnParametersSet() => Step = Edit.Draft.Step(At);

    /// <summary>What is wrong with exactly this field of the step.</summary>
    protected string? Error(string field) => Edit.ErrorAt($"{PlanPath.OfStep(At)}.{field}");

    protected void Change(Func<StepDefinition, StepDefinition> change) => Edit.ChangeStep(At, change);
}

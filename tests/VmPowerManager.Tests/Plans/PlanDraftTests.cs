using VmPowerManager.Core.Plans;
using VmPowerManager.Plans.Pages;

namespace VmPowerManager.Tests.Plans;

/// <summary>Editing a plan, without a screen.</summary>
public sealed class PlanDraftTests
{
    [Fact]
    public void MoveStep_WithinItsPhase_TakesThePlaceOfItsNeighbour()
    {
        var draft = new PlanDraft(Plan("a b c", "d"));
        Assert.Equal(new StepPlace(0, 0), draft.MoveStep(new StepPlace(0, 1), 0, -1));
        Assert.Equal("b a c | d", Text(draft));
        Assert.Equal(new StepPlace(0, 2), draft.MoveStep(new StepPlace(0, 1), 0, 1));
        Assert.Equal("b c a | d", Text(draft));
    }

    [Fact]
    public void MoveStep_ToAnotherPhase_GoesToItsEnd()
    {
        var draft = new PlanDraft(Plan("a b", "c d"));
        Assert.Equal(new StepPlace(1, 2), draft.MoveStep(new StepPlace(0, 0), 1, 0));
        Assert.Equal("b | c d a", Text(draft));
        Assert.Equal(new StepPlace(0, 1), draft.MoveStep(new StepPlace(1, 2), -1, 0));
        Assert.Equal("b a | c d", Text(draft));
    }

    [Theory]
    [InlineData(0, 0, -1, 0)]
    [InlineData(0, 0, 0, -1)]
    [InlineData(1, 1, 1, 0)]
    [InlineData(1, 1, 0, 1)]
    public void MoveStep_BeyondTheEdge_ChangesNothing(int phase, int step, int byPhase, int byStep)
    {
        var draft = new PlanDraft(Plan("a", "b c"));
        draft.MoveStep(new StepPlace(phase, step), byPhase, byStep);
        Assert.Equal("a | b c", Text(draft));
        Assert.False(draft.IsChanged);
    }

    [Fact]
    public void MovePhase_KeepsItsSteps()
    {
        var draft = new PlanDraft(Plan("a", "b c", "d"));
        Assert.Equal(0, draft.MovePhase(1, -1));
        Assert.Equal("b c | a | d", Text(draft));
        Assert.Equal(2, draft.MovePhase(1, 5));
        Assert.Equal("b c | d | a", Text(draft));
    }

    [Fact]
    public void Undo_And_Redo_GoThroughEveryChange()
    {
        var draft = new PlanDraft(Plan("a b"));
        draft.RemoveStep(new StepPlace(0, 0));
        draft.AddPhase("Second", new TriggerDefinition { LowBattery = true });
        draft.AddSteps(1, [Step("c")]);
        Assert.Equal("b | c", Text(draft));
        draft.Undo();
        draft.Undo();
        draft.Undo();
        Assert.Equal("a b", Text(draft));
        Assert.False(draft.CanUndo);
        Assert.False(draft.IsChanged);
        draft.Redo();
        Assert.Equal("b", Text(draft));
        Assert.True(draft.CanRedo);
        draft.ChangePhase(0, p => p with { Name = "Other" });
        Assert.False(draft.CanRedo);
    }

    [Fact]
    public void Change_ToTheSame_IsNoChange()
    {
        var draft = new PlanDraft(Plan("a b"));
        draft.Change(Plan("a b"));
        Assert.False(draft.CanUndo);
        Assert.False(draft.IsChanged);
    }

    [Fact]
    public void Stored_WhatIsThere_CountsAsUnchanged_AndUndoingCountsAgain()
    {
        var draft = new PlanDraft(Plan("a"));
        draft.AddSteps(0, [Step("b")]);
        Assert.True(draft.IsChanged);
        draft.Stored(draft.Definition);
        Assert.False(draft.IsChanged);
        draft.Undo();
        Assert.True(draft.IsChanged);
    }

    [Fact]
    public void AddSteps_OfAGuestThatGoesWithAll_LeavesItOutThere()
    {
        var draft = new PlanDraft(Plan("a"));
        draft.AddSteps(
            0,
            [
                new StepDefinition
                {
                    Target = new() { GuestsOf = 1, Except = [5] },
                },
            ]
        );
        draft.AddPhase("Later", new TriggerDefinition());
        draft.AddSteps(1, [new StepDefinition { Target = new() { GuestId = 3 } }]);
        Assert.Equal([3, 5], draft.Phases[0].Steps[1].Target.Except);
    }

    [Fact]
    public void RemovePhase_ThatIsThePointOfNoReturn_ForgetsIt()
    {
        var draft = new PlanDraft(Plan("a", "b") with { PointOfNoReturnPhase = "p1" });
        draft.RemovePhase(0);
        Assert.Equal("p1", draft.Definition.PointOfNoReturnPhase);
        draft.RemovePhase(0);
        Assert.Null(draft.Definition.PointOfNoReturnPhase);
    }

    [Fact]
    public void AddPhase_AfterOthersWereRemoved_HasAnIdOfItsOwn()
    {
        var draft = new PlanDraft(new PlanDefinition());
        for (var i = 0; i < 3; i++)
            draft.AddPhase("Phase", new TriggerDefinition());
        draft.RemovePhase(0);
        draft.AddPhase("Phase", new TriggerDefinition());
        draft.RepeatPhase(0, "Copy");
        Assert.Equal(4, draft.Phases.Select(p => p.Id).Distinct().Count());
    }

    [Fact]
    public void RepeatPhase_TakesItsSettingsAndNotItsTargets()
    {
        var draft = new PlanDraft(Plan("a b"));
        draft.ChangeTrigger(0, t => t with { OnBatteryForSeconds = 42 });
        Assert.Equal(1, draft.RepeatPhase(0, "Copy"));
        Assert.Equal(42, draft.Phases[1].Trigger.OnBatteryForSeconds);
        Assert.Empty(draft.Phases[1].Steps);
    }

    [Fact]
    public void SpreadStep_ReachesStepsOfTheSameKindInItsPhaseAlone()
    {
        var host = new StepDefinition
        {
            Target = new() { HostId = 9 },
            TimeoutSeconds = 180,
        };
        var plan = Plan("a b", "c");
        plan = plan with
        {
            Phases = plan.Phases.SetItem(0, plan.Phases[0] with { Steps = plan.Phases[0].Steps.Add(host) }),
        };
        var draft = new PlanDraft(plan);
        draft.ChangeStep(new StepPlace(0, 0), s => s with { TimeoutSeconds = 240, OnTimeout = OnTimeout.Save });
        draft.SpreadStep(new StepPlace(0, 0));
        Assert.Equal([240, 240, 180], draft.Phases[0].Steps.Select(s => s.TimeoutSeconds));
        Assert.Equal("a b @9 | c", Text(draft));
        Assert.Equal(60, draft.Phases[1].Steps[0].TimeoutSeconds);
    }

    /// <summary>One text a phase; a letter is a guest.</summary>
    private static PlanDefinition Plan(params string[] phases) =>
        new()
        {
            Name = "Homelab",
            UpsIds = [1],
            Phases =
            [
                .. phases.Select(
                    (steps, p) => new PhaseDefinition { Id = $"p{p}", Steps = [.. steps.Split(' ').Select(Step)] }
                ),
            ],
        };

    private static StepDefinition Step(string guest) => new() { Target = new() { GuestId = guest[0] } };

    private static string Text(PlanDraft draft) =>
        string.Join(" | ", draft.Phases.Select(p => string.Join(' ', p.Steps.Select(Name))));

    private static string Name(StepDefinition step) =>
        step.Target.GuestId is { } guest ? $"{(char)guest}" : $"@{step.Target.HostId}";
}

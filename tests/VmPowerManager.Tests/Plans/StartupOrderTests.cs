using VmPowerManager.Core.Plans;
using VmPowerManager.Plans.Pages;

namespace VmPowerManager.Tests.Plans;

/// <summary>A startup of its own phases, made from the mirrored order.</summary>
public sealed class StartupOrderTests
{
    private static readonly PlanDefinition Plan = new()
    {
        Phases =
        [
            new()
            {
                Id = "vms",
                Name = "VMs",
                Steps =
                [
                    new()
                    {
                        Target = new() { GuestId = 1 },
                        Ready = new() { Kind = ReadyKind.Port, Port = 5432 },
                    },
                    new()
                    {
                        Target = new() { GuestId = 2 },
                        Startup = StartupRule.Never,
                    },
                ],
            },
            new()
            {
                Id = "hosts",
                Name = "Hosts",
                Steps =
                [
                    new()
                    {
                        Target = new() { HostId = 1 },
                        Action = StepAction.Command,
                    },
                    new() { Target = new() { HostId = 1 } },
                ],
            },
        ],
    };

    [Fact]
    public void Mirrored_IsTheShutdownBackwards_OfWhatReturns()
    {
        var phases = StartupOrder.Mirrored(Plan);
        Assert.Equal(["hosts", "vms"], phases.Select(p => p.Id));
        Assert.Equal((StepAction.Wake, 1), (phases[0].Steps.Single().Action, phases[0].Steps[0].Target.HostId));
        Assert.Equal((StepAction.Start, 5432), (phases[1].Steps.Single().Action, phases[1].Steps[0].Ready?.Port));
    }

    [Fact]
    public void Move_Add_Remove_AndWhatIsMissing()
    {
        var startup = new StartupDefinition { Mirror = false, Phases = StartupOrder.Mirrored(Plan) };
        Assert.Empty(StartupOrder.Missing(Plan with { Startup = startup }));
        var draft = new PlanDraft(Plan with { Startup = startup });
        Assert.Equal(new(0, 1, true), draft.MoveStep(new StepPlace(1, 0, InStartup: true), -1, 0));
        Assert.Equal([2, 0], draft.Definition.Startup.Phases.Select(p => p.Steps.Length));
        Assert.Equal(Plan.Phases, draft.Phases);
        var removed = StartupOrder.Remove(startup, 1);
        Assert.Equal([1], StartupOrder.Missing(Plan with { Startup = removed }).Select(t => t.GuestId));
        Assert.Equal(["vms", "hosts"], StartupOrder.Move(startup, 1, -1).Phases.Select(p => p.Id));
        Assert.Equal("start3", StartupOrder.Add(startup, "More").Phases[2].Id);
    }

    [Fact]
    public void CommandOnAHost_DoesNotStartIt()
    {
        var startup = new StartupDefinition { Mirror = false, Phases = StartupOrder.Mirrored(Plan) };
        var draft = new PlanDraft(Plan with { Startup = StartupOrder.Remove(startup, 0) });
        var at = draft.AddToStartup(0, StartupOrder.CommandOn(1));
        Assert.Equal((StepAction.Command, 1), (draft.Step(at).Action, draft.Step(at).Target.HostId));
        Assert.Equal([1], StartupOrder.Missing(draft.Definition).Select(t => t.HostId));
        draft.ChangeStep(at, s => s with { Command = "sync" });
        Assert.Equal("sync", draft.Definition.Startup.Phases[0].Steps[1].Command);
        draft.RemoveStep(draft.RepeatStep(at));
        draft.RemoveStep(at);
        draft.Undo();
        Assert.Equal("sync", draft.Definition.Startup.Phases[0].Steps[1].Command);
    }

    [Fact]
    public void Path_OfAStepOfTheStartup_LeadsToIt()
    {
        var at = new StepPlace(1, 2, InStartup: true);
        Assert.Equal("startup.phases[1].steps[2]", PlanPath.OfStep(at));
        Assert.Equal(at, PlanPath.Step("startup.phases[1].steps[2].http.url"));
        Assert.Equal("plan-start-1-2", PlanPath.Anchor("startup.phases[1].steps[2].http.url"));
        Assert.Equal("plan-step-1-2", PlanPath.Anchor("phases[1].steps[2].target"));
        Assert.Equal("plan-startup", PlanPath.Anchor("startup.phases[1].name"));
    }

    [Fact]
    public void Keys_OfTargets_ReadBack()
    {
        foreach (
            var target in (TargetDefinition[])[new() { GuestId = 7 }, new() { HostId = 1 }, new() { GuestsOf = 2 }]
        )
            Assert.Equal(target, TargetKeys.Parse(TargetKeys.Of(target)));
        Assert.Null(TargetKeys.Parse("x1"));
        Assert.Null(TargetKeys.Parse(null));
    }
}

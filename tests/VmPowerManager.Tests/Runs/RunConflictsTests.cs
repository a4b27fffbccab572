using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Runs;

namespace VmPowerManager.Tests.Runs;

/// <summary>Two plans and one target (F2).</summary>
public sealed class RunConflictsTests
{
    private static readonly StepState Web = RunSamples.Guest("web", StepStatus.Running) with { Selected = true };

    [Fact]
    public void Start_OfWhatAnotherPlanTakesDown_IsRefusedByName()
    {
        var why = RunConflicts.AgainstUp(Effect(StepAction.Start), [View(RunKind.Shutdown, Web)]);

        Assert.Contains("\"Other\" takes web down now", why?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Start_WhereAnotherPlanDoesNothingToIt_IsFree()
    {
        Assert.Null(
            RunConflicts.AgainstUp(Effect(StepAction.Start), [View(RunKind.Shutdown, Web with { Selected = false })])
        );
        Assert.Null(RunConflicts.AgainstUp(Effect(StepAction.Start), [View(RunKind.Startup, Web)]));
        Assert.Null(RunConflicts.AgainstUp(Effect(StepAction.Start), []));
    }

    [Fact]
    public void Shutdown_IsNeverHeldUp() =>
        Assert.Null(RunConflicts.AgainstUp(Effect(StepAction.Shutdown), [View(RunKind.Shutdown, Web)]));

    private static PlanView View(RunKind kind, StepState step) =>
        new(
            new PlanModel
            {
                PlanId = 2,
                Definition = new PlanDefinition { Name = "Other" },
            },
            new PlanState { Run = RunSamples.Run(kind, step) with { Status = RunStatus.Running } },
            default
        );

    private static Effect Effect(StepAction action) =>
        new()
        {
            Id = 1,
            Kind = EffectKind.GuestPower,
            Action = action,
            HostId = Web.Target.HostId,
            TargetKey = Web.Target.Key,
            TargetName = "web",
            ExternalId = Web.Target.ExternalId,
            Limit = TimeSpan.FromSeconds(1),
        };
}

using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Tests.Engine;

namespace VmPowerManager.Core.Tests.Plans;

/// <summary>What a plan may ask of witnesses, the calendar and maintenance.</summary>
public sealed class PowerPlanTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, PlanDefinition> Faults =>
        new()
        {
            {
                "confirmSeconds",
                new() { ConfirmSeconds = -1 }
            },
            {
                "deadSeconds",
                new() { DeadSeconds = 0 }
            },
            {
                "canaries",
                new() { Canaries = [1, 1] }
            },
            {
                "lossIsOutage",
                new() { LossIsOutage = true }
            },
            {
                "schedule.startAt",
                new() { Schedule = new() { StartAt = Noon } }
            },
            {
                "schedule.startAt",
                new()
                {
                    Schedule = new() { PlannedAt = Noon, StartAt = Noon },
                }
            },
            {
                "maintenance.until",
                new() { Maintenance = new() }
            },
            {
                "maintenance.targets[0]",
                new()
                {
                    Maintenance = new() { Until = Noon, Targets = [new()] },
                }
            },
            {
                "maintenance.reason",
                new()
                {
                    Maintenance = new() { Until = Noon, Reason = new string('x', 501) },
                }
            },
        };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Errors_OfAFault_NameItsField(string field, PlanDefinition plan) =>
        Assert.Contains(field, PlanValidation.Errors(plan).Keys);

    [Fact]
    public void Errors_OfASoundPlan_AreNone()
    {
        var plan = Worlds.OneHost().Model.Definition with
        {
            ConfirmSeconds = 0,
            DeadSeconds = 30,
            Canaries = [1, 2],
            LossIsOutage = true,
            Schedule = new() { PlannedAt = Noon, StartAt = Noon.AddHours(2) },
            Maintenance = new() { Until = Noon, Targets = [new() { HostId = 1 }] },
        };
        Assert.Empty(PlanValidation.Errors(plan));
    }

    [Fact]
    public void Problems_NameCanariesThatSayNothing_AndAPlannedShutdownOfADryPlan()
    {
        var model = Worlds.OneHost(upses: 2, armed: false).Model;
        model = model with
        {
            Canaries = model.Canaries.Add(
                1,
                new CanaryModel
                {
                    Id = 1,
                    Name = "lamp",
                    UpsIds = [1],
                }
            ),
            Definition = model.Definition with
            {
                Canaries = [1, 9],
                LossIsOutage = true,
                Schedule = new() { PlannedAt = Noon },
            },
        };
        var codes = PlanProblems.Find(
            model,
            model.Upses.Keys.ToDictionary(id => id, _ => (Core.Power.UpsReading?)null)
        );
        Assert.Superset(
            new HashSet<string> { "unknownCanary", "lossWithoutCanary", "plannedNotArmed" },
            codes.Where(p => !p.IsError).Select(p => p.Code).ToHashSet()
        );
    }
}

using System.Collections.Immutable;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;
using VmPowerManager.Core.Tests.Engine;
using static VmPowerManager.Core.Tests.Plans.PlanValidationTests;

namespace VmPowerManager.Core.Tests.Plans;

/// <summary>POLICY C2, F10: what the owner of a plan should know before arming it.</summary>
public sealed class PlanProblemsTests
{
    private static readonly StepDefinition Host2 = new() { Target = new() { HostId = 2 } };

    private static PlanModel Model(
        PlanDefinition plan,
        HostRank one = HostRank.Ordinary,
        HostRank two = HostRank.Ordinary
    ) =>
        new()
        {
            PlanId = 1,
            Definition = plan,
            Upses = ImmutableSortedDictionary<int, UpsPolicy>.Empty.Add(1, new UpsPolicy { UpsId = 1, Name = "apc" }),
            Hosts = new[] { (1, one), (2, two) }.ToImmutableSortedDictionary(
                h => h.Item1,
                h => new HostModel
                {
                    Id = h.Item1,
                    Name = $"host{h.Item1}",
                    Rank = h.Item2,
                    Supplies = [new Supply(1, 1)],
                }
            ),
            Guests = PlanModel.Guestless.Add(
                GuestModel.KeyOf("r", "u1"),
                new GuestModel
                {
                    Realm = "r",
                    ExternalId = "u1",
                    Id = 1,
                    Name = "web",
                    HostId = 1,
                }
            ),
        };

    private static IReadOnlyList<PlanProblem> Find(PlanModel model, string reading = "OL") =>
        PlanProblems.Find(
            model,
            new Dictionary<int, UpsReading?>
            {
                [1] = Readings.Of("OL", TimeSpan.Zero) with
                {
                    BatteryRuntimeSeconds = reading.Contains("runtime", StringComparison.Ordinal) ? 900 : null,
                    BatteryChargePercent = reading.Contains("charge", StringComparison.Ordinal) ? 90 : null,
                },
            }
        );

    private static PlanModel NeedsTwo()
    {
        var model = Model(Plan(Phase("a", Guest)));
        return model with { Hosts = model.Hosts.SetItem(1, model.Hosts[1] with { MinSupplies = 2 }) };
    }

    public static TheoryData<string, bool, string, PlanModel> Problems() =>
        new()
        {
            { "unknownUps", true, "upsIds", Model(Plan(Phase("a", Guest)) with { UpsIds = [1, 9] }) },
            {
                "unknownUps",
                true,
                "phases[1].steps[0].target.upsId",
                Model(
                    Plan(
                        Phase("a", Guest),
                        Phase(
                            "b",
                            Host with
                            {
                                Action = StepAction.CutOutput,
                                Target = new() { UpsId = 9 },
                            }
                        )
                    )
                )
            },
            {
                "unknownGuest",
                true,
                "phases[0].steps[0].target.guestId",
                Model(Plan(Phase("a", Guest with { Target = new() { GuestId = 9 } })))
            },
            {
                "unknownHost",
                true,
                "phases[0].steps[0].target.hostId",
                Model(Plan(Phase("a", Host with { Target = new() { HostId = 9 } })))
            },
            {
                "unknownHost",
                true,
                "phases[0].steps[0].target.hostId",
                Model(Plan(Phase("a", Guest with { Target = new() { GuestsOf = 9 } })))
            },
            { "noTrigger", true, "phases[0].trigger", Model(Plan(Phase("a", Guest) with { Trigger = new() })) },
            {
                "triggerCannotBeMet",
                true,
                "phases[0].trigger",
                Model(Plan(Phase("a", Guest) with { Trigger = new() { RuntimeBelowSeconds = 600 } }))
            },
            {
                "triggerCannotBeMet",
                true,
                "phases[0].trigger",
                Model(Plan(Phase("a", Guest) with { Trigger = new() { ChargeBelowPercent = 20 } }))
            },
            { "hostBeforeGuest", true, "phases[1].steps[0]", Model(Plan(Phase("a", Host), Phase("b", Guest))) },
            { "hostBeforeGuest", true, "phases[0].steps[1]", Model(Plan(Phase("a", Host, Guest))) },
            {
                "orderOverruled",
                false,
                "phases[1].steps[0]",
                Model(Plan(Phase("a", Host), Phase("b", Host2)), HostRank.Storage)
            },
            {
                "managerNotLast",
                false,
                "phases[0].steps[0]",
                Model(Plan(Phase("a", Host), Phase("b", Host2)), HostRank.Manager, HostRank.Manager)
            },
            { "managerWake", false, "phases[0].steps[0]", Model(Plan(Phase("a", Host)), HostRank.Manager) },
            { "needsMoreThanItHas", true, "minSupplies", NeedsTwo() },
        };

    [Theory]
    [MemberData(nameof(Problems))]
    public void Find_AProblem_NamesFieldAndWhetherItForbidsArming(
        string code,
        bool isError,
        string field,
        PlanModel model
    )
    {
        var problem = Assert.Single(Find(model), p => p.Code == code && p.Field == field);

        Assert.Equal(isError, problem.IsError);
        Assert.EndsWith(".", problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void SimulatedUps_IsSaidAndForbidsNothing()
    {
        var model = Model(Plan(Phase("one", Host2)));
        var simulated = model with { Upses = model.Upses.SetItem(1, model.Upses[1] with { IsSimulated = true }) };

        var problem = Assert.Single(
            PlanProblems.Find(simulated, new Dictionary<int, UpsReading?>()),
            p => p.Code == "simulatedUps"
        );
        Assert.False(problem.IsError);
        Assert.DoesNotContain(
            PlanProblems.Find(model, new Dictionary<int, UpsReading?>()),
            p => p.Code == "simulatedUps"
        );
    }

    [Fact]
    public void Find_InAGoodPlan_Nothing() =>
        Assert.Empty(
            Find(
                Model(Plan(Phase("a", Guest), Phase("b", Host), Phase("c", Host2)), HostRank.Ordinary, HostRank.Storage)
            )
        );

    [Theory]
    [InlineData("OL runtime")]
    [InlineData("OL charge")]
    public void Find_TriggerThatOneReportedValueCanMeet_IsNoProblem(string reading)
    {
        var trigger = new TriggerDefinition { RuntimeBelowSeconds = 600, ChargeBelowPercent = 20 };

        Assert.Empty(Find(Model(Plan(Phase("a", Guest) with { Trigger = trigger })), reading));
    }
}

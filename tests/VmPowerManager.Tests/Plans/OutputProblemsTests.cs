using System.Collections.Immutable;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;
using VmPowerManager.Hosts;
using VmPowerManager.Plans;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Plans;

/// <summary>What is said of a cut before it matters, and who serves a UPS (C9, A10, F10).</summary>
public sealed class OutputProblemsTests
{
    private static readonly PlanDefinition Cuts = new()
    {
        Name = "one",
        UpsIds = [1],
        Phases =
        [
            new()
            {
                Id = "cut",
                Name = "UPS",
                Steps =
                [
                    new()
                    {
                        Target = new() { UpsId = 1 },
                        Action = StepAction.CutOutput,
                    },
                ],
            },
        ],
    };

    private static readonly PlanModel Model = new()
    {
        PlanId = 1,
        Definition = Cuts,
        Upses = ImmutableSortedDictionary<int, UpsPolicy>.Empty.Add(1, new() { UpsId = 1, Name = "rack-a" }),
        Bystanders = ImmutableSortedDictionary<int, HostModel>.Empty.Add(
            3,
            new()
            {
                Id = 3,
                Name = "kvm3",
                Supplies = [new Supply(1, 1)],
            }
        ),
    };

    private static PlanEntry Stops(bool armed) =>
        new(2, 1, armed, new PlanDefinition { Phases = [new() { Steps = [new() { Target = new() { HostId = 3 } }] }] });

    private static IReadOnlyList<PlanProblem> Find(
        IReadOnlyList<PlanEntry> plans,
        UpsAnswer<UpsCutAbility>? known = null
    ) => [.. OutputProblems.Find(Model, plans, _ => known)];

    [Fact]
    public void HostInNoPlan_IsNamed()
    {
        var problem = Assert.Single(Find([]));
        Assert.Equal(("cutFeedsOthers", "phases[0].steps[0]"), (problem.Code, problem.Field));
        Assert.Contains("kvm3 is fed by rack-a and is shut down by no plan", problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void HostOfAPlanThatIsNotArmed_IsNamed() =>
        Assert.Contains("not armed", Assert.Single(Find([Stops(armed: false)])).Text, StringComparison.Ordinal);

    [Fact]
    public void HostOfAnArmedPlan_IsNoProblem() => Assert.Empty(Find([Stops(armed: true)]));

    [Fact]
    public void DeviceThatCannot_IsSaidWhenKnown()
    {
        var problem = Assert.Single(Find([Stops(armed: true)], new(null, "It has no cut.")));
        Assert.Equal("cutNotOffered", problem.Code);
        Assert.Empty(Find([Stops(armed: true)], new(new("shutdown.return", TimeSpan.Zero, true), null)));
    }

    [Theory]
    [InlineData("NAS", 7, null)]
    [InlineData(" upsd ", 7, "guest:realm/5")]
    [InlineData("nobody", null, null)]
    [InlineData(null, null, null)]
    public void ServedBy_IsFoundByName(string? servedBy, int? host, string? guest)
    {
        var nas = new HostSnapshot
        {
            Id = 7,
            Name = "nas",
            Platform = "ssh",
            Guests =
            [
                new()
                {
                    HostId = 7,
                    Realm = "realm",
                    ExternalId = "5",
                    Name = "upsd",
                },
            ],
        };
        var policy = new UpsPolicy
        {
            UpsId = 1,
            Name = "rack-a",
            ServedBy = servedBy,
        };
        var found = UpsServers.Of([policy], [nas]).GetValueOrDefault(1);
        Assert.Equal((host, guest), (found?.HostId, found?.GuestKey));
    }
}

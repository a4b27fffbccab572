using System.Collections.Immutable;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Plans;

namespace VmPowerManager.Tests.Plans;

/// <summary>What a plan says of the machine that this program runs on (C6, F10).</summary>
public sealed class ManagerProblemsTests
{
    private static readonly ManagerPlace OnKvm1 = new(
        1,
        null,
        null,
        null,
        PlaceSign.BootId,
        PlaceCertainty.Certain,
        $"the same boot id"
    );

    [Fact]
    public void Find_NobodyDeclaredAHost_TheFoundOneIsNotMarked()
    {
        var problem = Assert.Single(Find(OnKvm1, Host(1), Host(2)));
        Assert.Equal(("managerNotMarked", "phases[0].steps[1]"), (problem.Code, problem.Field));
        Assert.Contains(
            "runs on host 1 (the same boot id), which is not marked",
            problem.Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Find_AnotherOneIsMarked_SaysBoth() =>
        Assert.Equal(
            "managerElsewhere",
            Assert.Single(Find(OnKvm1, Host(1), Host(2) with { RunsManager = true })).Code
        );

    [Fact]
    public void Find_TheRightOneIsMarked_OrNoneIsFound_SaysNothing()
    {
        Assert.Empty(Find(OnKvm1, Host(1) with { RunsManager = true }, Host(2)));
        Assert.Empty(Find(null, Host(1), Host(2)));
    }

    [Fact]
    public void Find_AStepForOurOwnGuest_IsLeftToItsHost()
    {
        var place = OnKvm1 with { GuestId = 7, Realm = "r", ExternalId = "7" };
        var problems = Find(place, Host(1) with { RunsManager = true }, Host(2)).ToList();
        Assert.Equal(("managerGuest", "phases[0].steps[0].target.guestId"), (problems[0].Code, problems[0].Field));
    }

    private static IEnumerable<PlanProblem> Find(ManagerPlace? place, params HostSnapshot[] hosts)
    {
        var definition = new PlanDefinition
        {
            Phases =
            [
                new PhaseDefinition
                {
                    Steps =
                    [
                        new StepDefinition { Target = new() { GuestId = 7 } },
                        new StepDefinition { Target = new() { HostId = 1 } },
                    ],
                },
            ],
        };
        var guest = new GuestModel
        {
            Realm = "r",
            ExternalId = "7",
            Id = 7,
            Name = "vm",
            HostId = 1,
        };
        var model = new PlanModel
        {
            PlanId = 1,
            Definition = definition,
            Hosts = ImmutableSortedDictionary<int, HostModel>.Empty.Add(1, new HostModel { Id = 1, Name = "host 1" }),
            Guests = PlanModel.Guestless.Add(guest.Key, guest),
        };
        return ManagerProblems.Find(model, hosts, place);
    }

    private static HostSnapshot Host(int id) =>
        new()
        {
            Id = id,
            Name = $"host {id}",
            Platform = "ssh",
        };
}

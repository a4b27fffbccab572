using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;
using VmPowerManager.Core.Simulation;

namespace VmPowerManager.Core.Tests.Simulation;

/// <summary>A scenario with a plan that it was not written for.</summary>
public sealed class ScenarioCastTests
{
    [Fact]
    public void Library_WithAnotherPlan_EndsRight()
    {
        var troupe = Troupe("rack", "node", "site", "data");
        foreach (
            var scenario in ScenarioLibrary.All.Where(s =>
                s.Id is "mains-back-mid-shutdown" or "flicker" or "boot-loop"
            )
        )
        {
            var report = Play(scenario, troupe);
            Assert.True(report.Ok, $"{scenario.Id}: {string.Join(" ", report.Unmet)}");
            Assert.Equal("Other", report.Plan);
        }
    }

    [Fact]
    public void Names_ThatAreTheSame_ArePlayedWithoutAWord()
    {
        var report = Play(Story("hung-guest"), Troupe("ups1", "kvm1", "web", "db"));
        Assert.DoesNotContain(report.Remarks, r => r.ToString().Contains("plays the part", StringComparison.Ordinal));
        Assert.Contains(report.Remarks, r => r.ToString() == "The plan has no host for the part of nas.");
        Assert.Contains(report.Timeline, m => m is { Type: "step.climbed" });
    }

    [Fact]
    public void Names_ThatDiffer_TakeThePartsInOrder()
    {
        var report = Play(Story("hung-guest"), Troupe("rack", "node", "site", "data"));
        Assert.Contains(report.Remarks, r => r.ToString() == "rack plays the part of ups1.");
        Assert.Contains(report.Remarks, r => r.ToString() == "site plays the part of web.");
        Assert.Contains(report.Timeline, m => m.Type == "step.climbed" && m.Data["target"] == "site");
    }

    [Fact]
    public void Battery_ThatIsDead_IsSaidToCutOffTheGuests()
    {
        var report = Play(Story("dead-battery"), Troupe("ups1", "kvm1", "web", "db"));
        Assert.Contains(report.Unmet, r => r.ToString() == "web was cut off while it ran.");
    }

    [Fact]
    public void Plan_ThatIsNotArmed_IsPlayedAsIfItWere()
    {
        var troupe = Troupe("ups1", "kvm1", "web", "db");
        var report = Play(
            Story("mains-back-mid-shutdown"),
            troupe with
            {
                Model = troupe.Model with { Armed = false },
            }
        );
        Assert.Contains(report.Remarks, r => r.ToString() == "The plan is not armed: it is played as if it were.");
        Assert.NotEmpty(report.Runs);
    }

    private static Scenario Story(string id) => ScenarioLibrary.All.Single(s => s.Id == id);

    private static ScenarioReport Play(Scenario scenario, ScenarioTroupe troupe) =>
        ScenarioRunner.Run(scenario, troupe, TestContext.Current.CancellationToken);

    private static ScenarioTroupe Troupe(string ups, string host, string first, string second)
    {
        GuestModel Guest(int id, string name) =>
            new()
            {
                Realm = "house",
                ExternalId = $"vm-{id}",
                Id = id,
                Name = name,
                HostId = 7,
            };
        var guests = new[] { Guest(71, first), Guest(72, second) };
        var model = new PlanModel
        {
            PlanId = 5,
            Armed = true,
            Definition = new PlanDefinition
            {
                Name = "Other",
                UpsIds = [3],
                Phases =
                [
                    new()
                    {
                        Id = "all",
                        Name = "All",
                        Trigger = new() { OnBatteryForSeconds = 30 },
                        Steps =
                        [
                            .. guests.Select(g => new StepDefinition
                            {
                                Target = new() { GuestId = g.Id },
                                TimeoutSeconds = 30,
                                OnTimeout = OnTimeout.ForceOff,
                            }),
                            new()
                            {
                                Target = new() { HostId = 7 },
                                TimeoutSeconds = 120,
                            },
                        ],
                    },
                ],
                Startup = new() { StableMainsSeconds = 60, MinChargePercent = 30 },
            },
            Upses = ImmutableSortedDictionary<int, UpsPolicy>.Empty.Add(3, new UpsPolicy { UpsId = 3, Name = ups }),
            Hosts = ImmutableSortedDictionary<int, HostModel>.Empty.Add(
                7,
                new HostModel
                {
                    Id = 7,
                    Name = host,
                    HasGuests = true,
                    HasWitness = true,
                    OffSilenceSeconds = 30,
                }
            ),
            Guests = guests.ToImmutableSortedDictionary(g => g.Key, g => g, StringComparer.Ordinal),
        };
        return new ScenarioTroupe(model, []);
    }
}

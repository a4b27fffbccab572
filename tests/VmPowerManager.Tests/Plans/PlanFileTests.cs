using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;
using VmPowerManager.Hosts;
using VmPowerManager.Plans;
using VmPowerManager.Ups.Canaries;
using static VmPowerManager.Tests.Plans.PlanSuggestionTests;

namespace VmPowerManager.Tests.Plans;

/// <summary>A plan as a file: to another installation, where every id is another one.</summary>
public sealed class PlanFileTests
{
    private static readonly UpsPolicy[] Upses =
    [
        new() { UpsId = 1, Name = "rack-a" },
        new() { UpsId = 2, Name = "rack-b" },
    ];
    private static readonly HostSnapshot[] Hosts =
    [
        Host(1, "kvm1") with
        {
            Guests = [Guest(7, "web01"), Guest(8, "db01")],
        },
    ];

    private static readonly PlanDefinition Plan = new()
    {
        Name = "Homelab",
        UpsIds = [1, 2],
        Phases =
        [
            new()
            {
                Id = "a",
                Steps =
                [
                    PlanSuggestion.StepFor(new() { GuestId = 7 }),
                    PlanSuggestion.StepFor(new() { GuestsOf = 1, Except = [7, 8] }),
                    PlanSuggestion.StepFor(new() { HostId = 1 }),
                ],
            },
        ],
    };

    [Fact]
    public void Read_WhereItWasWritten_IsTheSame()
    {
        var read = PlanFile.Read(PlanFile.Write(Plan, Upses, Hosts), Upses, Hosts);
        Assert.Empty(read.Missing);
        Assert.Equal(JsonSerializer.Serialize(Plan, Json.Options), JsonSerializer.Serialize(read.Plan, Json.Options));
    }

    [Fact]
    public void Read_Elsewhere_BindsWhateverNamesATarget_AndLeavesTimesAndCanariesBehind()
    {
        var step = PlanSuggestion.StepFor(new() { GuestId = 7 }) with { DependsOn = [new() { GuestId = 8 }] };
        var plan = Plan with
        {
            Phases = [Plan.Phases[0] with { Steps = [step] }],
            Dependencies =
            [
                new()
                {
                    From = new() { GuestId = 7 },
                    To = new() { HostId = 1 },
                },
                new()
                {
                    From = new() { GuestId = 99 },
                    To = new() { HostId = 1 },
                },
            ],
            Startup = new() { Mirror = false, Phases = [new() { Id = "s", Steps = [step] }] },
            Schedule = new() { RehearseAt = "03:00", PlannedAt = DateTimeOffset.UnixEpoch },
            Maintenance = new() { Until = DateTimeOffset.UnixEpoch, Targets = [new() { GuestId = 8 }] },
            Canaries = [4, 5],
            Compression = false,
            SafetyMarginSeconds = 90,
        };
        HostSnapshot[] hosts =
        [
            Host(9, "kvm1") with
            {
                Guests = [Guest(70, "web01", 9) with { Realm = "o" }, Guest(80, "db01", 9) with { Realm = "o" }],
            },
        ];
        var (read, missing) = PlanFile.Read(
            PlanFile.Write(plan, Upses, Hosts, [Canary(4, "lamp"), Canary(5, "plug")]),
            Upses,
            hosts,
            [Canary(40, "Lamp")]
        );
        Assert.Equal(70, read.Phases[0].Steps[0].Target.GuestId);
        Assert.Equal(80, Assert.Single(read.Phases[0].Steps[0].DependsOn).GuestId);
        Assert.Equal(70, read.Startup.Phases[0].Steps[0].Target.GuestId);
        var needs = Assert.Single(read.Dependencies);
        Assert.Equal((70, 9), (needs.From.GuestId, needs.To.HostId));
        Assert.Equal(("03:00", null), (read.Schedule?.RehearseAt, read.Schedule?.PlannedAt));
        Assert.Null(read.Maintenance);
        Assert.Equal([40], read.Canaries);
        Assert.Equal((false, 90), (read.Compression, read.SafetyMarginSeconds));
        Assert.Equal(["guest 99", "plug"], missing.Order());
    }

    [Fact]
    public void Read_Elsewhere_FindsByNameAndRealm_AndSaysWhatIsMissing()
    {
        UpsPolicy[] upses = [new() { UpsId = 5, Name = "RACK-A" }];
        HostSnapshot[] hosts =
        [
            Host(9, "kvm1") with
            {
                Guests =
                [
                    Guest(70, "renamed", 9) with
                    {
                        ExternalId = "uuid-7",
                    },
                    Guest(71, "db01", 9) with
                    {
                        Realm = "other",
                    },
                ],
            },
        ];
        var (plan, missing) = PlanFile.Read(PlanFile.Write(Plan, Upses, Hosts), upses, hosts);
        Assert.Equal([5], plan.UpsIds);
        Assert.Equal(70, plan.Phases[0].Steps[0].Target.GuestId);
        Assert.Equal(9, plan.Phases[0].Steps[1].Target.GuestsOf);
        Assert.Equal([70, 71], plan.Phases[0].Steps[1].Target.Except);
        Assert.Equal(9, plan.Phases[0].Steps[2].Target.HostId);
        Assert.Equal(["rack-b"], missing);
    }

    [Fact]
    public void Read_TwoGuestsOfThatName_TakesNeither()
    {
        HostSnapshot[] hosts = [Host(9, "kvm1") with { Guests = [Guest(70, "web01", 9), Guest(71, "web01", 9)] }];
        hosts[0] = hosts[0] with { Guests = [.. hosts[0].Guests.Select(g => g with { Realm = "other" })] };
        var (plan, missing) = PlanFile.Read(PlanFile.Write(Plan, Upses, Hosts), Upses, hosts);
        Assert.Contains("web01", missing);
        Assert.DoesNotContain(plan.Phases[0].Steps, s => s.Target.GuestId is not null);
    }

    [Theory]
    [InlineData("""[1]""", "")]
    [InlineData("""{"name": 7}""", "name")]
    [InlineData("""{"colour": "red"}""", "colour")]
    [InlineData("""{"phases": [null]}""", "phases[0]")]
    [InlineData("""{"phases": [{"steps": [{"target": null}]}]}""", "phases[0].steps[0].target")]
    [InlineData("""{"names": 7}""", "names")]
    [InlineData("{", "")]
    public void Read_WhatIsNoPlan_IsRefusedByField(string text, string field)
    {
        var refusal = Assert.Throws<InvalidInputException>(() => PlanFile.Read(text, Upses, Hosts));
        Assert.Contains(field, refusal.Errors.Keys);
    }

    [Fact]
    public void Read_OneThatIsNotFinished_IsTakenToBeMended()
    {
        var (plan, _) = PlanFile.Read(
            """{"name": null, "armed": true, "phases": [{"id": "a", "name": null, "steps": []}]}""",
            Upses,
            Hosts
        );
        Assert.Equal("", plan.Phases[0].Name);
        Assert.NotEmpty(PlanValidation.Errors(plan));
    }

    private static Canary Canary(int id, string name) =>
        new()
        {
            Id = id,
            Name = name,
            Address = "192.0.2.1",
        };
}

using System.Collections.Immutable;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Plans;

/// <summary>What would keep a cut from happening, and rungs that cannot be climbed, said while editing (C3, C9, A10, F10).</summary>
public sealed class CutProblemsTests
{
    private static readonly StepDefinition Host = new() { Target = new() { HostId = 1 } };

    private static StepDefinition Cut(int upsId) =>
        new()
        {
            Target = new() { UpsId = upsId },
            Action = StepAction.CutOutput,
        };

    private static PlanModel Model(HostModel host, params StepDefinition[] steps) =>
        new()
        {
            PlanId = 1,
            Definition = new PlanDefinition
            {
                Name = "one",
                UpsIds = [1, 2],
                Phases =
                [
                    new()
                    {
                        Id = "a",
                        Name = "a",
                        Trigger = new() { LowBattery = true },
                        Steps = [.. steps],
                    },
                ],
            },
            Upses = new[] { 1, 2 }.ToImmutableSortedDictionary(
                i => i,
                i => new UpsPolicy { UpsId = i, Name = $"rack{i}" }
            ),
            Hosts = ImmutableSortedDictionary<int, HostModel>.Empty.Add(1, host),
        };

    private static HostModel Fed(params int[] upsIds) =>
        new()
        {
            Id = 1,
            Name = "kvm1",
            Supplies = [.. upsIds.Select(i => new Supply(i, 1))],
        };

    private static string[] Codes(PlanModel model) =>
        [.. PlanProblems.Find(model, new Dictionary<int, UpsReading?>()).Select(p => p.Code)];

    [Fact]
    public void GoodCut_IsNoProblem() => Assert.Empty(Codes(Model(Fed(1), Host, Cut(1))));

    [Fact]
    public void HostThatStaysUp_IsNamed() => Assert.Equal(["cutFeedsHostLeftUp"], Codes(Model(Fed(1), Cut(1))));

    [Fact]
    public void OwnHostThatStaysUp_IsNamed() =>
        Assert.Equal(["cutFeedsManager"], Codes(Model(Fed(1) with { Rank = HostRank.Manager }, Cut(1))));

    [Fact]
    public void OneOfTwoSupplies_IsSaid_UnlessTheHostCanBeWoken()
    {
        Assert.Equal(["cutOfOneSupply"], Codes(Model(Fed(1, 2), Host, Cut(1))));
        Assert.Empty(Codes(Model(Fed(1, 2), Host, Cut(1), Cut(2))));
        Assert.Empty(Codes(Model(Fed(1, 2) with { WakeMethods = ["wol"] }, Host, Cut(1))));
        // An outlet that was not off starts nothing: its host waits for the return of power.
        Assert.Equal(["cutOfOneSupply"], Codes(Model(Fed(1, 2) with { WakeMethods = ["pdu"] }, Host, Cut(1))));
        Assert.Empty(Codes(Model(Fed(1, 2) with { WakeMethods = ["pdu", "wol"] }, Host, Cut(1))));
    }

    [Fact]
    public void UpsThatFeedsNobodyKnown_IsSaid() =>
        Assert.Equal(["cutFeedsNothing"], Codes(Model(Fed(1), Host, Cut(2))));

    [Fact]
    public void UpsToldThroughWhatIsStoppedBefore_IsSaid()
    {
        var model = Model(Fed(1), Host, Cut(1));
        model = model with { Servers = model.Servers.SetItem(1, new UpsServer(1)) };
        Assert.Equal(["cutThroughServer"], Codes(model));
    }

    [Theory]
    [InlineData(false, "stays off")]
    [InlineData(true, "firmware must be set")]
    public void OwnHost_WhetherAnythingStartsIt_IsSaid(bool cut, string words)
    {
        var own = Fed(1) with { Rank = HostRank.Manager };
        var model = cut ? Model(own, Host, Cut(1)) : Model(own, Host);
        var problem = Assert.Single(
            PlanProblems.Find(model, new Dictionary<int, UpsReading?>()),
            p => p.Code == "managerWake"
        );
        Assert.Contains(words, problem.Text, StringComparison.Ordinal); // D2: arming shows it
    }

    [Theory]
    [InlineData("wol", "noBmc")]
    [InlineData("ipmi", null)]
    [InlineData("redfish", null)]
    public void BmcRung_NeedsABmc(string wake, string? code)
    {
        RungDefinition[] ladder = [new(), new() { Action = StepAction.BmcOff }];
        var step = Host with { Ladder = [.. ladder] };
        Assert.Equal(code is null ? [] : [code], Codes(Model(Fed(1) with { WakeMethods = [wake] }, step)));
    }

    [Fact]
    public void WhatServesAUps_InAnEarlyPhase_IsSaid()
    {
        var model = Model(Fed(1), Host);
        var second = model.Definition.Phases[0] with { Id = "b", Steps = [new() { Target = new() { GuestsOf = 1 } }] };
        model = model with
        {
            Definition = model.Definition with { Phases = model.Definition.Phases.Add(second) },
            Servers = model.Servers.SetItem(1, new UpsServer(1)),
        };
        Assert.Contains("serverStopsEarly", Codes(model));
    }

    [Fact]
    public void StepRules_NameTheFieldThatIsWrong()
    {
        (StepDefinition Step, string Field)[] wrong =
        [
            (Host with { Undo = "x" }, "undo"),
            (Host with { CutDelaySeconds = 5 }, "cutDelaySeconds"),
            (Cut(1) with { CutDelaySeconds = 9000 }, "cutDelaySeconds"),
            (Host with { Ladder = [new() { Action = StepAction.BmcOff }] }, "ladder[0].action"),
            (Host with { Ladder = [new(), new() { Action = StepAction.ForceOff }] }, "ladder[1].action"),
            (
                Host with
                {
                    NeverForce = true,
                    Ladder = [new(), new() { Action = StepAction.BmcOff }],
                },
                "ladder[1].action"
            ),
            (
                new()
                {
                    Target = new() { GuestId = 1 },
                    NeverForce = true,
                    OnTimeout = OnTimeout.ForceOff,
                },
                "onTimeout"
            ),
            (
                new()
                {
                    Target = new() { GuestId = 1 },
                    Ladder = [new() { Action = StepAction.BmcOff }],
                },
                "ladder[0].action"
            ),
        ];
        foreach (var (step, field) in wrong)
        {
            var errors = PlanValidation.Errors(Model(Fed(1), step).Definition);
            Assert.Equal([$"phases[0].steps[0].{field}"], errors.Keys);
        }
        RungDefinition[] good = [new(), new() { Action = StepAction.BmcOff }];
        Assert.Empty(PlanValidation.Errors(Model(Fed(1), Host with { Ladder = [.. good] }).Definition));
    }
}

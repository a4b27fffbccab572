using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Plans.Pages;
using static VmPowerManager.Tests.Plans.PlanSuggestionTests;

namespace VmPowerManager.Tests.Plans;

/// <summary>What the editor reads and writes as text, and what is ticked in its list.</summary>
public sealed class PlanTextTests
{
    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(45, "45 s")]
    [InlineData(60, "1 min")]
    [InlineData(90, "90 s")]
    [InlineData(300, "5 min")]
    [InlineData(750, "12 min 30 s")]
    [InlineData(3600, "1 h")]
    [InlineData(5400, "1 h 30 min")]
    [InlineData(90061, "1 d 1 h 1 min 1 s")]
    public void Duration_IsWrittenWhole_AndReadBack(int seconds, string text)
    {
        Assert.Equal(text, DurationText.Exact(seconds));
        Assert.Equal(seconds, DurationText.Parse(text, 60));
    }

    [Theory]
    [InlineData("5", 60, 300)]
    [InlineData("5", 1, 5)]
    [InlineData("1.5", 60, 90)]
    [InlineData("1,5 min", 1, 90)]
    [InlineData("3:12", 1, 192)]
    [InlineData(" 2 Minutes ", 1, 120)]
    [InlineData("1h", 1, 3600)]
    [InlineData("2m30s", 1, 150)]
    [InlineData("", 60, null)]
    [InlineData("soon", 60, null)]
    [InlineData("-5", 60, null)]
    [InlineData("5 min later", 60, null)]
    [InlineData("99999999999999", 60, null)]
    public void Duration_OfAPerson_IsUnderstoodOrRefused(string text, int bareUnit, int? seconds) =>
        Assert.Equal(seconds, DurationText.Parse(text, bareUnit));

    [Theory]
    [InlineData("phases[1].steps[2].target.guestId", "plan-step-1-2")]
    [InlineData("phases[1].trigger", "plan-phase-1")]
    [InlineData("startup.minChargePercent", "plan-startup")]
    [InlineData("upsIds", "plan-sources")]
    [InlineData("phases", "plan-phases")]
    public void Anchor_OfAField_IsWhereItIsShown(string field, string anchor) =>
        Assert.Equal(anchor, PlanPath.Anchor(field));

    [Fact]
    public void IsWithin_TellsTheFirstFromTheTenth()
    {
        Assert.True(PlanPath.IsWithin("phases[1].steps[1].target", "phases[1].steps[1]"));
        Assert.False(PlanPath.IsWithin("phases[1].steps[10]", "phases[1].steps[1]"));
        Assert.False(PlanPath.IsWithin("minSuppliesAll", "minSupplies"));
    }

    [Fact]
    public void Choice_AllButOne_IsOneStepWithAnException()
    {
        var host = Host(1, "kvm1") with { Guests = [Guest(7, "web01"), Guest(8, "db01")] };
        var choice = new TargetChoice(new PlanDefinition());
        choice.SetGuest(host.Guests[0], true);
        choice.SetAllOf(host, true);
        choice.SetGuest(host.Guests[1], false);
        choice.SetHost(1, true);
        Assert.True(choice.HasGuest(host.Guests[0]));
        var steps = choice.Steps([host]).ToList();
        Assert.Equal(2, choice.Count);
        Assert.Equal(1, steps[0].Target.GuestsOf);
        Assert.Equal([8], steps[0].Target.Except);
        Assert.Equal(1, steps[1].Target.HostId);
    }

    [Fact]
    public void Choice_OfWhatThePlanHas_NamesThePhase()
    {
        var plan = new PlanDefinition
        {
            Phases =
            [
                new()
                {
                    Name = "VMs",
                    Steps =
                    [
                        new() { Target = new() { GuestId = 7 } },
                        new()
                        {
                            Target = new() { HostId = 1 },
                            Action = StepAction.Command,
                        },
                    ],
                },
            ],
        };
        var choice = new TargetChoice(plan);
        Assert.Equal("VMs", choice.PhaseOf(Guest(7, "web01")));
        Assert.Null(choice.PhaseOf(Guest(8, "db01")));
        Assert.Null(choice.PhaseOf(Host(1, "kvm1"))); // a command leaves its shutdown open
    }
}

using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;
using VmPowerManager.Hosts;
using VmPowerManager.Plans;

namespace VmPowerManager.Tests.Plans;

/// <summary>The first plan that a person is offered.</summary>
public sealed class PlanSuggestionTests
{
    private static readonly SuggestedNames Names = new("Plan", "Guests", "Hosts", "Storage", "Network", "Manager");
    private static readonly UpsPolicy[] Upses = [new() { UpsId = 1, Name = "a" }, new() { UpsId = 2, Name = "b" }];

    [Fact]
    public void Of_AHomeLab_GuestsFirst_ThenHosts_StorageNetworkAndManagerLast()
    {
        var plan = PlanSuggestion.Of(
            Upses,
            [
                Host(1, "mgmt") with
                {
                    Role = HostRole.Server,
                    RunsManager = true,
                },
                Host(2, "switch") with
                {
                    Role = HostRole.Network,
                },
                Host(3, "nas") with
                {
                    Role = HostRole.Storage,
                },
                Host(4, "kvm2") with
                {
                    Capabilities = HostCapabilities.Guests,
                },
                Host(5, "kvm1") with
                {
                    Capabilities = HostCapabilities.Guests,
                },
            ],
            Names
        );
        Assert.Equal(["Guests", "Hosts", "Storage", "Network", "Manager"], plan.Phases.Select(p => p.Name));
        Assert.Equal([4, 5], plan.Phases[0].Steps.Select(s => s.Target.GuestsOf));
        Assert.Equal([5, 4], plan.Phases[1].Steps.Select(s => s.Target.HostId));
        Assert.Equal([3, 2, 1], plan.Phases.Skip(2).Select(p => p.Steps.Single().Target.HostId));
        Assert.Equal(new TriggerDefinition { OnBatteryForSeconds = 300, LowBattery = true }, plan.Phases[0].Trigger);
        Assert.All(plan.Phases.Skip(1), p => Assert.Equal(new TriggerDefinition { LowBattery = true }, p.Trigger));
        Assert.Equal([1, 2], plan.UpsIds);
        Assert.True(plan.Startup.Mirror);
        Assert.Empty(PlanValidation.Errors(plan));
    }

    [Fact]
    public void Of_OneHostWithoutGuests_HasOnePhase()
    {
        var plan = PlanSuggestion.Of(Upses, [Host(1, "box") with { Role = HostRole.Server }], Names);
        Assert.Equal(["Hosts"], plan.Phases.Select(p => p.Name));
    }

    [Fact]
    public void Of_TheMachineThatThisRunsOn_LeavesItToItsHost_WhichGoesLast()
    {
        var own = Guest(8, "any-name");
        var kvm = Host(1, "kvm1") with { Guests = [Guest(7, Environment.MachineName), own] };
        var place = new ManagerPlace(
            1,
            own.Id,
            own.Realm,
            own.ExternalId,
            PlaceSign.GuestUuid,
            PlaceCertainty.Certain,
            $"its machine has the hardware id of the guest"
        );
        var plan = PlanSuggestion.Of(Upses, [kvm, Host(2, "kvm2")], Names, place);
        Assert.Equal([8], plan.Phases[0].Steps[0].Target.Except);
        Assert.Equal(["Guests", "Hosts", "Manager"], plan.Phases.Select(p => p.Name));
        Assert.Equal(1, plan.Phases[^1].Steps.Single().Target.HostId);
        var marked = PlanSuggestion.Of(Upses, [kvm, Host(2, "kvm2") with { RunsManager = true }], Names, place);
        Assert.Equal(2, marked.Phases[^1].Steps.Single().Target.HostId);
    }

    [Fact]
    public void Of_HostsThatSayWhatFeedsThem_WatchesThoseAlone()
    {
        var fed = Host(1, "kvm1") with { Supplies = [new HostSupply(2, 1)] };
        Assert.Equal([2], PlanSuggestion.Of(Upses, [fed], Names).UpsIds);
        Assert.Equal([1, 2], PlanSuggestion.Of(Upses, [fed, Host(2, "kvm2")], Names).UpsIds);
    }

    [Fact]
    public void Of_ADisabledUps_IsNotWatched()
    {
        UpsPolicy[] upses = [Upses[0], Upses[1] with { Enabled = false }];
        Assert.Equal([1], PlanSuggestion.Of(upses, [Host(1, "kvm1")], Names).UpsIds);
    }

    internal static HostSnapshot Host(int id, string name) =>
        new()
        {
            Id = id,
            Name = name,
            Platform = "libvirt",
        };

    internal static GuestSnapshot Guest(int id, string name, int host = 1) =>
        new()
        {
            Id = id,
            HostId = host,
            Realm = "realm",
            ExternalId = $"uuid-{id}",
            Name = name,
            State = GuestState.Running,
        };
}

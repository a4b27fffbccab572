using System.Text.Json.Nodes;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>A whole outage against real guests and a real host: down in order (C1, C3, C5), up again (E1, E2).</summary>
public sealed class OutageCycleTests(Lab lab) : Scenario(lab, "nut", "ssh", "libvirt")
{
    [Fact]
    public async Task MainsGoneLowAndBack_GuestsGoInOrderThenHost_AndWhatRanComesBack()
    {
        await Lab.Guests.RunAsync("vm1", "vm2", "vm3", "vm4");
        var ups = await AddUpsAsync();
        var (host, vm) = await AddHypervisorAsync(ups);
        var runs = await AddPlanAsync(
            Plan.Body(
                "cycle",
                [ups],
                Plan.Phase("first", 1, Plan.Guest(vm["vm1"]), Plan.Guest(vm["vm5"])),
                Plan.Phase("second", 2, Plan.Guest(vm["vm2"]), Plan.Guest(vm["vm3"], timeoutSeconds: 6)),
                Plan.Phase("hosts", null, Plan.Host(host))
            )
        );

        await Lab.Nut.OnBatteryAsync("ups1");
        await Lab.Guests.OffWithinAsync(15, "vm1");
        await Lab.Guests.OffWithinAsync(30, "vm2", "vm3");
        var run = await runs.BegunAsync("shutdown", 1);
        AssertWentInOrder(await runs.PhaseDoneAsync(run, "second", 5));
        Assert.True(await Lab.Guests.RunsAsync("vm4"));
        Assert.Empty(Lab.Targets.PowerCommands());

        await Lab.Nut.LowBatteryAsync("ups1");
        var told = await ToldAsync(90);
        Assert.All(told.Guests, g => Assert.Equal("shut off", g.Value));
        Assert.Equal("-h now kvm1", told.Arguments);

        await Lab.Nut.OnLineAsync("ups1");
        await Lab.Guests.RunningWithinAsync(60, "vm1", "vm2", "vm3", "vm4");
        await runs.StartedUpAsync(60);
        Assert.True(await Lab.Guests.OffAsync("vm5"), "vm5 was off before: it stays off (E2)");
        Assert.Single(Lab.Targets.PowerCommands());
        Assert.Equal(["vm3"], ForcedOff());
        await AssertEventsExplainAsync();
    }

    [Fact]
    public async Task SecondOutageInTheSameProcess_IsHandledLikeTheFirst()
    {
        await Lab.Guests.RunAsync("vm1");
        var ups = await AddUpsAsync();
        var (_, vm) = await AddHypervisorAsync(ups);
        var runs = await AddPlanAsync(Plan.Body("twice", [ups], Plan.Phase("first", 1, Plan.Guest(vm["vm1"]))));
        var known = 0;
        foreach (var outage in new[] { 1, 2 })
        {
            await Lab.Nut.OnBatteryAsync("ups1");
            await Lab.Guests.OffWithinAsync(20, "vm1");
            await Lab.Nut.OnLineAsync("ups1");
            await Lab.Guests.RunningWithinAsync(40, "vm1");
            known = Runs.Id(await runs.StartedUpAsync(40, known));
            Assert.Equal(outage, (await runs.OfKindAsync("shutdown")).Count);
            await runs.NormalAsync(30);
        }
    }

    /// <summary>vm1 was off before anything of the second phase began; vm3 only went by force, after its time.</summary>
    private static void AssertWentInOrder(JsonNode run)
    {
        var first = Runs.Steps(run, "first").Where(s => (string?)s["state"] == "done").ToList();
        var second = Runs.Steps(run, "second");
        Assert.NotEmpty(first);
        Assert.True(first.Max(s => Runs.At(s, "endedAt")) <= second.Min(s => Runs.At(s, "startedAt")));
        var vm3 = Assert.Single(second, s => (string?)s["target"]?["name"] == "vm3");
        Assert.True((Runs.At(vm3, "endedAt") - Runs.At(vm3, "startedAt")).TotalSeconds >= 6);
    }

    private IEnumerable<string> ForcedOff() =>
        Lab.Targets.GuestCommands().Where(c => c.Verb == "destroy").Select(c => c.Guest).Distinct();

    private async Task AssertEventsExplainAsync()
    {
        var events = (await Api.ListAsync("events?limit=500")).Select(e => e.ToJsonString()).ToList();
        foreach (var word in new[] { "ups1", "vm1", "vm2", "vm3", "vm4", "kvm1", "cycle" })
            Assert.Contains(events, e => e.Contains(word, StringComparison.Ordinal));
    }
}

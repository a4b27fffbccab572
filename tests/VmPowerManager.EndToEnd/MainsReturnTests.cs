using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>Mains is back before the point of no return (D1, D2, I4, I5).</summary>
public sealed class MainsReturnTests(Lab lab) : Scenario(lab, "nut", "ssh", "libvirt")
{
    [Fact]
    public async Task MainsBackBeforeSecondPhase_ItDoesNotBeginAndFirstComesBack()
    {
        await Lab.Guests.RunAsync("vm1", "vm2", "vm4");
        var ups = await AddUpsAsync();
        var (host, vm) = await AddHypervisorAsync(ups);
        var runs = await AddPlanAsync(
            Plan.Body(
                "return",
                [ups],
                Plan.Phase("first", 1, Plan.Guest(vm["vm1"]), Plan.Guest(vm["vm2"]), Plan.Guest(vm["vm5"])),
                Plan.Phase("second", 20, Plan.Guest(vm["vm4"])),
                Plan.Phase("hosts", null, Plan.Host(host))
            )
        );

        await Lab.Nut.OnBatteryAsync("ups1");
        await Lab.Guests.OffWithinAsync(15, "vm1");
        await Lab.Nut.OnLineAsync("ups1"); // vm2 is on its way down: what is in flight finishes (D2)
        await Lab.Guests.OffWithinAsync(15, "vm2");
        await Lab.Guests.RunningWithinAsync(40, "vm1", "vm2");
        await runs.StartedUpAsync(30);

        var run = await runs.EndedAsync(await runs.BegunAsync("shutdown", 1), 10);
        Assert.All(
            Runs.Steps(run, "second"),
            s => Assert.Contains((string?)s["state"], new[] { "cancelled", "skipped" })
        );
        Assert.DoesNotContain(Lab.Targets.GuestCommands(), c => c.Guest is "vm4" or "vm5");
        Assert.Empty(Lab.Targets.PowerCommands());
        Assert.True(await Lab.Guests.RunsAsync("vm4"));
        Assert.True(await Lab.Guests.OffAsync("vm5"));
    }
}

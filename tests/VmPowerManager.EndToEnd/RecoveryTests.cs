using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>Kill -9 at any point, restarted: the same end, and nothing is told that is already off (I3, F6).</summary>
public sealed class RecoveryTests(Lab lab) : Scenario(lab, "nut", "ssh", "libvirt")
{
    [Fact]
    public async Task KilledInTheMiddleOfAPhase_EndsAsItWouldHave()
    {
        var (runs, run) = await OutageAsync(secondAfterSeconds: 3);
        await Lab.Guests.OffWithinAsync(15, "vm1"); // vm3, of the same phase, ignores ACPI for its 10 s
        await App.KillAsync();
        await RestartAppAsync();
        await EndsWellAsync(runs, run);
        Assert.Single(Told("vm1"));
    }

    [Fact]
    public async Task KilledBetweenPhases_NextBeginsInItsTime()
    {
        var (runs, run) = await OutageAsync(secondAfterSeconds: 25);
        await Lab.Guests.OffWithinAsync(25, "vm1", "vm3");
        await runs.PhaseDoneAsync(run, "first", 5);
        await App.KillAsync();
        Assert.True(await Lab.Guests.RunsAsync("vm4"));
        await RestartAppAsync();
        await Lab.Guests.OffWithinAsync(40, "vm4");
        var told = Told("vm4")[0];
        Assert.InRange((told.At - _dark).TotalSeconds, 24, 35); // timers start at the first OB reading and survive (C1, F7)
        await EndsWellAsync(runs, run);
        Assert.Single(Told("vm1"));

        await Lab.Nut.OnLineAsync("ups1");
        await Lab.Guests.RunningWithinAsync(60, "vm1", "vm3", "vm4");
        Assert.True(await Lab.Guests.OffAsync("vm5"));
    }

    [Fact]
    public async Task KilledBetweenIntentAndResult_EndsAsItWouldHave()
    {
        Lab.Targets.DelayVirsh(10); // the next process asks again long before, and this one finds it off
        var (runs, run) = await OutageAsync(secondAfterSeconds: 3);
        await Until.True("vm1 is told", 15, () => Task.FromResult(Told("vm1").Count > 0));
        await App.KillAsync(); // virsh has the order and has not yet carried it out
        Assert.True(await Lab.Guests.RunsAsync("vm1"));
        Lab.Targets.DelayVirsh(null);
        await RestartAppAsync();
        await EndsWellAsync(runs, run);
    }

    private DateTimeOffset _dark;

    private async Task<(Runs Runs, int Run)> OutageAsync(int secondAfterSeconds)
    {
        await Lab.Guests.RunAsync("vm1", "vm3", "vm4");
        var ups = await AddUpsAsync();
        var (host, vm) = await AddHypervisorAsync(ups);
        var plan = Plan.Body(
            "recovery",
            [ups],
            Plan.Phase("first", 1, Plan.Guest(vm["vm1"]), Plan.Guest(vm["vm3"], 10), Plan.Guest(vm["vm5"])),
            Plan.Phase("second", secondAfterSeconds, Plan.Guest(vm["vm4"])),
            Plan.Phase("hosts", secondAfterSeconds + 1, Plan.Host(host))
        );
        var runs = await AddPlanAsync(plan);
        _dark = await Lab.Nut.OnBatteryAsync("ups1");
        return (runs, await runs.BegunAsync("shutdown", 15));
    }

    /// <summary>Every guest off and done, the host told once and last, in the same run, and nobody told when already off.</summary>
    private async Task EndsWellAsync(Runs runs, int run)
    {
        await Lab.Guests.OffWithinAsync(60, "vm1", "vm3", "vm4");
        var host = await ToldAsync(30);
        Assert.All(host.Guests, g => Assert.Equal("shut off", g.Value));
        var ended = await runs.EndedAsync(run, 40);
        foreach (var phase in new[] { "first", "second" })
            Assert.All(
                Runs.Steps(ended, phase),
                s => Assert.Contains((string?)s["state"], new[] { "done", "skipped" })
            );
        Assert.Equal(1, await runs.CountAsync());
        Assert.Single(Lab.Targets.PowerCommands());
        Assert.DoesNotContain(Lab.Targets.GuestCommands(), c => c.StateBefore != "running");
    }

    private List<GuestCommand> Told(string guest) =>
        [.. Lab.Targets.GuestCommands().Where(c => c.Guest == guest && c.Verb != "start")];
}

using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>Kill -9 at ten random instants of whole outage cycles: each ends as the others (I3). The instants are spread
/// over the cycle; the seed is printed, and VMPM_SEED repeats it.</summary>
public sealed class RandomKillTests(Lab lab) : Scenario(lab, "nut", "ssh", "libvirt")
{
    private const int Kills = 10;
    private const double CycleSeconds = 26;
    private static readonly string[] _ours = ["vm1", "vm2", "vm4"];

    [Fact]
    public async Task KilledAtTenRandomInstants_EachCycleEndsTheSame()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("VMPM_SEED"), out var s) ? s : Random.Shared.Next();
        Print($"seed {seed}");
        var dice = new Random(seed);
        await Lab.Guests.RunAsync(_ours);
        var ups = await AddUpsAsync();
        var (host, vm) = await AddHypervisorAsync(ups);
        var runs = await AddPlanAsync(
            Plan.Body(
                "kills",
                [ups],
                Plan.Phase("first", 1, Plan.Guest(vm["vm1"]), Plan.Guest(vm["vm2"])),
                Plan.Phase("second", 4, Plan.Guest(vm["vm4"]), Plan.Guest(vm["vm5"])),
                Plan.Phase("hosts", null, Plan.Host(host))
            )
        );
        var known = 0;
        for (var i = 0; i < Kills; i++)
        {
            var instant = (i + dice.NextDouble()) * CycleSeconds / Kills;
            Lab.Targets.Reset();
            var killed = KillAfterAsync(TimeSpan.FromSeconds(instant));
            await OutageAsync();
            await killed;
            known = Runs.Id(await runs.StartedUpAsync(60, known));
            await runs.NormalAsync(60);
            await EndedAsItShouldAsync(runs, instant);
        }
        Assert.Equal(Kills, (await runs.OfKindAsync("shutdown")).Count);
    }

    private async Task KillAfterAsync(TimeSpan instant)
    {
        await Task.Delay(instant, TimeProvider.System);
        await App.KillAsync();
        await RestartAppAsync();
    }

    /// <summary>Asks the lab alone: the program may be dead at any moment.</summary>
    private async Task OutageAsync()
    {
        await Lab.Nut.OnBatteryAsync("ups1");
        await Lab.Guests.OffWithinAsync(45, _ours);
        await Lab.Nut.LowBatteryAsync("ups1");
        await ToldAsync(45);
        await Lab.Nut.OnLineAsync("ups1");
        await Lab.Guests.RunningWithinAsync(60, _ours);
    }

    private async Task EndedAsItShouldAsync(Runs runs, double instant)
    {
        var states = await Lab.Guests.StatesAsync();
        Assert.All(_ours, guest => Assert.Equal("running", states[guest]));
        Assert.Equal("shut off", states["vm5"]);
        var (stops, starts) = (new List<GuestCommand>(), new List<GuestCommand>());
        foreach (var command in Lab.Targets.GuestCommands())
            (command.Verb == "start" ? starts : stops).Add(command);
        // It may go off between the last look at it and the order, when the ask before died with the program.
        Assert.InRange(stops.Count(c => c.StateBefore != "running"), 0, 1);
        Assert.All(starts, c => Assert.Equal("shut off", c.StateBefore));
        var told = Lab.Targets.PowerCommands();
        Assert.InRange(told.Count, 1, 2); // one whose answer died with the program is asked again
        Assert.All(told.SelectMany(t => t.Guests.Values), state => Assert.Equal("shut off", state));
        Print(
            $"killed at {instant, 5:0.0} s: {stops.Count} asks to stop, host told {told.Count} times, {starts.Count} starts, {await runs.CountAsync()} runs in all"
        );
    }
}

using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>Measurements that take minutes: only by <c>tests/run --long</c>.</summary>
public sealed class LongTests(Lab lab) : Scenario(lab, "nut", "ssh", "libvirt")
{
    [Fact(Explicit = true)]
    public async Task FourUpsesTwoHostsTenMinutes_MemoryStaysInBudget()
    {
        int[] upses =
        [
            await AddUpsAsync("ups1"),
            await AddUpsAsync("ups2"),
            await AddUpsAsync("ups3"),
            await AddUpsAsync("ups4"),
        ];
        var (hypervisor, vm) = await AddHypervisorAsync(upses[..2]);
        var server = await AddServerAsync("server1", upses[2..]);
        var runs = await AddPlanAsync(
            Plan.Body(
                "memory",
                upses,
                Plan.Phase("guests", 60, Plan.Guest(vm["vm1"]), Plan.Guest(vm["vm2"])),
                Plan.Phase("hosts", null, Plan.Host(hypervisor), Plan.Host(server))
            )
        );
        Print($"resident after start: {App.ResidentMegabytes()} MB");
        await Until.Stays("every UPS is on line", 600, async () => await AllOnLineAsync(upses));
        Assert.Equal(0, await runs.CountAsync());
        Print(
            $"resident after 10 min, 4 UPSes, 2 hosts: {App.ResidentMegabytes()} MB, {App.ProcessorSeconds():0.0} s of CPU"
        );
        Assert.InRange(App.ResidentMegabytes(), 1, 300);
    }

    private async Task<bool> AllOnLineAsync(int[] upses)
    {
        foreach (var ups in upses)
            if ((string?)(await ReadingAsync(ups))?["comm"] != "ok")
                return false;
        return true;
    }
}

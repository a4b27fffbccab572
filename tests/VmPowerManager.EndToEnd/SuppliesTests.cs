using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>Two UPSes feed one server that needs one of them (POLICY B1-B5).</summary>
public sealed class SuppliesTests(Lab lab) : Scenario(lab, "nut", "ssh")
{
    [Fact]
    public async Task OneFails_NothingStops_BothFail_AllStops()
    {
        var runs = await TwoSuppliesAsync();
        await Lab.Nut.LowBatteryAsync("ups1");
        await NothingToldAsync(runs, 8);
        await Lab.Nut.OnBatteryAsync("ups2");
        await ToldAsync(15);
    }

    [Fact]
    public async Task OneSilentOnMains_NothingStops_OtherOnBattery_AllStops()
    {
        var runs = await TwoSuppliesAsync();
        await Lab.Nut.KillDriverAsync("ups2");
        await CommAsync(_ups2, "lost");
        await NothingToldAsync(runs, 8); // comm loss alone (I7)
        await Lab.Nut.OnBatteryAsync("ups1");
        await ToldAsync(20); // B4: the silent one counts as zero after deadSeconds
    }

    [Fact]
    public async Task OneOnBattery_OtherFallsSilent_AllStopsAfterDeadSeconds()
    {
        var runs = await TwoSuppliesAsync();
        await Lab.Nut.OnBatteryAsync("ups1");
        await NothingToldAsync(runs, 4);
        var silent = TimeProvider.System.GetUtcNow();
        await Lab.Nut.KillDriverAsync("ups2");
        var told = await ToldAsync(20);
        Assert.True(
            (told.At - silent).TotalSeconds >= 4,
            $"told {told.At - silent} after the silence, deadSeconds is 5"
        );
    }

    private int _ups2;

    private async Task<Runs> TwoSuppliesAsync()
    {
        var ups1 = await AddUpsAsync("ups1");
        _ups2 = await AddUpsAsync("ups2");
        var host = await AddServerAsync("server1", ups1, _ups2);
        return await AddPlanAsync(Plan.Body("two", [ups1, _ups2], Plan.Phase("hosts", 1, Plan.Host(host))));
    }
}

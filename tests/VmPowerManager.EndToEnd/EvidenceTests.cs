using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>What is evidence of an outage and what is not (POLICY A2-A6, I1, I7, I9).</summary>
public sealed class EvidenceTests(Lab lab) : Scenario(lab, "nut", "ssh")
{
    [Fact]
    public async Task FlipShorterThanConfirmSeconds_NothingHappens()
    {
        var (ups, runs) = await ServerPlanAsync(confirmSeconds: 5);
        await Lab.Nut.OnBatteryAsync("ups1");
        await ReadsAsync(ups, "OB");
        await Lab.Nut.OnLineAsync("ups1");
        await NothingToldAsync(runs, 8);
    }

    [Fact]
    public async Task CalibrationWithMainsPresent_NothingHappens()
    {
        var (ups, runs) = await ServerPlanAsync();
        await Lab.Nut.SetAsync("ups1", ("battery.charge", "12"), ("ups.status", "OB CAL DISCHRG LB"));
        await ReadsAsync(ups, "CAL");
        await NothingToldAsync(runs, 8);
        Assert.NotNull((await ReadingAsync(ups))?["masked"]);

        await Lab.Nut.SetAsync("ups1", ("input.voltage", "0"));
        await ToldAsync(30); // input lost ends the mask (A5)
    }

    [Fact]
    public async Task UpsdDeadWhileOnLine_NothingHappens()
    {
        var (ups, runs) = await ServerPlanAsync();
        await Lab.Nut.StopAsync();
        await CommAsync(ups, "lost");
        await NothingToldAsync(runs, 10);
        await Lab.Nut.StartAsync();
        await CommAsync(ups, "ok");
        await NothingToldAsync(runs, 3);
    }

    [Fact]
    public async Task UpsdDeadWhileOnBattery_ActsAfterDeadSeconds()
    {
        var (ups, runs) = await ServerPlanAsync(confirmSeconds: 2, onBatteryForSeconds: 600);
        var dark = await Lab.Nut.OnBatteryAsync("ups1");
        await ReadsAsync(ups, "OB");
        await Until.Stays("no run while the battery lasts", 4, async () => await runs.CountAsync() == 0);
        await Lab.Nut.StopAsync();
        var told = await ToldAsync(20);
        Assert.True((told.At - dark).TotalSeconds >= 5, $"acted {told.At - dark} after the flip, deadSeconds is 5");
    }

    [Fact]
    public async Task SingleOnBatteryReadingThenSilence_ActsAfterDeadSeconds()
    {
        var (ups, _) = await ServerPlanAsync(confirmSeconds: 30);
        await Lab.Nut.OnBatteryAsync("ups1");
        await ReadsAsync(ups, "OB");
        await Lab.Nut.StopAsync();
        await ToldAsync(20);
    }

    private async Task<(int Ups, Runs Runs)> ServerPlanAsync(int confirmSeconds = 1, int onBatteryForSeconds = 1)
    {
        var ups = await AddUpsAsync("ups1", confirmSeconds);
        var host = await AddServerAsync("server1", ups);
        var body = Plan.Body("server", [ups], Plan.Phase("hosts", onBatteryForSeconds, Plan.Host(host)));
        return (ups, await AddPlanAsync(body));
    }
}

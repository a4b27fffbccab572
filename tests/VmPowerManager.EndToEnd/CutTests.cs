using System.Text.Json.Nodes;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>The output of a UPS is cut as the last act (C9, I13): through upsd and NUT's own driver to a UPS on a serial
/// line, which notes what arrives.</summary>
public sealed class CutTests(Lab lab) : Scenario(lab, "ssh")
{
    private const int OffSilence = 5;

    [Fact]
    public async Task HostProvedOff_TheDeviceIsToldToCut_AfterItAndOnce()
    {
        UpsdLab.Require();
        using var ups = new MegatecUps();
        await using var upsd = await UpsdLab.StartAsync(ups);
        using var wire = new Relay(Lab.SshPort);
        var runs = await PlanAsync(upsd, wire);

        ups.OnBattery = true;
        var told = await ToldAsync(20);
        Assert.Empty(ups.Orders);
        wire.Dispose(); // the machine goes off
        var silent = TimeProvider.System.GetUtcNow();
        await Until.True("the device has its order", 60, () => Task.FromResult(!ups.Orders.IsEmpty));
        var cut = TimeProvider.System.GetUtcNow();

        // C4: the port refuses, so twice the silence was asked for; it counts from when the look that failed began.
        Assert.True((cut - silent).TotalSeconds >= (2 * OffSilence) - 1, $"cut {cut - silent} after the silence");
        Assert.True(cut > told.At);
        var run = await runs.EndedAsync(await runs.BegunAsync("shutdown", 1), 20);
        Assert.Equal("succeeded", (string?)run["state"]);
        var step = Assert.Single(Runs.Steps(run, "cut"));
        Assert.Equal("done", (string?)step["state"]);
        Assert.Contains("took the order", (string?)step["evidence"], StringComparison.Ordinal);
        Assert.StartsWith("S", Assert.Single(ups.Orders), StringComparison.Ordinal);
        Print($"order {ups.Orders.First()} {(cut - told.At).TotalSeconds:0.0} s after the host was told");
    }

    /// <summary>The lab's machine is the one that the program runs on, and is found to be.</summary>
    [Fact]
    public async Task OwnHost_TheDeviceIsToldFirst_WithTimeForItsShutdown()
    {
        UpsdLab.Require();
        using var ups = new MegatecUps();
        await using var upsd = await UpsdLab.StartAsync(ups);
        using var wire = new Relay(Lab.SshPort);
        await PlanAsync(upsd, wire, ownHost: true);
        await Until.True(
            "it knows where it runs",
            15,
            async () => (await Api.ListAsync("events?type=host.managerFound")).Count > 0
        );

        ups.OnBattery = true;
        await Until.True("the device has its order", 60, () => Task.FromResult(!ups.Orders.IsEmpty));
        var cut = TimeProvider.System.GetUtcNow();
        var told = await ToldAsync(20);

        Assert.Equal("S02R0003", ups.Orders.First()); // C9: its time-out, 60 s, and a minute
        Assert.True(told.At > cut - TimeSpan.FromSeconds(1), $"told {told.At - cut} after the order");
        Print($"told {(told.At - cut).TotalSeconds:0.0} s after the order");
    }

    [Fact]
    public async Task MainsBackBeforeTheCut_TheDeviceIsToldNothing()
    {
        UpsdLab.Require();
        using var ups = new MegatecUps();
        await using var upsd = await UpsdLab.StartAsync(ups);
        using var wire = new Relay(Lab.SshPort);
        var runs = await PlanAsync(upsd, wire);

        ups.OnBattery = true;
        await ToldAsync(20);
        wire.Dispose();
        ups.OnBattery = false; // as the last host is down: nobody cuts, and it is started by the gates (pain 1)
        var run = await runs.EndedAsync(await runs.BegunAsync("shutdown", 1), 60);

        Assert.Equal("cancelled", (string?)Assert.Single(Runs.Steps(run, "cut"))["state"]);
        await Until.Stays("nothing is cut", 5, () => Task.FromResult(ups.Orders.IsEmpty));
    }

    [Fact]
    public async Task Rehearsal_SaysHowTheDeviceIsCut_AndSendsNothing()
    {
        UpsdLab.Require();
        using var ups = new MegatecUps();
        await using var upsd = await UpsdLab.StartAsync(ups);
        using var wire = new Relay(Lab.SshPort);
        var runs = await PlanAsync(upsd, wire);

        await Api.PostAsync($"plans/{runs.PlanId}/runs", new { kind = "rehearsal" });
        var run = await runs.EndedAsync(await runs.BegunAsync("rehearsal", 5), 60);

        var step = Assert.Single(Runs.Steps(run, "cut"));
        Assert.Contains(
            "shutdown.return, which waits at most 600 s",
            (string?)step["detail"],
            StringComparison.Ordinal
        );
        Assert.Empty(ups.Orders);
    }

    private async Task<Runs> PlanAsync(UpsdLab upsd, Relay wire, bool ownHost = false)
    {
        // Somebody said so: what is found out is not asked then.
        if (!ownHost)
            await Api.CreateAsync("hosts", HostOn("elsewhere", Lab.SshPort, runsManager: true));
        var ups = await Api.CreateAsync(
            "ups",
            new
            {
                name = "serial",
                driver = "nut",
                confirmSeconds = 1,
                deadSeconds = 5,
                nut = new
                {
                    host = "127.0.0.1",
                    port = upsd.Port,
                    upsName = "ups1",
                    userName = UpsdLab.Admin,
                    password = UpsdLab.AdminPassword,
                    tls = "off",
                },
            }
        );
        await ReadsAsync(ups, "OL");
        var host = await Api.CreateAsync("hosts", HostOn("server1", wire.Port, runsManager: false, ups));
        var cut = new JsonObject
        {
            ["target"] = new JsonObject { ["upsId"] = ups },
            ["action"] = "cutOutput",
            ["timeoutSeconds"] = 60,
            ["onTimeout"] = "giveUp",
        };
        return await AddPlanAsync(
            Plan.Body("cut", [ups], Plan.Phase("hosts", 1, Plan.Host(host, 60)), Plan.Phase("cut", 1, cut))
        );
    }

    private object HostOn(string name, int port, bool runsManager, params int[] upsIds) =>
        new
        {
            name,
            platform = "ssh",
            role = "server",
            runsManager,
            supplies = upsIds.Select(id => new { upsId = id, powerValue = 1 }),
            witness = $"127.0.0.1:{Lab.SshPort}",
            offSilenceSeconds = OffSilence,
            ssh = new
            {
                host = "127.0.0.1",
                port,
                userName = "lab",
                privateKey = Lab.Targets.PrivateKey,
                shutdownCommand = $"sudo -n shutdown -h now {name}",
            },
        };
}

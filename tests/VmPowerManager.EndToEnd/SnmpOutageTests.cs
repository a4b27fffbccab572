using System.Text.Json.Nodes;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>Outages of UPSes behind net-snmp's agent: by polls and by traps, from the moment at which the agent says
/// "battery" until the target has its shutdown command. Budgets 3.2 s p95 by polls and 1.3 s after a trap with
/// confirmSeconds 1; fails above twice that (DESIGN 6).</summary>
public sealed class SnmpOutageTests(Lab lab) : Scenario(lab, "snmp", "ssh")
{
    private const int Rounds = 3;
    private readonly int _trapPort = AppProcess.FreePort();

    protected override Task<AppProcess> StartAppAsync() =>
        AppProcess.StartAsync(
            environment: new()
            {
                ["Setup__Email"] = AppProcess.Email,
                ["Setup__Password"] = AppProcess.Password,
                ["Snmp__TrapPort"] = $"{_trapPort}",
            }
        );

    [Theory]
    [InlineData("v2c", "2c")]
    [InlineData("v3", "3")]
    public async Task Flip_ByPollAndByTrap_ReachesTheTargetInBudget(string version, string trapVersion)
    {
        var ups = await AddSnmpUpsAsync("ups1", version);
        var runs = await PlanOfOneServerAsync(ups);
        var (polled, trapped) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            polled.Add(await RoundAsync(runs, round, () => Lab.Snmp.OnBatteryAsync("ups1")));
            trapped.Add(
                await RoundAsync(
                    runs,
                    round,
                    async () =>
                    {
                        var dark = await Lab.Snmp.OnBatteryAsync("ups1");
                        await Lab.Snmp.TrapAsync("ups1", trapVersion, _trapPort);
                        return dark;
                    }
                )
            );
        }
        Print($"SNMP {version}, flip -> shutdown at the target by polls: {Figures.Line(polled, "s")}");
        Print($"SNMP {version}, the same with a trap: {Figures.Line(trapped, "s")}");
        Assert.True(Figures.Percentile(polled, 0.95) <= 6.4, "by polls: above twice the budget of 3.2 s");
        Assert.True(Figures.Percentile(trapped, 0.95) <= 2.6, "after a trap: above twice the budget of 1.3 s");
    }

    /// <summary>A trap says "on battery", the agent does not: nothing may happen (protocols: traps are lossy and spoofable).</summary>
    [Theory]
    [InlineData("1")]
    [InlineData("2c")]
    [InlineData("3-inform")]
    public async Task TrapWithoutAnOutage_NothingIsTold(string trapVersion)
    {
        var ups = await AddSnmpUpsAsync("ups1", trapVersion[0] == '3' ? "v3" : "v2c");
        var runs = await PlanOfOneServerAsync(ups);
        for (var i = 0; i < 20; i++)
            await Lab.Snmp.TrapAsync("ups1", trapVersion, _trapPort);
        await NothingToldAsync(runs, 4);
    }

    [Fact]
    public async Task AgentDies_CommIsLost_AndMainsAloneTellsNobody()
    {
        var ups = await AddSnmpUpsAsync("ups1", "v3");
        var runs = await PlanOfOneServerAsync(ups);
        await Lab.Snmp.KillAsync("ups1");
        await CommAsync(ups, "lost");
        await NothingToldAsync(runs, 6);
        await Lab.Snmp.ReviveAsync("ups1");
        await CommAsync(ups, "ok");
        await Lab.Snmp.OnBatteryAsync("ups1");
        await ToldAsync(15);
    }

    private async Task<int> AddSnmpUpsAsync(string ups, string version)
    {
        var id = await Api.CreateAsync(
            "ups",
            new
            {
                name = ups,
                driver = "snmp",
                enabled = true,
                confirmSeconds = 1,
                deadSeconds = 5,
                snmp = version == "v3"
                    ? (object)
                        new
                        {
                            host = "127.0.0.1",
                            port = Lab.Snmp.PortOf(ups),
                            version,
                            userName = "sha-aes",
                            authProtocol = "sha1",
                            authPassword = "authpass12",
                            privProtocol = "aes128",
                            privPassword = "privpass12",
                        }
                    : new
                    {
                        host = "127.0.0.1",
                        port = Lab.Snmp.PortOf(ups),
                        version,
                        community = "public",
                    },
            }
        );
        await ReadsAsync(id, "OL");
        return id;
    }

    private async Task<Runs> PlanOfOneServerAsync(int ups)
    {
        var host = await AddServerAsync("behind-snmp", ups);
        var plan = Plan.Body("snmp", [ups], Plan.Phase("hosts", 0, Plan.Host(host, timeoutSeconds: 1)));
        plan["startup"]?["stableMainsSeconds"] = 0;
        return await AddPlanAsync(plan);
    }

    /// <summary>A flip at a moment that varies against the polls, then mains until the outage is over.</summary>
    private async Task<double> RoundAsync(Runs runs, int round, Func<Task<DateTimeOffset>> flip)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(337 * round % 2000), TimeProvider.System);
        var dark = await flip();
        await Until.True(
            "the target is told",
            15,
            () => Task.FromResult(Lab.Targets.PowerCommands().Any(c => c.At >= dark))
        );
        var told = Lab.Targets.PowerCommands().First(c => c.At >= dark).At;
        await Lab.Snmp.OnLineAsync("ups1");
        await runs.NormalAsync(60);
        return (told - dark).TotalSeconds;
    }
}

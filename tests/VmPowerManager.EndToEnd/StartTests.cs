using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>Start, stop, and two at once on one data folder.</summary>
public sealed class StartTests(Lab lab) : Scenario(lab)
{
    private const double BudgetSeconds = 2;

    /// <summary>The best of three, at the pace of the machine on which the budget was set.</summary>
    [Fact]
    public async Task StartToReady_StaysInBudget()
    {
        await App.KillAsync();
        var (fresh, again) = (new List<double>(), new List<double>());
        for (var i = 0; i < 3; i++)
        {
            await using var app = await AppProcess.CreateAsync();
            fresh.Add(await StartAtPaceAsync(app, "fresh data"));
            await app.KillAsync();
            again.Add(await StartAtPaceAsync(app, "again"));
        }
        Assert.InRange(fresh.Min(), 0, 2 * BudgetSeconds);
        Assert.InRange(again.Min(), 0, 2 * BudgetSeconds);
    }

    [Fact]
    public async Task Terminated_EndsWellAndSoon() => Assert.Equal(0, await App.StopAsync());

    [Fact]
    public async Task SecondProcessOnTheSameData_EndsWithAClearMessage()
    {
        var second = await AppProcess.CreateAsync(App.DataPath);
        second.Launch();
        try
        {
            Assert.NotEqual(0, await second.EndedAsync(15));
        }
        finally
        {
            await second.KillAsync(); // not disposed: the data folder is the first one's
        }
        Assert.Contains(App.DataPath, second.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", second.Log, StringComparison.Ordinal);
        await Api.GetAsync("ups");
    }

    [Fact]
    public async Task ConfigurationSurvivesARestart()
    {
        var body = new
        {
            name = "kept",
            driver = "nut",
            nut = new
            {
                host = "127.0.0.1",
                port = AppProcess.FreePort(),
                upsName = "u",
            },
        };
        var id = await Api.CreateAsync("ups", body);
        await App.KillAsync();
        await RestartAppAsync();
        Assert.Equal("kept", (string?)(await Api.GetAsync($"ups/{id}"))["name"]);
        Assert.Contains(
            (await Api.ListAsync("events?limit=200")),
            e => e.ToJsonString().Contains("kept", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Stream_CarriesEvents()
    {
        var seen = Api.StreamedAsync("streamed-ups", TimeSpan.FromSeconds(15));
        var body = new
        {
            name = "streamed-ups",
            driver = "nut",
            nut = new
            {
                host = "127.0.0.1",
                port = AppProcess.FreePort(),
                upsName = "u",
            },
        };
        await Api.CreateAsync("ups", body);
        Assert.StartsWith("data:", await seen, StringComparison.Ordinal);
    }

    private static async Task<double> StartAtPaceAsync(AppProcess app, string what)
    {
        var slowness = Yardstick.Slowness();
        await app.StartAgainAsync();
        var took = app.StartToReady.TotalSeconds;
        Print($"start to ready, published, {what}: {took:0.00} s on a machine {slowness:0.0} times slower");
        return took / slowness;
    }
}

using VmPowerManager.Browser.Face;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.Browser;

/// <summary>From the moment when the server took the reading that says "on battery" (or that says mains is back) to the end of
/// the frame that shows it, in pages that nobody reloads. Budget 150 ms p95 (DESIGN 6); fails above twice that.</summary>
public sealed class FlipTests(Lab lab, Chromium chromium) : FaceScenario(lab, chromium, "nut", "ssh")
{
    private const int Rounds = 12;
    private const int Outages = 3;
    private const double Budget = 150;

    [Fact]
    public async Task Flip_IsOnEveryOpenPageInTime()
    {
        var ups = await AddUpsAsync(confirmSeconds: 0);
        var visitor = await AdministratorAsync();
        var wall = await AdministratorAsync(Screen.Desk); // a window of its own: a hidden tab draws late
        await wall.GoAsync("/wall");
        Dictionary<string, Pixels> pages = new()
        {
            ["dashboard"] = await Pixels.WatchAsync(
                visitor.Page,
                "article[aria-label=ups1] .vm-card-head",
                "on battery"
            ),
            ["wall"] = await Pixels.WatchAsync(wall.Page, "[role=status]", "on battery"),
        };
        await using var flips = new Flips(Api, ups);
        await flips.ListeningAsync();

        for (var round = 0; round < Rounds; round++)
        {
            await Lab.Nut.OnBatteryAsync("ups1");
            await AllAsync(pages, flips, 2 * round + 1);
            await Lab.Nut.OnLineAsync("ups1");
            await AllAsync(pages, flips, 2 * round + 2);
        }

        var taken = flips.Taken;
        foreach (var (name, page) in pages)
        {
            var late = (await page.SeenAsync()).Zip(taken, (seen, at) => (seen - at).TotalMilliseconds).ToList();
            Assert.Equal(2 * Rounds, late.Count);
            Judge(name, late, 2 * Budget);
        }
    }

    /// <summary>The page of a run that is not there yet, as somebody has it who expects one: an outage begins it, and its
    /// first step shows.</summary>
    [Fact]
    public async Task RunBegins_AndItsPageShowsTheFirstStepInTime()
    {
        var ups = await AddUpsAsync(confirmSeconds: 0);
        var server = await AddServerAsync("nas", ups);
        var first = Plan.Phase("first", 0, Plan.Command(server, Lab.Targets.MarkCommand("first")));
        var body = Plan.Body("Flip", [ups], first);
        body["returnConfirmSeconds"] = 0;
        var runs = await AddPlanAsync(body);
        var visitor = await AdministratorAsync();
        await using var flips = new Flips(Api, ups);
        await flips.ListeningAsync();
        List<double> late = [];
        var known = 0;
        for (var round = 1; round <= Outages; round++)
        {
            await visitor.GoAsync($"/runs/{known + 1}");
            var page = await Pixels.WatchAsync(visitor.Page, ".vm-run-line", "Working|Done");
            await Lab.Nut.OnBatteryAsync("ups1");
            await page.CountAsync(1);
            await InStreamAsync(flips, 2 * round - 1);
            late.Add(((await page.SeenAsync())[0] - flips.Taken[^1]).TotalMilliseconds);
            await Lab.Nut.OnLineAsync("ups1");
            await runs.NormalAsync(30);
            known = (await runs.AllAsync()).Max(Runs.Id);
        }
        Judge("run page", late, 4 * Budget); // the journal is written first
    }

    private static void Judge(string name, List<double> late, double limit)
    {
        Print($"reading -> pixels, {name}: {Figures.Line(late, "ms", "0")}");
        Assert.All(late, l => Assert.True(l > -5, $"{name}: seen {l} ms before it was read"));
        var p95 = Figures.Percentile(late, 0.95);
        Assert.True(p95 <= limit, $"{name}: p95 {p95:0} ms is above {limit} ms, far from the budget of {Budget} ms");
    }

    private static async Task AllAsync(Dictionary<string, Pixels> pages, Flips flips, int count)
    {
        foreach (var page in pages.Values)
            await page.CountAsync(count);
        await InStreamAsync(flips, count);
    }

    private static Task InStreamAsync(Flips flips, int count) =>
        Until.True("the flip in the stream", 5, () => Task.FromResult(flips.Taken.Count >= count));
}

using VmPowerManager.Browser.Face;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;
using static Microsoft.Playwright.Assertions;

namespace VmPowerManager.Browser;

/// <summary>Every page, on every screen, by day and by night: pictures to look at, nothing that axe finds, nothing wider
/// than the screen.</summary>
public sealed class LookTests(Lab lab, Chromium chromium) : FaceScenario(lab, chromium, "nut", "ssh", "libvirt")
{
    private static readonly Screen[] _desks = [Screen.Phone, Screen.Laptop, Screen.Desk];

    private static readonly Screen[] _walls = [Screen.Desk, Screen.Portrait];

    private static readonly string[] _pages =
    [
        "/ups",
        "/ups/1",
        "/hosts",
        "/hosts/1",
        "/plans",
        "/plans/1",
        "/plans/1/edit",
        "/runs",
        "/runs/1",
        "/runs/2",
        "/events",
        "/notifications",
        "/users",
        "/account",
        "/welcome",
    ];

    private readonly List<string> _findings = [];

    [Fact]
    public async Task Frame_OnEveryScreen()
    {
        var visitor = await AdministratorAsync();
        await LookAsync(visitor, "/", "empty-dashboard", _desks);
        visitor.Forgive("status of 404"); // the browser notes it for the page itself
        await LookAsync(visitor, "/no-such-page", "not-found", [Screen.Phone]);
        Assert.True(_findings.Count == 0, string.Join('\n', _findings));
    }

    [Fact]
    public async Task House_OnEveryScreen()
    {
        await FurnishAsync();
        var visitor = await AdministratorAsync();
        await LookAsync(visitor, "/", "dashboard", _desks);
        await LookAsync(visitor, "/wall", "wall", _walls);
        await Lab.Nut.LowBatteryAsync("ups1");
        await LookAsync(visitor, "/", "dashboard-outage", [Screen.Phone, Screen.Desk]);
        await LookAsync(visitor, "/wall", "wall-outage", _walls);
        Assert.True(_findings.Count == 0, string.Join('\n', _findings));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_OnEveryScreen(bool dark)
    {
        await FurnishAsync();
        await LiveThroughAsync();
        var visitor = await AdministratorAsync(dark ? Screen.Laptop.AtNight : Screen.Laptop);
        foreach (var path in _pages)
            await LookAsync(visitor, path, path[1..].Replace('/', '-'), _desks, [dark]);
        Assert.True(_findings.Count == 0, string.Join('\n', _findings));
    }

    /// <summary>Something to show: a rehearsal, a shutdown by hand and what came back, a channel, a second user.</summary>
    private async Task LiveThroughAsync()
    {
        var runs = new Runs(Api, 1);
        await Api.PostAsync("plans/1/runs", new { kind = "rehearsal" });
        await runs.EndedAsync(await runs.BegunAsync("rehearsal", 10), 60);
        await Api.PostAsync(
            "plans/1/runs",
            new
            {
                kind = "shutdown",
                now = true,
                reason = "for the pictures",
            }
        );
        await runs.EndedAsync(await runs.BegunAsync("shutdown", 10), 60);
        await Api.PostAsync(
            "users",
            new
            {
                email = "operator@lab.test",
                password = "Other-Password-12!",
                role = "Operator",
            }
        );
    }

    /// <summary>Two UPSes, a hypervisor, a server, and a plan over them that does nothing by itself.</summary>
    private async Task FurnishAsync()
    {
        await Lab.Guests.RunAsync("vm1", "vm2");
        int[] upses = [await AddUpsAsync("ups1"), await AddUpsAsync("ups2")];
        var (hypervisor, vm) = await AddHypervisorAsync(upses);
        var server = await AddServerAsync("nas", upses[0]);
        var plan = Plan.Body(
            "Homelab",
            upses,
            Plan.Phase("guests", 60, Plan.Guest(vm["vm1"]), Plan.Guest(vm["vm2"])),
            Plan.Phase("hosts", null, Plan.Host(hypervisor), Plan.Host(server))
        );
        plan["armed"] = false;
        await AddPlanAsync(plan);
    }

    private Task LookAsync(Visitor visitor, string path, string name, IEnumerable<Screen> screens) =>
        LookAsync(visitor, path, name, screens, [false, true]);

    private async Task LookAsync(Visitor visitor, string path, string name, IEnumerable<Screen> screens, bool[] nights)
    {
        foreach (var screen in screens.SelectMany(s => nights.Select(n => s with { Dark = n })))
        {
            await visitor.LookAtAsync(screen);
            await visitor.GoAsync(path);
            await Expect(visitor.Page.Locator(".mud-skeleton")).ToHaveCountAsync(0); // it has loaded
            await visitor.ScreenshotAsync($"{name}-{screen}", fullPage: true);
            _findings.AddRange((await visitor.AxeFindingsAsync()).Select(f => $"{path} {screen}: {f}"));
            if (await visitor.OverflowAsync() is { } wide)
                _findings.Add($"{path} {screen}: wider than the screen: {wide}");
        }
    }
}

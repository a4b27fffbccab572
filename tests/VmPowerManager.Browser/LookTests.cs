using VmPowerManager.Browser.Face;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.Browser;

/// <summary>Every page, on every screen, by day and by night: pictures to look at, nothing that axe finds, nothing wider
/// than the screen.</summary>
public sealed class LookTests(Lab lab, Chromium chromium) : FaceScenario(lab, chromium, "nut", "ssh", "libvirt")
{
    private static readonly Screen[] _desks = [Screen.Phone, Screen.Laptop, Screen.Desk];

    private static readonly Screen[] _walls = [Screen.Desk, Screen.Portrait];

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

    private async Task LookAsync(Visitor visitor, string path, string name, IEnumerable<Screen> screens)
    {
        foreach (var screen in screens.SelectMany(s => new[] { s, s.AtNight }))
        {
            await visitor.LookAtAsync(screen);
            await visitor.GoAsync(path);
            await visitor.ScreenshotAsync($"{name}-{screen}", fullPage: true);
            _findings.AddRange((await visitor.AxeFindingsAsync()).Select(f => $"{path} {screen}: {f}"));
            if (await visitor.OverflowAsync() is { } wide)
                _findings.Add($"{path} {screen}: wider than the screen: {wide}");
        }
    }
}

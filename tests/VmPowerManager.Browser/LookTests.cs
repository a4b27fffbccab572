using VmPowerManager.Browser.Face;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.Browser;

/// <summary>Every page, on every screen, by day and by night: pictures to look at, nothing that axe finds, nothing wider
/// than the screen.</summary>
public sealed class LookTests(Lab lab, Chromium chromium) : FaceScenario(lab, chromium, "nut", "ssh", "libvirt")
{
    private static readonly Screen[] _desks = [Screen.Phone, Screen.Laptop, Screen.Desk];

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

    private async Task LookAsync(Visitor visitor, string path, string name, IEnumerable<Screen> screens)
    {
        foreach (var screen in screens.SelectMany(s => new[] { s, s.AtNight }))
        {
            await visitor.LookAtAsync(screen);
            await visitor.GoAsync(path);
            await visitor.ScreenshotAsync($"{name}-{screen}");
            _findings.AddRange((await visitor.AxeFindingsAsync()).Select(f => $"{path} {screen}: {f}"));
            if (await visitor.OverflowAsync() is { } wide)
                _findings.Add($"{path} {screen}: wider than the screen: {wide}");
        }
    }
}

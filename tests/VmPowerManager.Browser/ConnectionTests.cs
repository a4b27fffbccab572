using System.Text.RegularExpressions;
using Microsoft.Playwright;
using VmPowerManager.Browser.Face;
using VmPowerManager.EndToEnd.LabPeers;
using static Microsoft.Playwright.Assertions;

namespace VmPowerManager.Browser;

/// <summary>The program dies under an open page: nothing old passes for live, and the page comes back by itself.</summary>
public sealed class ConnectionTests(Lab lab, Chromium chromium) : FaceScenario(lab, chromium, "nut")
{
    [Theory]
    [InlineData("/")]
    [InlineData("/wall")]
    public async Task Killed_ThePageSaysSo_AndComesBackByItself(string path)
    {
        await AddUpsAsync();
        var visitor = await AdministratorAsync();
        visitor.Forgive("console"); // the browser notes each attempt in vain
        await visitor.GoAsync(path);
        await visitor.SeesAsync("ups1");
        await App.KillAsync();
        var banner = visitor.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "No connection to the server" });
        await Expect(banner).ToBeVisibleAsync();
        await Expect(banner).ToHaveCSSAsync("background-color", "rgb(122, 21, 18)"); // white on white is not seen
        await Expect(visitor.Page.Locator("html")).ToHaveClassAsync(new Regex("vm-is-offline"));
        await visitor.ScreenshotAsync($"offline-{(path == "/" ? "dashboard" : "wall")}");
        await App.StartAgainAsync();
        await Expect(banner).Not.ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(visitor.Page.Locator("html")).Not.ToHaveClassAsync(new Regex("vm-is-offline"));
        await Expect(visitor.Page).ToHaveURLAsync(new Uri(App.Url, path).ToString());
        await visitor.SeesAsync("ups1");
        await Lab.Nut.OnBatteryAsync("ups1");
        await Expect(visitor.Page.GetByText(new Regex("on battery", RegexOptions.IgnoreCase)).First).ToBeVisibleAsync();
    }
}

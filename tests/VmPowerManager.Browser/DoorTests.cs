using VmPowerManager.Browser.Face;
using VmPowerManager.EndToEnd.LabPeers;
using static Microsoft.Playwright.Assertions;

namespace VmPowerManager.Browser;

/// <summary>What a stranger finds, with the console clean and no other host asked.</summary>
public sealed class DoorTests(Lab lab, Chromium chromium) : FaceScenario(lab, chromium)
{
    [Fact]
    public async Task ApiPage_ShowsTheApi()
    {
        var visitor = await VisitAsync();
        await visitor.GoAsync("/docs");
        await Expect(visitor.Heading("VM Host Power Manager")).ToBeVisibleAsync();
        await visitor.SeesAsync("/api/v1/events");
        await visitor.ScreenshotAsync("docs");
    }

    [Fact]
    public async Task Root_AsksAStrangerToSignIn()
    {
        var visitor = await VisitAsync();
        await visitor.GoAsync("/");
        await Expect(visitor.Field("Password")).ToBeVisibleAsync();
        await visitor.AxeAsync();
        await visitor.ScreenshotAsync("sign-in");
    }
}

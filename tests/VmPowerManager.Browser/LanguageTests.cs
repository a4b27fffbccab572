using Microsoft.Playwright;
using VmPowerManager.Browser.Face;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;
using static Microsoft.Playwright.Assertions;

namespace VmPowerManager.Browser;

/// <summary>Who asks for German gets German, before and after the sign-in.</summary>
public sealed class LanguageTests(Lab lab, Chromium chromium) : FaceScenario(lab, chromium)
{
    [Fact]
    public async Task GermanBrowser_GetsGermanPages()
    {
        var visitor = await VisitAsync(Screen.Laptop, "de-DE");
        await visitor.GoAsync("/sign-in");
        await visitor.Field("E-Mail-Adresse").FillAsync(AppProcess.Email);
        await visitor.Field("Passwort").FillAsync(AppProcess.Password);
        await visitor.Button("Anmelden").ClickAsync();
        foreach (var name in new[] { "Übersicht", "Pläne", "Läufe", "Ereignisse" })
            await Expect(visitor.Page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = name }))
                .ToBeVisibleAsync();
        await Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("lang", "de");
        await visitor.AxeAsync();
        await visitor.ScreenshotAsync("dashboard-german");
    }
}

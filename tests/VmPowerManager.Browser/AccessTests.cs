using Microsoft.Playwright;
using VmPowerManager.Browser.Face;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;
using static Microsoft.Playwright.Assertions;

namespace VmPowerManager.Browser;

/// <summary>Who gets in, and what they are told when they do not.</summary>
public sealed class AccessTests(Lab lab, Chromium chromium) : FaceScenario(lab, chromium)
{
    private const int MostFailures = 5;

    [Fact]
    public async Task WrongPassword_IsToldAndTheAddressStays()
    {
        var visitor = await VisitAsync(Screen.Phone);
        await visitor.GoAsync("/sign-in");
        await visitor.EnterAsync(AppProcess.Email, "Wrong-Password-12!");
        await Expect(visitor.Page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("wrong");
        await Expect(visitor.Field("E-mail")).ToHaveValueAsync(AppProcess.Email);
        await Expect(visitor.Field("Password")).ToHaveValueAsync("");
        await visitor.AxeAsync();
        await visitor.EnterAsync(AppProcess.Email, AppProcess.Password);
        await Expect(visitor.Field("Password")).Not.ToBeVisibleAsync();
        await visitor.DrawnAsync();
    }

    [Fact]
    public async Task ManyWrongPasswords_LockTheAccount_AndSaySo()
    {
        var visitor = await VisitAsync();
        visitor.Forgive("status of 429"); // the browser notes it for the page itself
        await visitor.GoAsync("/sign-in");
        for (var i = 0; i < MostFailures; i++)
        {
            await visitor.EnterAsync(AppProcess.Email, $"Wrong-Password-{i}!");
            await Expect(visitor.Field("Password")).ToHaveValueAsync(""); // the next page is there
        }
        await visitor.EnterAsync(AppProcess.Email, AppProcess.Password);
        await Expect(visitor.Page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("locked");
        await visitor.ScreenshotAsync("locked-out");
    }

    [Fact]
    public async Task SignedIn_ComesToTheAddressThatWasAsked()
    {
        var visitor = await VisitAsync();
        await visitor.GoAsync("/?from=bookmark");
        await visitor.EnterAsync(AppProcess.Email, AppProcess.Password);
        await Expect(visitor.Page).ToHaveURLAsync(new Uri(App.Url, "/?from=bookmark").ToString());
        await visitor.DrawnAsync();
    }
}

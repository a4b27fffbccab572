using System.Text.RegularExpressions;
using Microsoft.Playwright;
using VmPowerManager.Browser.Face;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;
using static Microsoft.Playwright.Assertions;

namespace VmPowerManager.Browser;

/// <summary>Who gets in, and what they are told when they do not.</summary>
public sealed class AccessTests(Lab lab, Chromium chromium) : FaceScenario(lab, chromium, "nut", "ssh")
{
    private const int MostFailures = 5;

    [Fact]
    public async Task WrongPassword_IsToldAndTheAddressStays()
    {
        var visitor = await VisitAsync(Screen.Phone);
        await visitor.GoAsync("/sign-in");
        await visitor.EnterAsync(AppProcess.Email, "Wrong-Password-12!");
        await Expect(visitor.Page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("wrong");
        await Expect(visitor.Field("E-mail address")).ToHaveValueAsync(AppProcess.Email);
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

    [Fact]
    public async Task SignOut_EndsEveryTab()
    {
        var visitor = await AdministratorAsync();
        var other = await visitor.TabAsync("/events");
        await visitor.Button("Your account").ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Sign out" }).ClickAsync();
        await Expect(visitor.Page).ToHaveURLAsync(new Uri(App.Url, "/sign-in").ToString());
        await Expect(other.Page).ToHaveURLAsync(new Regex("/sign-in"), new() { Timeout = 30_000 });
        await visitor.GoAsync("/plans");
        await Expect(visitor.Field("Password")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Viewer_SeesEverythingAndMayDoNothing()
    {
        var ups = await AddUpsAsync();
        var server = await AddServerAsync("nas", ups);
        await AddPlanAsync(Plan.Body("House", [ups], Plan.Phase("hosts", null, Plan.Host(server))));
        var visitor = await SomebodyAsync("Viewer");
        visitor.Forgive("status of 403"); // the browser notes it for the page itself
        await visitor.GoAsync("/plans/1");
        await Expect(visitor.Page.GetByLabel("Arming and hold")).ToContainTextAsync("It acts by itself");
        foreach (var verb in new[] { "Arm", "Disarm", "Hold…", "Edit", "Rehearse", "Start up…", "Shut down now…" })
            await Expect(visitor.Button(verb).Or(visitor.Link(verb))).ToHaveCountAsync(0);
        await Expect(visitor.Link("Users")).ToHaveCountAsync(0);
        foreach (var address in new[] { "/users", "/welcome" })
        {
            await visitor.GoAsync(address);
            await Expect(visitor.Heading("Not for your role")).ToBeVisibleAsync();
        }
        await visitor.AxeAsync();
        await visitor.GoAsync("/plans/1/edit");
        await visitor.SeesAsync("An administrator can change it.");
        await Expect(visitor.Button("Save")).ToHaveCountAsync(0);
    }
}

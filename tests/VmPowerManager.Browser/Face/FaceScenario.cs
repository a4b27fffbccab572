using Microsoft.Playwright;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.Browser.Face;

/// <summary>A scenario that is lived through in a browser. At its end no visitor may have met an error in the console or
/// a request to another host. A failed test leaves a picture of each page.</summary>
public abstract class FaceScenario(Lab lab, Chromium chromium, params string[] peers) : Scenario(lab, peers)
{
    private readonly List<Visitor> _visitors = [];

    /// <summary>Nobody is signed in.</summary>
    protected async Task<Visitor> VisitAsync(Screen? screen = null, string locale = "en-US")
    {
        var visitor = await Visitor.OpenAsync(chromium, App.Url, screen ?? Screen.Laptop, locale);
        _visitors.Add(visitor);
        return visitor;
    }

    /// <summary>Signed in as the administrator, on the dashboard.</summary>
    protected async Task<Visitor> AdministratorAsync(Screen? screen = null)
    {
        var visitor = await VisitAsync(screen);
        await visitor.SignInAsync();
        return visitor;
    }

    /// <summary>A new user of this role, signed in.</summary>
    protected async Task<Visitor> SomebodyAsync(string role, Screen? screen = null)
    {
        var (email, password) = ($"{role}@lab.test", "Other-Password-12!");
        await Api.PostAsync(
            "users",
            new
            {
                email,
                password,
                role,
            }
        );
        var visitor = await VisitAsync(screen);
        await visitor.SignInAsync(email, password);
        return visitor;
    }

    public override async ValueTask DisposeAsync()
    {
        var troubles = _visitors.SelectMany(v => v.Troubles).ToList();
        if (TestContext.Current.TestState?.Result == TestResult.Failed || troubles.Count > 0)
            await PicturesAsync();
        foreach (var visitor in _visitors)
            await visitor.LeaveAsync();
        _visitors.Clear();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
        Assert.True(troubles.Count == 0, $"The browser met trouble:\n{string.Join('\n', troubles.Distinct())}");
    }

    private async Task PicturesAsync()
    {
        foreach (var (i, visitor) in _visitors.Index())
            try
            {
                var name = $"failed-{TestContext.Current.TestMethod?.MethodName}-{i}";
                Print($"{visitor.Page.Url}: {await visitor.ScreenshotAsync(name)}");
            }
            catch (PlaywrightException e)
            {
                Print($"No picture: {e.Message}");
            }
    }
}

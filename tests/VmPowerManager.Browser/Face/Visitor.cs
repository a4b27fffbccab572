using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using VmPowerManager.EndToEnd.Driving;
using static Microsoft.Playwright.Assertions;

namespace VmPowerManager.Browser.Face;

/// <summary>Somebody at the pages, with a browser profile and a page of their own. Whatever they see, the console stays
/// clean and no other host is asked: <see cref="Troubles"/> is what went against that.</summary>
public sealed class Visitor
{
    private readonly ConcurrentQueue<string> _troubles = new();
    private readonly ConcurrentQueue<string> _forgiven = new();
    private readonly IBrowserContext _profile;
    private readonly Uri _app;

    private Visitor(IBrowserContext profile, IPage page, Uri app) => (_profile, Page, _app) = (profile, page, app);

    public IPage Page { get; private set; }

    public IEnumerable<string> Troubles =>
        _troubles.Where(t => !_forgiven.Any(f => t.Contains(f, StringComparison.OrdinalIgnoreCase)));

    public static async Task<Visitor> OpenAsync(Chromium chromium, Uri app, Screen screen, string locale)
    {
        var profile = await chromium.ProfileAsync(
            new()
            {
                BaseURL = app.ToString(),
                ViewportSize = new() { Width = screen.Width, Height = screen.Height },
                ColorScheme = Scheme(screen),
                HasTouch = screen == Screen.Phone,
                Locale = locale,
                TimezoneId = ZoneAtNoon(),
            }
        );
        profile.SetDefaultTimeout(15_000);
        SetDefaultExpectTimeout(15_000);
        var visitor = new Visitor(profile, await profile.NewPageAsync(), app);
        visitor.Follow();
        return visitor;
    }

    /// <summary>Troubles that contain these words are what the test is about.</summary>
    public void Forgive(string words) => _forgiven.Enqueue(words);

    /// <summary>Opens an address of the program, and waits until the page is drawn.</summary>
    public async Task<IResponse?> GoAsync(string path)
    {
        var answer = await Page.GotoAsync(path);
        await DrawnAsync();
        return answer;
    }

    /// <summary>Every page has one heading of the first level; interactive ones only once their circuit runs.</summary>
    public Task DrawnAsync() => Expect(Page.Locator("h1").First).ToBeVisibleAsync();

    /// <summary>Another tab of the same browser; the first one goes on.</summary>
    public async Task<Visitor> TabAsync(string path)
    {
        var tab = new Visitor(_profile, await _profile.NewPageAsync(), _app);
        await tab.GoAsync(path);
        return tab; // its troubles are seen by the profile, hence by the first one
    }

    public async Task SignInAsync(string email = AppProcess.Email, string password = AppProcess.Password)
    {
        await GoAsync("/sign-in");
        await EnterAsync(email, password);
        await Expect(Page).Not.ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/sign-in"));
        await DrawnAsync();
    }

    /// <summary>Fills the sign-in form that is there, and sends it.</summary>
    public async Task EnterAsync(string email, string password)
    {
        await Field("E-mail address").FillAsync(email);
        await Field("Password").FillAsync(password);
        await Button("Sign in").ClickAsync();
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    public ILocator Field(string label) => Page.GetByLabel(label, new() { Exact = true });

    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new() { Name = name });

    public ILocator Text(string text) => Page.GetByText(text);

    public Task SeesAsync(string text) => Expect(Text(text).First).ToBeVisibleAsync();

    public async Task LookAtAsync(Screen screen)
    {
        await Page.EmulateMediaAsync(new() { ColorScheme = Scheme(screen) });
        await Page.SetViewportSizeAsync(screen.Width, screen.Height);
    }

    /// <summary>A picture for people: artifacts/screens/NAME.png.</summary>
    public async Task<string> ScreenshotAsync(string name, bool fullPage = false)
    {
        var file = Path.Combine(Repository.Root, "artifacts", "screens", name + ".png");
        await Page.ScreenshotAsync(
            new()
            {
                Path = file,
                FullPage = fullPage,
                Animations = ScreenshotAnimations.Disabled,
            }
        );
        return file;
    }

    /// <summary>Axe finds nothing on the page as it is now.</summary>
    public async Task AxeAsync()
    {
        var findings = await AxeFindingsAsync();
        Assert.True(findings.Count == 0, $"{Page.Url}: axe finds\n{string.Join('\n', findings)}");
    }

    public async Task<IReadOnlyList<string>> AxeFindingsAsync() =>
        [
            .. (await Page.RunAxe()).Violations.SelectMany(v =>
                v.Nodes.Select(n => $"{v.Id} ({v.Impact}): {n.Target}\n    {n.Html}\n    {v.Help}")
            ),
        ];

    /// <summary>What makes the page wider than the screen; null: nothing does.</summary>
    public Task<string?> OverflowAsync() =>
        Page.EvaluateAsync<string?>(
            """
            () => {
              const width = document.documentElement.clientWidth;
              if (document.scrollingElement.scrollWidth <= width) return null;
              return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width + 1)
                .slice(0, 3).map(e => `${e.tagName.toLowerCase()}.${e.className} to ${Math.round(e.getBoundingClientRect().right)}`).join(', ') || 'something';
            }
            """
        );

    /// <summary>Where it is about noon now: the wall dims itself at night, and pictures should not depend on the hour.</summary>
    private static string ZoneAtNoon()
    {
        var west = TimeProvider.System.GetUtcNow().Hour - 12; // POSIX: positive is west of Greenwich
        return west < 0 ? $"Etc/GMT{west}" : $"Etc/GMT+{west}";
    }

    public Task LeaveAsync() => _profile.CloseAsync();

    private static ColorScheme Scheme(Screen screen) => screen.Dark ? ColorScheme.Dark : ColorScheme.Light;

    private void Follow()
    {
        _profile.Console += (_, m) =>
        {
            if (m.Type is "error" or "warning")
                _troubles.Enqueue($"console {m.Type} at {m.Page?.Url}: {m.Text} ({m.Location})");
        };
        _profile.WebError += (_, e) => _troubles.Enqueue($"exception at {e.Page?.Url}: {e.Error}");
        _profile.Request += (_, r) =>
        {
            if (new Uri(r.Url) is { Scheme: "http" or "https" or "ws" or "wss" } to && to.Authority != _app.Authority)
                _troubles.Enqueue($"request to another host: {r.Url}");
        };
    }
}

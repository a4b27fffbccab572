using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Accounts;
using VmPowerManager.Events;

namespace VmPowerManager.Tests.Accounts;

/// <summary>What ends a session of a browser, an open page and an open stream.</summary>
public sealed class SessionEndTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly string _folder = RunningApp.NewFolder();
    private RunningApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task SignOut_EndsTheCookieAndEveryCopyOfIt_AlsoAfterARestart()
    {
        using var browser = new Browser(_app);
        await browser.SignInAsync();
        using var copy = Copy(browser);

        var answer = await browser.SendAsync("/sign-out", await browser.TextAsync("/users"));

        Assert.Equal("/sign-in", answer.Target());
        Assert.Null(browser.Session);
        Assert.Equal(HttpStatusCode.Redirect, (await copy.GetAsync("/users")).StatusCode);
        Assert.Contains(
            _app.Get<EventLog>().Latest(),
            e => e is { Type: "accounts.signedOut", Actor: RunningApp.Email }
        );
        await _app.DisposeAsync();
        _app = await StartAsync();
        using var later = Copy(copy);
        Assert.Equal(HttpStatusCode.Redirect, (await later.GetAsync("/users")).StatusCode);
    }

    [Fact]
    public async Task SignOut_WithoutTokenOrByALink_ChangesNothing()
    {
        using var browser = new Browser(_app);
        await browser.SignInAsync();

        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SendAsync("/sign-out", "")).StatusCode);
        await browser.GetAsync("/sign-out");

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/users")).StatusCode);
    }

    [Fact]
    public async Task Cookie_OfASignedInBrowser_NeverOpensTheApi()
    {
        using var browser = new Browser(_app);
        await browser.SignInAsync();

        await (await browser.GetAsync("/api/v1/users")).ProblemAsync(401);
        await (await browser.GetAsync("/api/v1/stream")).ProblemAsync(401);
    }

    [Fact]
    public async Task OwnPassword_Changed_ThisSessionStays_OthersEnd()
    {
        using var browser = new Browser(_app);
        using var other = new Browser(_app);
        await browser.SignInAsync(stay: true);
        await other.SignInAsync();
        using var script = await _app.SignInAsync();

        var wrong = await ChangeAsync(browser, "wrong", "another password", "another password");
        Assert.Contains("is wrong.", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var differs = await ChangeAsync(browser, RunningApp.Password, "another password", "another passwort");
        Assert.Contains(
            "The two passwords differ.",
            await differs.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        var brief = await ChangeAsync(browser, RunningApp.Password, "short", "short");
        Assert.Contains("at least 10", await brief.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var answer = await ChangeAsync(browser, RunningApp.Password, "another password", "another password");

        Assert.Equal("/account?changed=password", answer.Target());
        Assert.Contains("expires", answer.Headers.GetValues("Set-Cookie").Last(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/users")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await other.GetAsync("/users")).StatusCode);
        await (await script.GetAsync("/api/v1/events")).ProblemAsync(401);
        Assert.Contains(
            _app.Get<EventLog>().Latest(),
            e => e is { Type: "accounts.passwordChanged", Actor: RunningApp.Email }
        );
    }

    [Fact]
    public async Task OwnPassword_GuessedTooOften_LocksTheAccount()
    {
        using var browser = new Browser(_app);
        await browser.SignInAsync();
        for (var i = 0; i < 4; i++)
            await ChangeAsync(browser, "wrong", "another password", "another password");

        var fifth = await ChangeAsync(browser, "wrong", "another password", "another password");

        Assert.Equal(HttpStatusCode.TooManyRequests, fifth.StatusCode);
        var right = await ChangeAsync(browser, RunningApp.Password, "another password", "another password");
        Assert.Equal(HttpStatusCode.TooManyRequests, right.StatusCode);
    }

    [Theory]
    [InlineData("role")]
    [InlineData("password")]
    [InlineData("removed")]
    [InlineData("signedOut")]
    public async Task OpenPage_AccountOrSessionOver_IsSignedOutWithinAMinute(string how)
    {
        var (id, who) = await UserAsync();
        using var scope = _app.App.Services.CreateScope();
        var page = Open(scope, who);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.True((await page.GetAuthenticationStateAsync()).User.IsInRole("Operator"));

        using var admin = await _app.SignInAsync();
        if (how == "removed")
            await admin.DeleteAsync($"/api/v1/users/{id}");
        else if (how == "signedOut")
            await _app.Get<EndedSessions>().EndAsync("one", _time.GetUtcNow().AddDays(1), CancellationToken.None);
        else if (how == "role")
            await admin.PutAsJsonAsync($"/api/v1/users/{id}", new { role = "viewer" });
        else
            await admin.PutAsJsonAsync($"/api/v1/users/{id}", new { password = "another password" });

        await Soon.BecomesTrueAsync(
            async () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return (await page.GetAuthenticationStateAsync()).User.Identity?.IsAuthenticated != true;
            },
            "the page is signed out"
        );
    }

    [Fact]
    public async Task OpenPage_AccountOfAnotherChanges_Stays()
    {
        var (_, who) = await UserAsync();
        using var scope = _app.App.Services.CreateScope();
        var page = Open(scope, who);

        using var __ = await _app.AddUserAsync("other@example.org", "viewer");
        using var admin = await _app.SignInAsync();
        await admin.DeleteAsync("/api/v1/users/3");
        _time.Advance(TimeSpan.FromMinutes(3));
        using var user = await _app.SignInAsync("user@example.org");

        Assert.True((await page.GetAuthenticationStateAsync()).User.IsInRole("Operator"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OpenStream_TokenExpires_Ends(bool apiToken)
    {
        using var user = await _app.SignInAsync();
        using var asking = apiToken ? _app.With(await ApiTokenAsync(user)) : await _app.SignInAsync();
        using var stream = await asking.GetStreamAsync("/api/v1/stream");

        _time.Advance(apiToken ? TimeSpan.FromDays(1) : TimeSpan.FromMinutes(15));

        await EndsAsync(stream);
    }

    [Fact]
    public async Task OpenStream_TokenRevokedOrUserGone_Ends()
    {
        var (id, _) = await UserAsync();
        using var user = await _app.SignInAsync("user@example.org");
        using var script = _app.With(await ApiTokenAsync(user));
        using var first = await user.GetStreamAsync("/api/v1/stream");
        using var second = await script.GetStreamAsync("/api/v1/stream");

        await user.DeleteAsync("/api/v1/tokens/1");
        await EndsAsync(second);
        using var admin = await _app.SignInAsync();
        await admin.DeleteAsync($"/api/v1/users/{id}");
        await EndsAsync(first);
    }

    private Task<RunningApp> StartAsync() =>
        RunningApp.StartAsync(
            _folder,
            adjust: b => b.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time))
        );

    private async Task<(int Id, ClaimsPrincipal Who)> UserAsync()
    {
        using var _ = await _app.AddUserAsync("user@example.org", "operator");
        var standing = await _app.Get<Standings>().FindAsync(2, CancellationToken.None);
        return (2, CookieSessions.Principal(standing!, "one"));
    }

    private static AuthenticationStateProvider Open(IServiceScope scope, ClaimsPrincipal who)
    {
        var page = scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>();
        ((ServerAuthenticationStateProvider)page).SetAuthenticationState(Task.FromResult(new AuthenticationState(who)));
        return page;
    }

    private Browser Copy(Browser of)
    {
        var copy = new Browser(_app);
        foreach (Cookie cookie in of.Cookies.GetAllCookies())
            copy.Cookies.Add(new Cookie(cookie.Name, cookie.Value, cookie.Path, cookie.Domain));
        return copy;
    }

    private static Task<HttpResponseMessage> ChangeAsync(
        Browser browser,
        string current,
        string wanted,
        string again
    ) =>
        browser.PostAsync(
            "/account/password",
            ("Sent.Current", current),
            ("Sent.Password", wanted),
            ("Sent.Again", again)
        );

    private static async Task<string?> ApiTokenAsync(HttpClient owner)
    {
        var body = new
        {
            name = "script",
            role = "viewer",
            expiresInDays = 1,
        };
        return (await (await owner.PostAsJsonAsync("/api/v1/tokens", body)).ReadJsonAsync())
            .GetProperty("token")
            .GetString();
    }

    private async Task EndsAsync(Stream stream)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        using var text = new StreamReader(stream);
        var ended = text.ReadToEndAsync(late.Token);
        await Soon.BecomesTrueAsync(
            () =>
            {
                // Whatever waits on the clock was perhaps not waiting yet.
                _time.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(ended.IsCompleted);
            },
            "the stream ends"
        );
        await ended;
    }
}

using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Accounts;
using VmPowerManager.Events;

namespace VmPowerManager.Tests.Accounts;

public sealed class SignInPageTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private RunningApp _app = null!;

    public async ValueTask InitializeAsync() =>
        _app = await RunningApp.StartAsync(
            adjust: b => b.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time)),
            args: "--Http:KnownProxies:0=127.0.0.1"
        );

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task RightPassword_OpensThePages_ByACookieThatScriptCannotRead()
    {
        using var browser = new Browser(_app);
        Assert.Equal("/sign-in?returnUrl=%2Fusers", (await browser.GetAsync("/users")).Target());

        var answer = await browser.SignInAsync("/sign-in?returnUrl=%2Fusers");

        Assert.Equal("/users", answer.Target());
        var cookie = SetCookie(answer);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("expires", cookie, StringComparison.OrdinalIgnoreCase);
        var page = await browser.GetAsync("/users");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.True(page.Headers.CacheControl!.NoStore);
        Assert.Contains(
            _app.Get<EventLog>().Latest(),
            e => e is { Type: "accounts.signedIn", Actor: RunningApp.Email }
        );
        Assert.Equal("/", (await browser.GetAsync("/sign-in")).Target());
    }

    [Fact]
    public async Task OverHttps_AllCookiesAreSecure()
    {
        using var browser = new Browser(_app, forwardedProto: "https");
        var page = await browser.GetAsync("/sign-in");
        Assert.Contains("secure", SetCookie(page), StringComparison.OrdinalIgnoreCase);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sign-in");

        // The container does not send a secure cookie over the plain connection of this test: by hand.
        var forms = SetCookie(page).Split(';')[0];
        var answer = await PostRawAsync(await page.Content.ReadAsStringAsync(), forms, "https");

        Assert.Contains("secure", SetCookie(answer), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task StaySignedIn_CookieOutlivesTheBrowser_AndSlides()
    {
        using var browser = new Browser(_app);
        var answer = await browser.SignInAsync(stay: true);
        Assert.Contains("expires", SetCookie(answer), StringComparison.OrdinalIgnoreCase);

        for (var i = 0; i < 4; i++)
        {
            _time.Advance(TimeSpan.FromDays(16));
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/users")).StatusCode);
        }
        _time.Advance(TimeSpan.FromDays(31));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/users")).StatusCode);
    }

    [Fact]
    public async Task NotStaying_CookieIsOverAfterTwelveHoursUnused()
    {
        using var browser = new Browser(_app);
        await browser.SignInAsync();

        _time.Advance(TimeSpan.FromHours(11));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/users")).StatusCode);
        _time.Advance(TimeSpan.FromHours(13));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/users")).StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("/\t/evil.example/")]
    [InlineData("/%09/evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/sign-in?returnUrl=/sign-in")]
    [InlineData("/sign-out")]
    public async Task ReturnUrl_ToAnotherHostOrRoundInACircle_IsTheDashboard(string returnUrl)
    {
        using var browser = new Browser(_app);

        var answer = await browser.SignInAsync($"/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}");

        Assert.Contains(answer.Target(), new[] { "/", "/%09/evil.example" });
    }

    [Fact]
    public async Task NoAntiforgeryToken_IsRefused()
    {
        using var browser = new Browser(_app);
        await browser.GetAsync("/sign-in");

        var without = await browser.SendAsync("/sign-in", "", Form());
        var foreign = await browser.SendAsync("/sign-in", "", [.. Form(), ("__RequestVerificationToken", "nonsense")]);

        Assert.Equal(HttpStatusCode.BadRequest, without.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
        Assert.Null(browser.Session);
    }

    [Theory]
    [InlineData(RunningApp.Email)]
    [InlineData("nobody@example.org")]
    public async Task WrongPasswords_KnownAndUnknownAccount_AreToldTheSame_AndLocked(string email)
    {
        using var browser = new Browser(_app);
        for (var i = 0; i < 4; i++)
        {
            var wrong = await (
                await browser.SignInAsync(email: email, password: "wrong <b> password")
            ).Content.ReadAsStringAsync();
            Assert.Contains("E-mail address, password or code is wrong.", wrong, StringComparison.Ordinal);
            Assert.Contains($"value=\"{email}\"", wrong, StringComparison.Ordinal);
            Assert.DoesNotContain("wrong &lt;b&gt; password", wrong, StringComparison.Ordinal);
        }

        _time.SetUtcNow(TimeProvider.System.GetUtcNow()); // Identity locks by the wall clock
        var fifth = await browser.SignInAsync(email: email, password: "wrong");
        Assert.Equal(HttpStatusCode.TooManyRequests, fifth.StatusCode);
        Assert.Matches("Try again in 5 min( 0. s)?\\.", await fifth.Content.ReadAsStringAsync());
        _time.Advance(TimeSpan.FromSeconds(240));
        var sixth = await browser.SignInAsync(email: email);
        Assert.Matches("Try again in (60|6.|7.) s\\.", await sixth.Content.ReadAsStringAsync());
        Assert.Null(browser.Session);

        _time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(
            email == RunningApp.Email,
            (await browser.SignInAsync(email: email)).StatusCode == HttpStatusCode.Redirect
        );
    }

    [Fact]
    public async Task SecondFactor_IsAskedForInAStepOfItsOwn_WithoutThePasswordInThePage()
    {
        var key = await TurnSecondFactorOnAsync();
        using var browser = new Browser(_app);
        Assert.DoesNotContain("Sent.Code", await browser.TextAsync("/sign-in"), StringComparison.Ordinal);

        var step = await (
            await browser.SignInAsync("/sign-in?returnUrl=%2Fusers", stay: true)
        ).Content.ReadAsStringAsync();
        Assert.Null(browser.Session);
        Assert.DoesNotContain(RunningApp.Password, step, StringComparison.Ordinal);
        var wrong = await browser.SendAsync("/sign-in?returnUrl=%2Fusers", step, ("Sent.Code", "000000"));
        var again = await wrong.Content.ReadAsStringAsync();
        Assert.Contains("code is wrong", again, StringComparison.Ordinal);
        var right = await browser.SendAsync("/sign-in?returnUrl=%2Fusers", again, ("Sent.Code", Totp.Code(key)));

        Assert.Equal("/users", right.Target());
        Assert.Contains("expires", SetCookie(right), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task SecondFactor_TicketOldOrForged_StartsAgain()
    {
        var key = await TurnSecondFactorOnAsync();
        using var browser = new Browser(_app);
        var step = await (await browser.SignInAsync()).Content.ReadAsStringAsync();
        var forged = await browser.SendAsync("/sign-in", step, ("Sent.Ticket", "AAAA"), ("Sent.Code", Totp.Code(key)));
        Assert.Contains("Start again", await forged.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromMinutes(6));
        var late = await browser.SendAsync("/sign-in", step, ("Sent.Code", Totp.Code(key)));

        Assert.Contains("name=\"Sent.Password\"", await late.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Null(browser.Session);
    }

    [Fact]
    public async Task DatabaseLocked_SignsInAndStaysIn()
    {
        using var early = new Browser(_app);
        await early.SignInAsync();
        await using var other = new SqliteConnection($"Data Source={Path.Combine(_app.Folder, "app.db")}");
        await other.OpenAsync();
        await using var locked = await other.BeginTransactionAsync();
        using var browser = new Browser(_app);

        Assert.Equal("/", (await browser.SignInAsync()).Target());
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/users")).StatusCode);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.OK, (await early.GetAsync("/users")).StatusCode);
    }

    [Theory]
    [InlineData("viewer", HttpStatusCode.Forbidden)]
    [InlineData("operator", HttpStatusCode.Forbidden)]
    [InlineData("administrator", HttpStatusCode.OK)]
    public async Task Users_OnlyForAdministrators_OthersAreToldThere(string role, HttpStatusCode expected)
    {
        using var _ = await _app.AddUserAsync("user@example.org", role);
        using var browser = new Browser(_app);
        await browser.SignInAsync(email: "user@example.org");

        Assert.Equal(expected, (await browser.GetAsync("/users")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account")).StatusCode);
    }

    private static (string, string)[] Form() =>
        [("_handler", "sign-in"), ("Sent.Email", RunningApp.Email), ("Sent.Password", RunningApp.Password)];

    private static string SetCookie(HttpResponseMessage answer) => answer.Headers.GetValues("Set-Cookie").Last();

    private async Task<HttpResponseMessage> PostRawAsync(string page, string cookie, string proto)
    {
        var token = page.Split("name=\"__RequestVerificationToken\" value=\"")[1].Split('"')[0];
        using var form = new FormUrlEncodedContent(
            Form().Append(("__RequestVerificationToken", token)).ToDictionary(f => f.Item1, f => f.Item2)
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = form };
        request.Headers.Add("Cookie", cookie);
        request.Headers.Add("X-Forwarded-Proto", proto);
        return await _app.Client.SendAsync(request);
    }

    private async Task<string> TurnSecondFactorOnAsync()
    {
        await using var scope = _app.App.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var user = await users.FindByEmailAsync(RunningApp.Email);
        await users.ResetAuthenticatorKeyAsync(user!);
        await users.SetTwoFactorEnabledAsync(user!, true);
        return (await users.GetAuthenticatorKeyAsync(user!))!;
    }
}

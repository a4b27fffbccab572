using System.Net;
using System.Net.Http.Json;
using VmPowerManager.Events;

namespace VmPowerManager.Tests.Accounts;

public sealed class SetupTests
{
    [Fact]
    public async Task FirstStart_CodeOfTheLog_MakesTheAdministratorOnce()
    {
        await using var app = await RunningApp.StartAsync(setUp: false);
        var body = new
        {
            setupCode = CodeOf(app),
            email = RunningApp.Email,
            password = RunningApp.Password,
        };

        var first = await app.Client.PostAsJsonAsync("/api/v1/setup", body);
        var second = await app.Client.PostAsJsonAsync("/api/v1/setup", body);

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal("administrator", (await first.ReadJsonAsync()).GetProperty("role").GetString());
        await second.ProblemAsync(409);
        using var admin = await app.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/api/v1/users")).StatusCode);
        Assert.Contains(app.Get<EventLog>().Latest(), e => e is { Type: "accounts.setUp", Actor: "setup" });
    }

    [Fact]
    public async Task FirstStart_EveryPageLeadsToSetup_WhichSignsIn()
    {
        await using var app = await RunningApp.StartAsync(setUp: false);
        using var browser = new Browser(app);
        Assert.Equal("/setup", (await browser.GetAsync("/")).Target());
        Assert.Equal("/setup", (await browser.GetAsync("/sign-in")).Target());
        Assert.DoesNotContain(CodeOf(app), await browser.TextAsync("/setup"), StringComparison.Ordinal);

        var wrong = await PostAsync(browser, "AAAA-AAAA-AAAA", RunningApp.Password);
        Assert.Contains("The setup code is wrong.", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var brief = await PostAsync(browser, CodeOf(app), "short");
        Assert.Contains("at least 10 characters", await brief.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var bare = await browser.SendAsync("/setup", "", ("_handler", "setup"), ("Sent.Code", CodeOf(app)));
        Assert.Equal(HttpStatusCode.BadRequest, bare.StatusCode);
        Assert.Equal("/setup", (await browser.GetAsync("/")).Target());

        var answer = await PostAsync(browser, CodeOf(app).ToLowerInvariant(), RunningApp.Password);

        Assert.Equal("/welcome", answer.Target());
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/users")).StatusCode);
        using var other = new Browser(app);
        Assert.Equal("/sign-in", (await other.GetAsync("/setup")).Target());
        Assert.Equal("/sign-in?returnUrl=%2F", (await other.GetAsync("/")).Target());
    }

    [Fact]
    public async Task WrongCode_Is403_ThenTooMany()
    {
        await using var app = await RunningApp.StartAsync(setUp: false);
        var body = new
        {
            setupCode = "AAAA-AAAA-AAAA",
            email = RunningApp.Email,
            password = RunningApp.Password,
        };

        for (var i = 0; i < 5; i++)
            await (await app.Client.PostAsJsonAsync("/api/v1/setup", body)).ProblemAsync(403);
        var sixth = await app.Client.PostAsJsonAsync("/api/v1/setup", body with { setupCode = CodeOf(app) });

        await sixth.ProblemAsync(429);
        Assert.InRange(sixth.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
    }

    [Theory]
    [InlineData("not an address", "long enough", "email")]
    [InlineData(null, "long enough", "email")]
    [InlineData("a@example.org", "short", "password")]
    [InlineData("a@example.org", null, "password")]
    public async Task BadInput_Is400NamingIt(string? email, string? password, string field)
    {
        await using var app = await RunningApp.StartAsync(setUp: false);

        var answer = await app.Client.PostAsJsonAsync(
            "/api/v1/setup",
            new
            {
                setupCode = CodeOf(app),
                email,
                password,
            }
        );

        var problem = await answer.ProblemAsync(400);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.GetRawText());
    }

    [Fact]
    public async Task Unattended_EightCharacters_MakesTheAdministratorOnce_AndNeverAgain()
    {
        var folder = RunningApp.NewFolder();
        string[] setup = ["--Setup:Email=first@example.org", "--Setup:Password=8letters"];
        await using (var app = await RunningApp.StartAsync(folder, setUp: false, args: setup))
        {
            Assert.DoesNotContain(app.Log.All, l => l.Contains("Setup code", StringComparison.Ordinal));
            using var admin = await app.SignInAsync("first@example.org", "8letters");
            Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/api/v1/users")).StatusCode);
        }

        await using (var app = await RunningApp.StartAsync(folder))
        {
            using var admin = await app.SignInAsync("first@example.org", "8letters");
            var users = await (await admin.GetAsync("/api/v1/users")).ReadJsonAsync();
            Assert.Equal(1, users.GetProperty("items").GetArrayLength());
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Unattended_ThatCannotBeUsed_SaysSoAndPrintsACode()
    {
        await using var app = await RunningApp.StartAsync(
            setUp: false,
            args: ["--Setup:Email=first@example.org", "--Setup:Password=short"]
        );

        Assert.Contains(app.Log.All, l => l.StartsWith("Critical: Setup:Email", StringComparison.Ordinal));
        Assert.NotEmpty(CodeOf(app));
    }

    private static Task<HttpResponseMessage> PostAsync(Browser browser, string code, string password) =>
        browser.PostAsync(
            "/setup",
            ("Sent.Code", code),
            ("Sent.Email", RunningApp.Email),
            ("Sent.Password", password),
            ("Sent.Again", password)
        );

    private static string CodeOf(RunningApp app) =>
        app.Log.All.Single(l => l.Contains("Setup code: ", StringComparison.Ordinal)).Split("Setup code: ")[1];
}

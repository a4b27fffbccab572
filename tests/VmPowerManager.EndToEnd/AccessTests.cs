using System.Net;
using System.Text.RegularExpressions;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>Who gets in and who may do what (API.md: Getting in).</summary>
public sealed partial class AccessTests(Lab lab) : Scenario(lab)
{
    private static readonly string[] _doors =
    [
        "GET ups",
        "POST ups",
        "GET hosts",
        "GET plans",
        "POST plans/1/runs",
        "GET runs",
        "DELETE ups/1",
        "GET events",
        "GET events.csv",
        "GET stream",
    ];

    [Fact]
    public async Task WithoutToken_Is401AndNeverARedirect()
    {
        foreach (var door in _doors.Select(d => d.Split(' ')))
        {
            using var stranger = new Api(App.Url);
            (await stranger.SendAsync(new HttpMethod(door[0]), door[1])).Problem(HttpStatusCode.Unauthorized);
            stranger.UseToken("not.a.token");
            (await stranger.SendAsync(new HttpMethod(door[0]), door[1])).Problem(HttpStatusCode.Unauthorized);
        }
    }

    [Theory]
    [InlineData(AppProcess.Email, "wrong")]
    [InlineData("nobody@lab.test", AppProcess.Password)]
    public async Task Token_WrongLogin_Is401(string email, string password)
    {
        var answer = await Api.SendAsync(HttpMethod.Post, "auth/token", new { email, password });
        answer.Problem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Refresh_GivesATokenOnce()
    {
        var token = await Api.SignInAsync(AppProcess.Email, AppProcess.Password);
        Assert.Equal("Bearer", (string?)token["tokenType"]);
        var refreshToken = (string?)token["refreshToken"];
        var refreshed = await Api.PostAsync("auth/refresh", new { refreshToken });
        Api.UseToken((string?)refreshed["accessToken"]);
        await Api.GetAsync("ups");
        (await Api.SendAsync(HttpMethod.Post, "auth/refresh", new { refreshToken })).Problem(
            HttpStatusCode.Unauthorized
        );
    }

    [Fact]
    public async Task Viewer_ReadsButNeitherConfiguresNorRuns()
    {
        await Api.PostAsync(
            "users",
            new
            {
                email = "viewer@lab.test",
                password = "Viewer-Password-12!",
                role = "viewer",
            }
        );
        using var viewer = await Api.SignedInAsync(App.Url, "viewer@lab.test", "Viewer-Password-12!");
        foreach (var path in new[] { "ups", "hosts", "plans", "runs", "events" })
            await viewer.GetAsync(path);
        var ups = new
        {
            name = "a",
            driver = "nut",
            nut = new
            {
                host = "h",
                port = 1,
                upsName = "u",
            },
        };
        (await viewer.SendAsync(HttpMethod.Post, "ups", ups)).Problem(HttpStatusCode.Forbidden);
        (await viewer.SendAsync(HttpMethod.Post, "ups/test", ups)).Problem(HttpStatusCode.Forbidden);
        var run = new { kind = "shutdown", reason = "no" };
        (await viewer.SendAsync(HttpMethod.Post, "plans/1/runs", run)).Problem(HttpStatusCode.Forbidden);
        (await viewer.SendAsync(HttpMethod.Post, "hosts/1/power", new { action = "shutdown" })).Problem(
            HttpStatusCode.Forbidden
        );
    }

    [Fact]
    public async Task HealthAndOpenApi_NeedNoLoginAndAnswer()
    {
        using var stranger = new Api(App.Url);
        foreach (var path in new[] { "/healthz/live", "/healthz/ready" })
            Assert.Equal(HttpStatusCode.OK, (await stranger.SendAsync(HttpMethod.Get, path)).Status);
        var paths = (await Api.GetAsync("/openapi/v1.json"))["paths"]?.AsObject().Select(p => p.Key).ToList() ?? [];
        foreach (var path in new[] { "/api/v1/ups", "/api/v1/hosts", "/api/v1/plans", "/api/v1/runs/{id}/cancel" })
            Assert.Contains(path, paths);
    }

    [Fact]
    public async Task SetupCodeFromTheLog_MakesTheFirstAdministratorOnce()
    {
        await using var fresh = await AppProcess.StartAsync(environment: []);
        using var api = new Api(fresh.Url);
        var code = await Until.Found("a setup code in the log", 5, () => Task.FromResult(SetupCode(fresh.Log)));
        var administrator = new
        {
            setupCode = code,
            email = AppProcess.Email,
            password = AppProcess.Password,
        };
        var guess = new
        {
            setupCode = "0000-0000",
            administrator.email,
            administrator.password,
        };
        Assert.InRange((int)(await api.SendAsync(HttpMethod.Post, "setup", guess)).Status, 400, 499);
        await api.PostAsync("setup", administrator);
        await api.SignInAsync(AppProcess.Email, AppProcess.Password);
        await api.GetAsync("ups");
        Assert.InRange((int)(await api.SendAsync(HttpMethod.Post, "setup", administrator)).Status, 400, 499);
    }

    private static string? SetupCode(string log) =>
        SetupCodePattern().Match(log) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"setup code\W+([A-Z0-9][A-Za-z0-9-]{5,})", RegexOptions.IgnoreCase)]
    private static partial Regex SetupCodePattern();
}

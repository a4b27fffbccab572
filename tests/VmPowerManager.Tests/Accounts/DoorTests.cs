using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using VmPowerManager.Accounts;

namespace VmPowerManager.Tests.Accounts;

public sealed class DoorTests : IAsyncLifetime
{
    private RunningApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await RunningApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("GET", "/api/v1/events")]
    [InlineData("GET", "/api/v1/events.csv")]
    [InlineData("GET", "/api/v1/stream")]
    [InlineData("GET", "/api/v1/audit")]
    [InlineData("GET", "/api/v1/users")]
    [InlineData("DELETE", "/api/v1/users/1")]
    [InlineData("POST", "/api/v1/tokens")]
    public async Task Api_NobodySignedIn_Is401AndNeverARedirect(string method, string path)
    {
        foreach (
            var authorization in new[] { null, "Basic YTpi", "Bearer nonsense", "Bearer vhp_nonsense", "Bearer ", "x" }
        )
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (authorization is not null)
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            // As a browser would ask.
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
            using var answer = await _app.Client.SendAsync(request);
            await answer.ProblemAsync(401);
            Assert.StartsWith("Bearer", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task UserWithoutRole_GetsNoToken()
    {
        await using var scope = _app.App.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        await users.CreateAsync(
            new AppUser { UserName = "none@example.org", Email = "none@example.org" },
            RunningApp.Password
        );

        var answer = await _app.Client.PostAsJsonAsync(
            "/api/v1/auth/token",
            new { email = "none@example.org", password = RunningApp.Password }
        );

        await answer.ProblemAsync(403);
    }

    [Theory]
    [InlineData("viewer")]
    [InlineData("operator")]
    public async Task Users_NotAdministrator_Is403(string role)
    {
        using var client = await _app.AddUserAsync("user@example.org", role);

        await (await client.GetAsync("/api/v1/users")).ProblemAsync(403);
        await (await client.DeleteAsync("/api/v1/users/1")).ProblemAsync(403);
        await (
            await client.PostAsJsonAsync(
                "/api/v1/users",
                new
                {
                    email = "x@example.org",
                    password = RunningApp.Password,
                    role = "viewer",
                }
            )
        ).ProblemAsync(403);
    }

    [Fact]
    public async Task ApiToken_LivesByItsRoleExpiryAndOwner()
    {
        using var owner = await _app.AddUserAsync("op@example.org", "operator");
        await (await PostTokenAsync(owner, "admin")).ProblemAsync(400);
        await (await PostTokenAsync(owner, "administrator")).ProblemAsync(403);

        var made = await PostTokenAsync(owner, "viewer");
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var token = (await made.ReadJsonAsync()).GetProperty("token").GetString();
        Assert.StartsWith("vhp_", token, StringComparison.Ordinal);
        using var script = _app.With(token);
        Assert.Equal(HttpStatusCode.OK, (await script.GetAsync("/api/v1/events")).StatusCode);
        await (await PostTokenAsync(script, "operator")).ProblemAsync(403);

        var listed = (await (await owner.GetAsync("/api/v1/tokens")).ReadJsonAsync()).GetProperty("items")[0];
        Assert.Null(listed.GetProperty("token").GetString());
        Assert.Equal("script", listed.GetProperty("name").GetString());

        var id = listed.GetProperty("id").GetInt32();
        using var other = await _app.AddUserAsync("other@example.org", "operator");
        await (await other.DeleteAsync($"/api/v1/tokens/{id}")).ProblemAsync(404);
        Assert.Equal(HttpStatusCode.NoContent, (await owner.DeleteAsync($"/api/v1/tokens/{id}")).StatusCode);
        await (await script.GetAsync("/api/v1/events")).ProblemAsync(401);
    }

    [Fact]
    public async Task LastAdministrator_StaysOne()
    {
        using var admin = await _app.SignInAsync();
        await (await admin.DeleteAsync("/api/v1/users/1")).ProblemAsync(409);
        await (await admin.PutAsJsonAsync("/api/v1/users/1", new { role = "viewer" })).ProblemAsync(409);

        using var second = await _app.AddUserAsync("second@example.org", "administrator");
        Assert.Equal(HttpStatusCode.NoContent, (await second.DeleteAsync("/api/v1/users/1")).StatusCode);
        await (await admin.GetAsync("/api/v1/events")).ProblemAsync(401);
        await (await second.DeleteAsync("/api/v1/users/1")).ProblemAsync(404);
    }

    [Fact]
    public async Task Users_SameAddress_Is409()
    {
        using var admin = await _app.SignInAsync();
        var answer = await admin.PostAsJsonAsync(
            "/api/v1/users",
            new
            {
                email = RunningApp.Email,
                password = RunningApp.Password,
                role = "viewer",
            }
        );
        await answer.ProblemAsync(409);
    }

    [Fact]
    public async Task Role_Changed_ActsAtOnce()
    {
        using var user = await _app.AddUserAsync("user@example.org", "administrator");
        using var admin = await _app.SignInAsync();
        var users = await (await admin.GetAsync("/api/v1/users")).ReadJsonAsync();
        var id = users.GetProperty("items")[1].GetProperty("id").GetInt32();

        (await admin.PutAsJsonAsync($"/api/v1/users/{id}", new { role = "viewer" })).EnsureSuccessStatusCode();

        await (await user.GetAsync("/api/v1/users")).ProblemAsync(401);
        using var again = await _app.SignInAsync("user@example.org");
        await (await again.GetAsync("/api/v1/users")).ProblemAsync(403);
    }

    [Fact]
    public async Task LockedUser_IsUnlockedByAnAdministrator()
    {
        using var user = await _app.AddUserAsync("user@example.org", "operator");
        for (var i = 0; i < 5; i++)
            await _app.Client.PostAsJsonAsync("/api/v1/auth/token", new { email = "user@example.org", password = "x" });
        using var admin = await _app.SignInAsync();
        var locked = await (await admin.GetAsync("/api/v1/users")).ReadJsonAsync();
        Assert.NotNull(locked.GetProperty("items")[1].GetProperty("lockedUntil").GetString());

        await (await user.PostAsync("/api/v1/users/2/unlock", null)).ProblemAsync(403);
        await (await admin.PostAsync("/api/v1/users/7/unlock", null)).ProblemAsync(404);
        var answer = await (await admin.PostAsync("/api/v1/users/2/unlock", null)).ReadJsonAsync();

        Assert.Null(answer.GetProperty("lockedUntil").GetString());
        using var again = await _app.SignInAsync("user@example.org");
        Assert.Equal(HttpStatusCode.OK, (await again.GetAsync("/api/v1/events")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await user.GetAsync("/api/v1/events")).StatusCode);
    }

    [Fact]
    public async Task OwnAccount_IsShown_AndItsPasswordChanged_ButNotByAnApiToken()
    {
        using var user = await _app.AddUserAsync("user@example.org", "operator");
        var own = await (await user.GetAsync("/api/v1/account")).ReadJsonAsync();
        Assert.Equal("user@example.org", own.GetProperty("email").GetString());
        Assert.Equal("operator", own.GetProperty("role").GetString());
        using var script = _app.With(
            (await (await PostTokenAsync(user, "viewer")).ReadJsonAsync()).GetProperty("token").GetString()
        );
        var change = new { currentPassword = RunningApp.Password, newPassword = "another password" };

        await (await script.PostAsJsonAsync("/api/v1/account/password", change)).ProblemAsync(403);
        await (await user.PostAsJsonAsync("/api/v1/account/password", new { })).ProblemAsync(400);
        var answer = await user.PostAsJsonAsync("/api/v1/account/password", change);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await (await user.GetAsync("/api/v1/account")).ProblemAsync(401);
        using var again = await _app.SignInAsync("user@example.org", "another password");
        Assert.Equal(HttpStatusCode.OK, (await again.GetAsync("/api/v1/account")).StatusCode);
    }

    [Fact]
    public async Task Password_Changed_EndsTheApiTokens_AndNoTokenMakesAnother()
    {
        using var user = await _app.AddUserAsync("user@example.org", "operator");
        var made = await (await PostTokenAsync(user, "viewer")).ReadJsonAsync();
        using var script = _app.With(made.GetProperty("token").GetString());
        await (await PostTokenAsync(script, "viewer")).ProblemAsync(403);
        using var admin = await _app.SignInAsync();
        var users = await (await admin.GetAsync("/api/v1/users")).ReadJsonAsync();
        var id = users.GetProperty("items")[1].GetProperty("id").GetInt32();

        var change = new { password = "another long password" };
        (await admin.PutAsJsonAsync($"/api/v1/users/{id}", change)).EnsureSuccessStatusCode();

        await (await script.GetAsync("/api/v1/events")).ProblemAsync(401);
    }

    private static Task<HttpResponseMessage> PostTokenAsync(HttpClient client, string role) =>
        client.PostAsJsonAsync(
            "/api/v1/tokens",
            new
            {
                name = "script",
                role,
                expiresInDays = 30,
            }
        );
}

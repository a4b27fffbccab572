using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Accounts;
using VmPowerManager.Events;

namespace VmPowerManager.Tests.Accounts;

public sealed class SessionTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private RunningApp _app = null!;

    public async ValueTask InitializeAsync() =>
        _app = await RunningApp.StartAsync(adjust: b =>
            b.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time))
        );

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Token_RightPassword_OpensTheApiFor15Minutes()
    {
        var answer = await _app.Client.PostAsJsonAsync(
            "/api/v1/auth/token",
            new { email = RunningApp.Email.ToUpperInvariant(), password = RunningApp.Password }
        );
        var tokens = await answer.ReadJsonAsync();

        Assert.Equal("Bearer", tokens.GetProperty("tokenType").GetString());
        Assert.Equal(900, tokens.GetProperty("expiresInSeconds").GetInt32());
        using var admin = _app.With(tokens.GetProperty("accessToken").GetString());
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/api/v1/events")).StatusCode);
        _time.Advance(TimeSpan.FromSeconds(899));
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/api/v1/events")).StatusCode);
        _time.Advance(TimeSpan.FromSeconds(2));
        await (await admin.GetAsync("/api/v1/events")).ProblemAsync(401);
    }

    [Theory]
    [InlineData(RunningApp.Email, "wrong password")]
    [InlineData("nobody@example.org", RunningApp.Password)]
    public async Task Token_WrongCredentials_Is401_AndAnEvent(string email, string password)
    {
        await (await TokenAsync(email, password)).ProblemAsync(401);
        Assert.Contains(_app.Get<EventLog>().Latest(), e => e.Type == "accounts.signInFailed" && e.Source == email);
    }

    [Fact]
    public async Task Token_FiveWrongPasswords_LocksTheAccountForAWhile()
    {
        for (var i = 0; i < 4; i++)
            await (await TokenAsync(RunningApp.Email, "wrong password")).ProblemAsync(401);

        _time.SetUtcNow(TimeProvider.System.GetUtcNow()); // Identity locks by the wall clock
        var fifth = await TokenAsync(RunningApp.Email, "wrong password");
        await fifth.ProblemAsync(429);
        Assert.InRange(fifth.Headers.RetryAfter!.Delta!.Value.TotalMinutes, 4, 6);
        await (await TokenAsync(RunningApp.Email, RunningApp.Password)).ProblemAsync(429);

        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(HttpStatusCode.OK, (await TokenAsync(RunningApp.Email, RunningApp.Password)).StatusCode);
    }

    [Fact]
    public async Task Token_ManyUnknownAccounts_OneAddressIsSlowedDown_RightOnesDoNotCount()
    {
        for (var i = 0; i < 25; i++)
            Assert.Equal(HttpStatusCode.OK, (await TokenAsync(RunningApp.Email, RunningApp.Password)).StatusCode);
        for (var i = 0; i < 20; i++)
            await (await TokenAsync($"user{i}@example.org", "wrong password")).ProblemAsync(401);

        await (await TokenAsync(RunningApp.Email, RunningApp.Password)).ProblemAsync(429);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, (await TokenAsync(RunningApp.Email, RunningApp.Password)).StatusCode);
    }

    [Fact]
    public async Task Token_SecondFactorOn_NeedsItsCode()
    {
        await using var scope = _app.App.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var user = await users.FindByEmailAsync(RunningApp.Email);
        await users.ResetAuthenticatorKeyAsync(user!);
        await users.SetTwoFactorEnabledAsync(user!, true);
        var recovery = (await users.GenerateNewTwoFactorRecoveryCodesAsync(user!, 1))!.Single();

        var without = await (await TokenAsync(RunningApp.Email, RunningApp.Password)).ProblemAsync(401);
        Assert.True(without.GetProperty("secondFactorNeeded").GetBoolean());
        await (await TokenAsync(RunningApp.Email, RunningApp.Password, "000000")).ProblemAsync(401);
        var key = await users.GetAuthenticatorKeyAsync(user!);
        Assert.Equal(
            HttpStatusCode.OK,
            (await TokenAsync(RunningApp.Email, RunningApp.Password, Totp.Code(key!))).StatusCode
        );
        Assert.Equal(HttpStatusCode.OK, (await TokenAsync(RunningApp.Email, RunningApp.Password, recovery)).StatusCode);
        await (await TokenAsync(RunningApp.Email, RunningApp.Password, recovery)).ProblemAsync(401);
    }

    [Fact]
    public async Task Refresh_Once_GivesNewTokens_Twice_EndsTheFamily()
    {
        var first = await RefreshTokenAsync(await TokenAsync(RunningApp.Email, RunningApp.Password));

        var answer = await RefreshAsync(first);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var second = await RefreshTokenAsync(answer);
        Assert.NotEqual(first, second);
        await (await RefreshAsync(first)).ProblemAsync(401);

        await (await RefreshAsync(second)).ProblemAsync(401);
        Assert.Contains(_app.Get<EventLog>().Latest(), e => e.Type == "accounts.refreshTokenReused");
    }

    [Fact]
    public async Task Refresh_TenAtOnce_AtMostOneWins()
    {
        var token = await RefreshTokenAsync(await TokenAsync(RunningApp.Email, RunningApp.Password));

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => RefreshAsync(token)));

        Assert.True(answers.Count(a => a.StatusCode == HttpStatusCode.OK) <= 1);
        Assert.All(answers, a => Assert.True(a.StatusCode is HttpStatusCode.OK or HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task Refresh_OldUnknownOrMissing_IsRefused()
    {
        var token = await RefreshTokenAsync(await TokenAsync(RunningApp.Email, RunningApp.Password));
        _time.Advance(TimeSpan.FromDays(31));

        await (await RefreshAsync(token)).ProblemAsync(401);
        await (await RefreshAsync("nonsense")).ProblemAsync(401);
        await (await RefreshAsync(null)).ProblemAsync(400);
    }

    [Fact]
    public async Task PasswordChanged_AllThatWasGivenOutBefore_IsDead()
    {
        using var operatorClient = await _app.AddUserAsync("op@example.org", "operator");
        var refresh = await RefreshTokenAsync(await TokenAsync("op@example.org", RunningApp.Password));
        using var admin = await _app.SignInAsync();
        var users = await (await admin.GetAsync("/api/v1/users")).ReadJsonAsync();
        var id = users.GetProperty("items")[1].GetProperty("id").GetInt32();

        (
            await admin.PutAsJsonAsync($"/api/v1/users/{id}", new { password = "another password" })
        ).EnsureSuccessStatusCode();

        await (await operatorClient.GetAsync("/api/v1/events")).ProblemAsync(401);
        await (await RefreshAsync(refresh)).ProblemAsync(401);
        Assert.Equal(HttpStatusCode.OK, (await TokenAsync("op@example.org", "another password")).StatusCode);
    }

    [Fact]
    public async Task Token_DatabaseLocked_OpensTheApiWithoutARefreshToken()
    {
        await using var other = new SqliteConnection($"Data Source={Path.Combine(_app.Folder, "app.db")}");
        await other.OpenAsync();
        await using var locked = await other.BeginTransactionAsync();

        var answer = await TokenAsync(RunningApp.Email, RunningApp.Password);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var tokens = await answer.ReadJsonAsync();
        Assert.Null(tokens.GetProperty("refreshToken").GetString());
        using var admin = _app.With(tokens.GetProperty("accessToken").GetString());
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/api/v1/events")).StatusCode);
    }

    [Fact]
    public async Task AccessToken_SurvivesARestart()
    {
        var folder = RunningApp.NewFolder();
        string? token;
        await using (var app = await RunningApp.StartAsync(folder))
        {
            using var admin = await app.SignInAsync();
            token = admin.DefaultRequestHeaders.Authorization!.Parameter;
        }
        await using (var app = await RunningApp.StartAsync(folder))
        {
            using var admin = app.With(token);
            Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/api/v1/events")).StatusCode);
        }
        Directory.Delete(folder, recursive: true);
    }

    private Task<HttpResponseMessage> TokenAsync(string email, string password, string? code = null) =>
        _app.Client.PostAsJsonAsync(
            "/api/v1/auth/token",
            new
            {
                email,
                password,
                code,
            }
        );

    private Task<HttpResponseMessage> RefreshAsync(string? refreshToken) =>
        _app.Client.PostAsJsonAsync("/api/v1/auth/refresh", new { refreshToken });

    private static async Task<string?> RefreshTokenAsync(HttpResponseMessage answer) =>
        (await answer.ReadJsonAsync()).GetProperty("refreshToken").GetString();
}

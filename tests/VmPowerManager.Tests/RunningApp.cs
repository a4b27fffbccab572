using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VmPowerManager.Storage;

namespace VmPowerManager.Tests;

/// <summary>The real program in this process, on a loopback port of its own and a data folder of its own.</summary>
public sealed class RunningApp : IAsyncDisposable
{
    public const string Email = "admin@example.org";
    public const string Password = "correct horse";
    private readonly bool _ownsFolder;

    private RunningApp(WebApplication app, string folder, bool ownsFolder)
    {
        App = app;
        Folder = folder;
        _ownsFolder = ownsFolder;
        Client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri(app.Urls.First()),
        };
    }

    public WebApplication App { get; }
    public string Folder { get; }

    /// <summary>Not signed in; follows no redirect.</summary>
    public HttpClient Client { get; }
    public LogLines Log => Get<LogLines>();

    public T Get<T>()
        where T : notnull => App.Services.GetRequiredService<T>();

    /// <param name="folder">A data folder that outlives the program; null: one that ends with it.</param>
    /// <param name="setUp">With an administrator by unattended setup.</param>
    public static async Task<RunningApp> StartAsync(
        string? folder = null,
        bool setUp = true,
        Action<WebApplicationBuilder>? adjust = null,
        params string[] args
    )
    {
        var data = folder ?? NewFolder();
        string[] setup = setUp ? [$"--Setup:Email={Email}", $"--Setup:Password={Password}"] : [];
        var app = VmPowerManager.App.Build(
            ["--urls=http://127.0.0.1:0", $"--Data:Path={data}", .. setup, .. args],
            builder =>
            {
                var lines = new LogLines();
                builder.Logging.ClearProviders().AddProvider(lines);
                builder.Services.AddSingleton(lines);
                adjust?.Invoke(builder);
            }
        );
        try
        {
            await app.Services.StartStorageAsync(CancellationToken.None);
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            if (folder is null && Directory.Exists(data))
                Directory.Delete(data, recursive: true);
            throw;
        }
        return new RunningApp(app, data, ownsFolder: folder is null);
    }

    public static string NewFolder() => Directory.CreateTempSubdirectory("vmpm-test-").FullName;

    /// <summary>A client that is signed in by an access token.</summary>
    public async Task<HttpClient> SignInAsync(string email = Email, string password = Password)
    {
        var tokens = await (
            await Client.PostAsJsonAsync("/api/v1/auth/token", new { email, password })
        ).ReadJsonAsync();
        return With(tokens.GetProperty("accessToken").GetString());
    }

    /// <summary>A client with a bearer token.</summary>
    public HttpClient With(string? token) =>
        new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = Client.BaseAddress,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };

    /// <summary>Creates a user and signs them in.</summary>
    public async Task<HttpClient> AddUserAsync(string email, string role)
    {
        using var admin = await SignInAsync();
        var answer = await admin.PostAsJsonAsync(
            "/api/v1/users",
            new
            {
                email,
                password = Password,
                role,
            }
        );
        answer.EnsureSuccessStatusCode();
        return await SignInAsync(email);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (_ownsFolder)
            Directory.Delete(Folder, recursive: true);
    }
}

internal static class Answers
{
    public static async Task<JsonElement> ReadJsonAsync(this HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    public static StringContent Json(string text) => new(text, new MediaTypeHeaderValue("application/json"));

    /// <summary>The answer is a problem document of this status, as every error of the API must be.</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage answer, int status)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Null(answer.Headers.Location);
        var problem = await answer.ReadJsonAsync();
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        return problem;
    }
}

/// <summary>What the program logged.</summary>
public sealed class LogLines : ILoggerProvider
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    public ILogger CreateLogger(string categoryName) => new Writer(this);

    public void Dispose() { }

    private sealed class Writer(LogLines lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            lock (lines._gate)
                lines._lines.Add($"{logLevel}: {formatter(state, exception)}");
        }
    }
}

internal static class Soon
{
    /// <summary>Waits, bounded, for what other threads do.</summary>
    public static Task BecomesTrueAsync(Func<Task<bool>> condition, string what, double seconds = 60) =>
        BecomesTrueAsync(condition, () => what, seconds);

    /// <param name="what">Asked only when it did not become true: may tell what there was instead.</param>
    public static async Task BecomesTrueAsync(Func<Task<bool>> condition, Func<string> what, double seconds = 60)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(seconds))
                Assert.Fail($"Not within {seconds} s: {what()}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}

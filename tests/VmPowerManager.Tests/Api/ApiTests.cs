using System.Net;
using Microsoft.Extensions.Configuration;
using VmPowerManager.Api;
using VmPowerManager.Storage;

namespace VmPowerManager.Tests.Api;

public sealed class ApiTests
{
    [Fact]
    public async Task OpenApi_DescribesEveryRoute_AndWhichNeedAToken()
    {
        await using var app = await RunningApp.StartAsync();

        var document = await (await app.Client.GetAsync("/openapi/v1.json")).ReadJsonAsync();

        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var paths = document.GetProperty("paths");
        Assert.True(paths.GetProperty("/api/v1/events").GetProperty("get").TryGetProperty("security", out _));
        Assert.False(paths.GetProperty("/api/v1/auth/token").GetProperty("post").TryGetProperty("security", out _));
        Assert.True(document.GetProperty("components").GetProperty("securitySchemes").TryGetProperty("bearer", out _));
    }

    [Fact]
    public async Task Docs_LoadNothingFromElsewhere()
    {
        await using var app = await RunningApp.StartAsync();

        var page = await app.Client.GetStringAsync("/docs/");

        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("/docs/scalar.js")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("/favicon.svg")).StatusCode);
    }

    [Fact]
    public async Task HealthCheck_AsksTheInstanceOfTheSameConfiguration()
    {
        await using var app = await RunningApp.StartAsync();
        Assert.Equal(0, await HealthProbe.RunAsync(Configuration(("urls", app.App.Urls.First()))));

        await app.App.StopAsync();
        Assert.Equal(1, await HealthProbe.RunAsync(Configuration(("urls", app.App.Urls.First()))));
    }

    [Theory]
    [InlineData("http_ports", "8080", "http://localhost:8080/")]
    [InlineData("urls", "http://0.0.0.0:9000;https://*:9443", "http://127.0.0.1:9000/")]
    [InlineData("Kestrel:Endpoints:Http:Url", "http://+:9000", "http://localhost:9000/")]
    public void HealthCheck_Address_IsWhereKestrelListens(string key, string value, string expected) =>
        Assert.Equal(expected, HealthProbe.Address(Configuration((key, value))).ToString());

    [Fact]
    public async Task ForwardedHeaders_AreBelievedFromNamedProxiesOnly()
    {
        await using var distrusting = await RunningApp.StartAsync();
        await using var trusting = await RunningApp.StartAsync(args: "--Http:KnownProxies:0=127.0.0.1");

        Assert.Equal("127.0.0.1", await RemoteOfFailedSignInAsync(distrusting));
        Assert.Equal("203.0.113.7", await RemoteOfFailedSignInAsync(trusting));
    }

    [Fact]
    public void ForwardedHeaders_ProxyThatIsNoAddress_RefusesToStart()
    {
        var refused = Assert.Throws<StartRefusedException>(() => App.Build(["--Http:KnownProxies:0=proxy.lan"]));
        Assert.Contains("Http:KnownProxies (proxy.lan)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ExampleSettings_HoldEveryKeyWithItsDefault()
    {
        var example = new ConfigurationBuilder().AddJsonStream(File.OpenRead(Root("appsettings.example.json"))).Build();
        var embedded = new ConfigurationBuilder().Add(Defaults.Source()).Build();

        Assert.Equal(Values(embedded), Values(example));
    }

    [Fact]
    public async Task SecretsFolder_HoldsAFilePerSetting_ItWins()
    {
        var folder = Directory.CreateTempSubdirectory("vmpm-secrets-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "Setup__Password"), "from a file\n");
        await using var app = App.Build([$"--Secrets:Path={folder}", "--Setup:Password=from the arguments"]);
        Assert.Equal("from a file", app.Configuration["Setup:Password"]);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string?> RemoteOfFailedSignInAsync(RunningApp app)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/auth/token")
        {
            Content = Answers.Json("{\"email\": \"nobody@example.org\", \"password\": \"x\"}"),
        };
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        await (await app.Client.SendAsync(request)).ProblemAsync(401);
        var failed = app.Get<VmPowerManager.Events.EventLog>().Latest().Single(e => e.Type == "accounts.signInFailed");
        return failed.Data!.Value.GetProperty("remote").GetString();
    }

    private static IConfigurationRoot Configuration((string Key, string Value) setting) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { [setting.Key] = setting.Value })
            .Build();

    private static IEnumerable<string> Values(IConfigurationRoot configuration) =>
        configuration.AsEnumerable().Select(v => $"{v.Key}={v.Value}").Order();

    private static string Root(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "VmPowerManager.sln")))
            folder = folder.Parent!;
        return Path.Combine(folder.FullName, file);
    }
}

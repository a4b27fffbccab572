using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Core.Forecasts;
using VmPowerManager.Core.Plans;
using VmPowerManager.Plans.Learning;

namespace VmPowerManager.Tests.Plans;

/// <summary>Learned durations through the real API.</summary>
public sealed class DurationApiTests : IAsyncLifetime
{
    private const string Guest = "guest:4c1a/pool 1|Start";

    /// <summary>Actions are written as in plans.</summary>
    private const string AsWritten = "guest:4c1a/pool 1|start";
    private readonly string _folder = RunningApp.NewFolder();
    private RunningApp _app = null!; // InitializeAsync
    private HttpClient _admin = null!; // InitializeAsync
    private string _host = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await RunningApp.StartAsync(_folder);
        _admin = await _app.SignInAsync();
        var host = await _admin.PostAsJsonAsync(
            "/api/v1/hosts",
            JsonNode.Parse(
                """{"name":"kvm1","platform":"ssh","ssh":{"host":"127.0.0.1","port":9,"userName":"root","password":"x"}}"""
            ),
            Ct
        );
        _host = $"host:{(await host.Content.ReadFromJsonAsync<JsonNode>(Ct))!["id"]}|shutdown";
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Learned_IsListed_AndOverruledByItsKey_AcrossARestart()
    {
        Assert.Empty(await ListAsync());
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await _app.Get<DurationDirectory>()
            .LearnAsync([new(Guest, "web01", StepAction.Start, new DurationSample(12.3, at))], Ct);
        var learned = Assert.Single(await ListAsync());
        Assert.Equal(("web01", "start"), ((string?)learned!["target"], (string?)learned["action"]));
        Assert.Equal((12.3, 1), ((double?)learned["p95Seconds"], (int?)learned["samples"]));
        Assert.Null(learned["overrideSeconds"]);

        Assert.Equal(HttpStatusCode.OK, (await PutAsync(AsWritten, """{"seconds":40}""")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(_host, """{"seconds":200}""")).StatusCode);
        await _app.DisposeAsync();
        _app = await RunningApp.StartAsync(_folder);
        _admin = await _app.SignInAsync();
        Assert.Equal(
            [("kvm1", null, 200.0), ("web01", 12.3, 40.0)],
            (await ListAsync()).Select(d =>
                ((string)d!["target"]!, (double?)d["p95Seconds"], (double?)d["overrideSeconds"])
            )
        );
        var back = await (await PutAsync(AsWritten, """{"seconds":null}""")).Content.ReadFromJsonAsync<JsonNode>(Ct);
        Assert.Null(back!["overrideSeconds"]);
        Assert.Equal(12.3, (double?)back["p50Seconds"]);
    }

    [Theory]
    [InlineData("host:99|shutdown", """{"seconds":40}""", HttpStatusCode.NotFound)]
    [InlineData("host:1|juggle", """{"seconds":40}""", HttpStatusCode.BadRequest)]
    [InlineData("host:1", """{"seconds":40}""", HttpStatusCode.BadRequest)]
    [InlineData("host:1|shutdown", """{"seconds":0}""", HttpStatusCode.BadRequest)]
    [InlineData("host:1|shutdown", """{"seconds":86401}""", HttpStatusCode.BadRequest)]
    public async Task Override_ThatMakesNoSense_IsRefused(string key, string body, HttpStatusCode status)
    {
        Assert.Equal(status, (await PutAsync(key, body)).StatusCode);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task Override_IsForAdministrators_ReadingForAll()
    {
        using var operators = await _app.AddUserAsync("op@example.test", "Operator");
        var path = new Uri($"/api/v1/durations/{Uri.EscapeDataString(_host)}", UriKind.Relative);
        var refused = await operators.PutAsync(path, Answers.Json("""{"seconds":40}"""), Ct);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(
            HttpStatusCode.OK,
            (await operators.GetAsync(new Uri("/api/v1/durations", UriKind.Relative), Ct)).StatusCode
        );
    }

    private async Task<HttpResponseMessage> PutAsync(string key, string body) =>
        await _admin.PutAsync(
            new Uri($"/api/v1/durations/{Uri.EscapeDataString(key)}", UriKind.Relative),
            Answers.Json(body),
            Ct
        );

    private async Task<JsonArray> ListAsync() =>
        (await _admin.GetFromJsonAsync<JsonNode>("/api/v1/durations", Ct))!["items"]!.AsArray();
}

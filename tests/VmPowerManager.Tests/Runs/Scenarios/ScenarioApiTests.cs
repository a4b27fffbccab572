using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Runs.Scenarios;
using VmPowerManager.Tests.Hosts;

namespace VmPowerManager.Tests.Runs.Scenarios;

/// <summary>Scenarios through the real API, and an outage of a simulated UPS that is recorded.</summary>
public sealed class ScenarioApiTests : IAsyncLifetime
{
    private RunningApp _app = null!; // InitializeAsync
    private HttpClient _admin = null!; // InitializeAsync
    private int _plan;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await RunningApp.StartAsync(args: "--Simulator:Upses=1");
        _admin = await _app.SignInAsync();
        var ups = (int)(await GetAsync("ups"))["items"]![0]!["id"]!;
        var host = await PostAsync(
            "hosts",
            """{"name":"kvm1","platform":"ssh","ssh":{"host":"127.0.0.1","port":9,"userName":"root","password":"x"}}"""
        );
        var plan = await PostAsync(
            "plans",
            $$"""
            {"name":"Homelab","upsIds":[{{ups}}],"phases":[{"id":"all","name":"All","trigger":{"onBatteryForSeconds":600},
             "steps":[{"target":{"hostId":{{host["id"]}}},"timeoutSeconds":60}]}]}
            """
        );
        _plan = (int)plan["id"]!;
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Library_IsListedGivenAndPlayed()
    {
        var items = (await GetAsync("scenarios"))["items"]!.AsArray();
        Assert.Contains(items, i => (string?)i!["id"] == "hung-guest" && (bool?)i["recorded"] == false);
        var file = await _admin.GetStringAsync("/api/v1/scenarios/hung-guest", Ct);
        Assert.Equal("hung-guest", ScenarioFile.Read(file).Id);
        var report = await PostAsync("scenarios/hung-guest/play", "{}");
        Assert.True((bool?)report["ok"], report["unmet"]!.ToJsonString());
        Assert.Contains(
            report["timeline"]!.AsArray(),
            m => (string?)m!["kind"] == "asks" && (string?)m["action"] == "forceOff"
        );
    }

    [Fact]
    public async Task Replay_ByIdAndInFull_PlaysThisPlan()
    {
        var byId = await PostAsync($"plans/{_plan}/replay", """{"scenario":"flicker"}""");
        Assert.Equal("Homelab", (string?)byId["plan"]);
        Assert.True((bool?)byId["ok"], byId["unmet"]!.ToJsonString());
        Assert.Contains(
            byId["remarks"]!.AsArray(),
            r => ((string)r!).Contains("played as if it were", StringComparison.Ordinal)
        );
        var file = await _admin.GetStringAsync("/api/v1/scenarios/mains-back-mid-shutdown", Ct);
        var inFull = await PostAsync($"plans/{_plan}/replay", $$"""{"scenario":{{file}}}""");
        Assert.Equal("mains-back-mid-shutdown", (string?)inFull["scenario"]);
    }

    [Theory]
    [InlineData("""{"scenario":"no-such"}""", HttpStatusCode.NotFound)]
    [InlineData("""{"scenario":5}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"scenario":{"id":"x","evnets":[]}}""", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    public async Task Replay_OfNoScenario_IsRefused(string body, HttpStatusCode status)
    {
        var answer = await _admin.PostAsync($"/api/v1/plans/{_plan}/replay", Json(body), Ct);
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Viewer_ReadsAndDoesNotPlay()
    {
        using var viewer = await _app.AddUserAsync("viewer@example.org", "Viewer");
        Assert.Equal(HttpStatusCode.OK, (await viewer.GetAsync("/api/v1/scenarios", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await viewer.GetAsync("/api/v1/scenarios/flicker", Ct)).StatusCode);
        var play = await viewer.PostAsync("/api/v1/scenarios/flicker/play", Json("{}"), Ct);
        Assert.Equal(HttpStatusCode.Forbidden, play.StatusCode);
        var body = Json("""{"scenario":"flicker"}""");
        var replay = await viewer.PostAsync($"/api/v1/plans/{_plan}/replay", body, Ct);
        Assert.Equal(HttpStatusCode.Forbidden, replay.StatusCode);
    }

    [Fact]
    public async Task Outage_IsRecorded_AndPlaysAgain()
    {
        var store = _app.Get<ScenarioStore>();
        await PostAsync("simulator/upses/1/change", """{"mains":false}""");
        await HostsHarness.UntilAsync(InOutage, 30);
        await PostAsync("simulator/upses/1/change", """{"mains":true}""");
        await HostsHarness.UntilAsync(() => store.Recorded.Value.Count == 1, 60);
        var recorded = (await GetAsync("scenarios"))["items"]![0]!;
        Assert.True((bool?)recorded["recorded"]);
        Assert.Equal(_plan, (int?)recorded["planId"]);
        var report = await PostAsync($"plans/{_plan}/replay", $$"""{"scenario":"{{recorded["id"]}}"}""");
        Assert.Contains(report["timeline"]!.AsArray(), m => (string?)m!["type"] == "onBattery");
    }

    private bool InOutage() =>
        _app.Get<VmPowerManager.Runs.PlanLoops>().Find(_plan)?.View.State.Upses.Values.Any(u => u.InOutage) == true;

    private async Task<JsonNode> GetAsync(string path) =>
        (await _admin.GetFromJsonAsync<JsonNode>($"/api/v1/{path}", Ct))!; // a JSON body is not null

    private async Task<JsonNode> PostAsync(string path, string body)
    {
        var answer = await _admin.PostAsync($"/api/v1/{path}", Json(body), Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!; // a JSON body is not null
    }

    private static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");
}

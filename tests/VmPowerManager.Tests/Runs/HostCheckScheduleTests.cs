using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Hosts;
using VmPowerManager.Lab.Proxmox;
using VmPowerManager.Runs;
using VmPowerManager.Tests.Hosts;

namespace VmPowerManager.Tests.Runs;

/// <summary>Readiness by the day, on demand and on the way to arming, in the real program against a stand-in of a cluster
/// that listens to real HTTPS.</summary>
public sealed class HostCheckScheduleTests : IAsyncLifetime
{
    private FakeCluster _lab = null!; // InitializeAsync
    private RunningApp _app = null!; // InitializeAsync
    private HttpClient _admin = null!; // InitializeAsync

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _lab = await FakeCluster.StartAsync("pve1", "pve2");
        _lab.Add(
            new FakeGuest
            {
                Id = 100,
                Name = "web",
                Node = "pve1",
                AgentEnabled = true,
            }
        );
        _app = await RunningApp.StartAsync();
        _admin = await _app.SignInAsync();
        await PostAsync(
            "ups",
            """{"name":"rack-a","driver":"nut","nut":{"host":"127.0.0.1","port":9,"upsName":"a"}}"""
        );
        await PostAsync(
            "hosts",
            $$"""
            {"name":"pve1","platform":"proxmox","https":{"baseUrl":"{{_lab.Node("pve1").Door.BaseUrl}}",
             "tokenId":"{{FakeCluster.TokenId}}","tokenSecret":"{{FakeCluster.Secret}}"},
             "wake":[{"method":"proxmox"}]}
            """
        );
        await PostAsync("hosts/1/discover", "");
        await PostAsync("plans", Plan);
    }

    public async ValueTask DisposeAsync()
    {
        _admin?.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
        await _lab.DisposeAsync();
    }

    [Fact]
    public async Task DueHost_IsProbedOnce_AndItsAnswersAreTheReadiness()
    {
        _lab.Node("pve1").ClockAhead = TimeSpan.FromMinutes(3);
        var schedule = _app.Get<HostCheckSchedule>();
        await Until.TrueAsync(async () =>
        {
            await schedule.RunDueAsync(Ct);
            return _app.Get<HostCheckBook>().All.Value.GetValueOrDefault(1);
        });
        // Its certificate is pinned on first use, which voids what was found before.
        HostChecked? settled = null;
        await Soon.BecomesTrueAsync(
            async () =>
            {
                var before = settled;
                await schedule.RunDueAsync(Ct);
                settled = _app.Get<HostCheckBook>().All.Value.GetValueOrDefault(1);
                return before is not null && ReferenceEquals(before, settled);
            },
            "no probe where none is due"
        );

        var host = (await ReadinessAsync()).Single(t => (string?)t["target"]!["name"] == "pve1");
        var checks = host["checks"]!.AsArray().ToDictionary(c => (string)c!["aspect"]!, c => c!); // each has one
        Assert.Equal(["agent", "allowed", "clock", "platform", "reachable", "trusted", "wake"], checks.Keys.Order());
        Assert.Equal("warning", (string?)checks["clock"]["state"]);
        Assert.Matches("1(79|8[0-9]) s ahead of ours", (string?)checks["clock"]["detail"]); // it was told a moment ago
        Assert.Contains("NTP", (string?)checks["clock"]["advice"], StringComparison.Ordinal);
        Assert.Equal("failed", (string?)checks["wake"]["state"]); // pve2 is no managed host: nobody would send it
        Assert.Contains("No other node", (string?)checks["wake"]["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnDemand_LooksAnew_WithTheAgents_AndOnlyForOperators()
    {
        using (var first = await _admin.PostAsync("/api/v1/plans/1/readiness", null, Ct))
            Assert.Equal("failed", AgentOf(await first.Content.ReadFromJsonAsync<JsonNode>(Ct)));
        _lab.Guests[100].AgentAnswers = true;
        using (var then = await _admin.PostAsync("/api/v1/plans/1/readiness", null, Ct))
            Assert.Equal("ok", AgentOf(await then.Content.ReadFromJsonAsync<JsonNode>(Ct)));
        Assert.Empty(_lab.Guests[100].Orders);
        using var none = await _admin.PostAsync("/api/v1/plans/9/readiness", null, Ct);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task ArmedThoughNotReady_IsTold()
    {
        _lab.Token.User!.Rights.Grant("/vms", true); // not null: a token's; its rights are gone
        await _admin.PostAsync("/api/v1/plans/1/readiness", null, Ct);
        var watch = _app.Get<ReadinessWatch>();
        watch.Look();
        using (var armed = await _admin.PostAsync("/api/v1/plans/1/arm", null, Ct))
            Assert.True(armed.IsSuccessStatusCode, await armed.Content.ReadAsStringAsync(Ct));
        watch.Look();
        watch.Look();
        var told = await _admin.GetFromJsonAsync<JsonNode>("/api/v1/events?q=armed%20and%20is%20not%20ready", Ct);
        Assert.Equal("plan.armedNotReady", (string?)Assert.Single(told!["items"]!.AsArray())!["type"]);
    }

    [Theory]
    [InlineData(true, 23.9, false)]
    [InlineData(true, 24, true)]
    [InlineData(false, 0.9, false)]
    [InlineData(false, 1, true)]
    public void IsDue_DailyWhenGood_HourlyWhenNot(bool good, double hours, bool due)
    {
        var state = good ? HostCheckState.Ok : HostCheckState.Failed;
        var last = new HostChecked(RunSamples.Noon, new HostProbe([ACheck.Of("login", state, "")]));
        Assert.Equal(due, HostCheckSchedule.IsDue(last, RunSamples.Noon.AddHours(hours)));
        Assert.True(HostCheckSchedule.IsDue(null, RunSamples.Noon));
    }

    private static string? AgentOf(JsonNode? ready) =>
        (string?)
            ready!["targets"]!.AsArray().Single(t => (string?)t!["target"]!["name"] == "web")!["checks"]!
                .AsArray()
                .Single(c => (string?)c!["aspect"] == "agent")!["state"]; // it has all of these

    private async Task<IReadOnlyList<JsonNode>> ReadinessAsync() =>
        [
            .. (await _admin.GetFromJsonAsync<JsonNode>("/api/v1/plans/1/readiness", Ct))!["targets"]!
                .AsArray()
                .OfType<JsonNode>(),
        ];

    private async Task PostAsync(string path, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await _admin.PostAsync($"/api/v1/{path}", content, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    private const string Plan = """
        {"name":"Cluster","upsIds":[1],"phases":[
          {"id":"guests","trigger":{"lowBattery":true},"steps":[{"target":{"guestsOf":1},"action":"shutdown"}]},
          {"id":"hosts","trigger":{"lowBattery":true},"steps":[{"target":{"hostId":1},"action":"shutdown"}]}]}
        """;
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace VmPowerManager.Tests.Plans;

/// <summary>Plans through the real API, against a UPS and a host that nobody answers for.</summary>
public sealed class PlanApiTests : IAsyncLifetime
{
    private RunningApp _app = null!; // InitializeAsync
    private HttpClient _admin = null!; // InitializeAsync
    private int _ups;
    private int _host;

    public async ValueTask InitializeAsync()
    {
        _app = await RunningApp.StartAsync();
        _admin = await _app.SignInAsync();
        _ups = await IdAsync(
            "ups",
            Json("""{"name":"rack-a","driver":"nut","nut":{"host":"127.0.0.1","port":9,"upsName":"a"}}""")
        );
        _host = await IdAsync(
            "hosts",
            Json(
                """{"name":"kvm1","platform":"ssh","ssh":{"host":"127.0.0.1","port":9,"userName":"root","password":"x"}}"""
            )
        );
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Create_Arm_Get_AnswersThePlanAsWritten()
    {
        var plan = await CreateAsync(Plan("Homelab"));
        Assert.False((bool?)plan["armed"]); // F1
        Assert.Equal(1, (int?)plan["revision"]);
        Assert.Equal("giveUp", (string?)plan["phases"]![0]!["steps"]![0]!["onTimeout"]);
        var armed = await _admin.PostAsync($"/api/v1/plans/{plan["id"]}/arm", null);
        Assert.Equal(HttpStatusCode.OK, armed.StatusCode);
        var list = await _admin.GetFromJsonAsync<JsonNode>("/api/v1/plans");
        Assert.True((bool?)list!["items"]![0]!["armed"]);
    }

    [Fact]
    public async Task Put_OfWhatGetAnswered_ChangesNothingButTheRevision_AndAMissingKeyKeeps()
    {
        var plan = await CreateAsync(Plan("Homelab"));
        var path = $"/api/v1/plans/{plan["id"]}";
        var same = await ReadAsync(await _admin.PutAsJsonAsync(path, plan));
        Assert.Equal(2, (int?)same["revision"]);
        Assert.Equal(plan["phases"]!.ToJsonString(), same["phases"]!.ToJsonString());
        var renamed = await ReadAsync(await _admin.PutAsJsonAsync(path, new { name = "Cellar" }));
        Assert.Equal("Cellar", (string?)renamed["name"]);
        Assert.Equal(plan["phases"]!.ToJsonString(), renamed["phases"]!.ToJsonString());
    }

    [Fact]
    public async Task Put_OfAnOlderRevision_409_AndWithoutOneItReplaces()
    {
        var plan = await CreateAsync(Plan("Homelab"));
        var path = $"/api/v1/plans/{plan["id"]}";
        Assert.Equal(
            HttpStatusCode.OK,
            (await _admin.PutAsJsonAsync(path, new { name = "One", revision = 1 })).StatusCode
        );
        var stale = await _admin.PutAsJsonAsync(path, new { name = "Two", revision = 1 });
        Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        Assert.Contains("revision 2", await stale.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var odd = await _admin.PutAsJsonAsync(path, new { name = "Two", revision = "new" });
        Assert.Equal(HttpStatusCode.BadRequest, odd.StatusCode);
        Assert.Equal(
            "Three",
            (string?)(await ReadAsync(await _admin.PutAsJsonAsync(path, new { name = "Three" })))["name"]
        );
    }

    [Theory]
    [InlineData("name", "name", """ "" """)]
    [InlineData("upsIds", "upsIds", "[99]")]
    [InlineData("minSupplies", "minSupplies", "0")]
    [InlineData("phases", "phases", "[]")]
    [InlineData(
        "phases",
        "phases[0].steps[0].target.guestId",
        """[{"id":"a","steps":[{"target":{"guestId":77},"action":"shutdown"}]}]"""
    )]
    [InlineData(
        "phases",
        "phases[0].steps[0].action",
        """[{"id":"a","steps":[{"target":{"hostId":1},"action":"explode"}]}]"""
    )]
    [InlineData(
        "phases",
        "phases[0].steps[0].timeoutSeconds",
        """[{"id":"a","steps":[{"target":{"hostId":1},"action":"shutdown","timeoutSeconds":"soon"}]}]"""
    )]
    [InlineData("phases", "phases[0].steps[0].target", """[{"id":"a","steps":[{"target":{},"action":"shutdown"}]}]""")]
    [InlineData(
        "phases",
        "phases[0].trigger.chargeBelowPercent",
        """[{"id":"a","trigger":{"chargeBelowPercent":120},"steps":[{"target":{"hostId":1},"action":"shutdown"}]}]"""
    )]
    [InlineData(
        "phases",
        "phases[1].steps[0]",
        """[{"id":"a","steps":[{"target":{"hostId":1},"action":"shutdown"}]},{"id":"b","steps":[{"target":{"hostId":1},"action":"command","command":"x"}]}]"""
    )]
    public async Task Create_WithABadField_400NamesIt(string key, string field, string value)
    {
        var plan = Plan("Bad");
        plan[key] = JsonNode.Parse(value);
        var answer = await _admin.PostAsJsonAsync("/api/v1/plans", plan);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonNode>();
        Assert.Contains(field, problem!["errors"]!.AsObject().Select(e => e.Key));
        Assert.Empty((await _admin.GetFromJsonAsync<JsonNode>("/api/v1/plans"))!["items"]!.AsArray());
    }

    [Fact]
    public async Task Arm_PhaseWithoutTrigger_IsRefused()
    {
        var body = Plan("Homelab");
        body["phases"]![0]!["trigger"] = new JsonObject();
        var plan = await CreateAsync(body);
        var answer = await _admin.PostAsync($"/api/v1/plans/{plan["id"]}/arm", null);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode); // C2
        Assert.Contains("phases[0].trigger", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arm_SecondPlanOnTheSameHost_409NamesTheFirst()
    {
        var first = await CreateAsync(Plan("First"));
        await _admin.PostAsync($"/api/v1/plans/{first["id"]}/arm", null);
        var second = await CreateAsync(Plan("Second"));
        var answer = await _admin.PostAsync($"/api/v1/plans/{second["id"]}/arm", null);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode); // F2
        Assert.Contains("First", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Roles_ViewerReads_OperatorRehearses_OnlyAdministratorArms()
    {
        var plan = await CreateAsync(Plan("Homelab"));
        using var viewer = await _app.AddUserAsync("viewer@example.org", "Viewer");
        using var runner = await _app.AddUserAsync("operator@example.org", "Operator");
        var arm = $"/api/v1/plans/{plan["id"]}/arm";
        var runs = $"/api/v1/plans/{plan["id"]}/runs";
        Assert.Equal(HttpStatusCode.OK, (await viewer.GetAsync("/api/v1/plans")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsync(arm, null)).StatusCode);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await viewer.PostAsJsonAsync(runs, new { kind = "rehearsal" })).StatusCode
        );
        Assert.Equal(HttpStatusCode.Forbidden, (await runner.PostAsync(arm, null)).StatusCode);
        Assert.Equal(
            HttpStatusCode.Created,
            (await runner.PostAsJsonAsync(runs, new { kind = "rehearsal" })).StatusCode
        );
    }

    [Fact]
    public async Task Rehearsal_OfAHostThatIsAway_FailsInThePeersWords()
    {
        var plan = await CreateAsync(Plan("Homelab"));
        var run = await ReadAsync(
            await _admin.PostAsJsonAsync($"/api/v1/plans/{plan["id"]}/runs", new { kind = "rehearsal" })
        );
        var ended = await Until.TrueAsync(async () =>
        {
            var now = await _admin.GetFromJsonAsync<JsonNode>($"/api/v1/runs/{run["id"]}");
            return (string?)now!["state"] == "running" ? null : now;
        });
        Assert.Equal("failed", (string?)ended["state"]);
        Assert.Contains("refused", (string?)ended["steps"]![0]!["detail"], StringComparison.OrdinalIgnoreCase);
        var readiness = await _admin.GetFromJsonAsync<JsonNode>($"/api/v1/plans/{plan["id"]}/readiness");
        Assert.Equal("failed", (string?)readiness!["targets"]![0]!["state"]);
    }

    [Fact]
    public async Task State_Forecast_Problems_Answer()
    {
        var plan = await CreateAsync(Plan("Homelab"));
        var path = $"/api/v1/plans/{plan["id"]}";
        var state = await _admin.GetFromJsonAsync<JsonNode>($"{path}/state");
        Assert.Equal("kvm1", (string?)state!["targets"]![0]!["target"]!["name"]);
        Assert.False(string.IsNullOrEmpty((string?)state["explanation"]));
        var forecast = await _admin.GetFromJsonAsync<JsonNode>($"{path}/forecast");
        Assert.Equal(60, (double?)forecast!["neededSeconds"]);
        Assert.Null(forecast["availableSeconds"]);
        Assert.Empty((await _admin.GetFromJsonAsync<JsonNode>($"{path}/problems"))!["items"]!.AsArray());
    }

    [Fact]
    public async Task Delete_UpsOrHostThatAPlanNames_409()
    {
        await CreateAsync(Plan("Homelab"));
        Assert.Equal(HttpStatusCode.Conflict, (await _admin.DeleteAsync($"/api/v1/ups/{_ups}")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await _admin.DeleteAsync($"/api/v1/hosts/{_host}")).StatusCode);
    }

    [Fact]
    public async Task Run_OfAnotherPlanDealsWithTheTarget_409NamesIt()
    {
        var (first, second) = (await CreateAsync(Plan("Homelab")), await CreateAsync(Plan("Other")));
        await ReadAsync(await _admin.PostAsJsonAsync($"/api/v1/plans/{first["id"]}/runs", new { kind = "shutdown" }));
        foreach (var kind in new[] { "shutdown", "startup" })
        {
            var answer = await _admin.PostAsJsonAsync($"/api/v1/plans/{second["id"]}/runs", new { kind });
            var problem = await answer.ProblemAsync(409);
            Assert.Contains(
                "of \"Homelab\" deals with kvm1 now",
                problem.GetProperty("detail").GetString(),
                StringComparison.Ordinal
            );
        }
        // It only looks.
        await ReadAsync(await _admin.PostAsJsonAsync($"/api/v1/plans/{second["id"]}/runs", new { kind = "rehearsal" }));
    }

    [Fact]
    public async Task HoldAndRelease_ShowInTheState()
    {
        var plan = await CreateAsync(Plan("Homelab"));
        var path = $"/api/v1/plans/{plan["id"]}";
        var held = await ReadAsync(await _admin.PostAsJsonAsync($"{path}/hold", new { evenIfCritical = true }));
        Assert.Equal("held", (string?)held["stage"]);
        Assert.Equal(RunningApp.Email, (string?)held["hold"]!["by"]);
        var released = await ReadAsync(await _admin.PostAsync($"{path}/release", null));
        Assert.Null(released["hold"]);
        var past = await _admin.PostAsJsonAsync($"{path}/hold", new { holdUntil = "2020-01-01T00:00:00Z" });
        Assert.Equal(HttpStatusCode.BadRequest, past.StatusCode);
    }

    private JsonObject Plan(string name) =>
        Json(
            $$"""
            {"name":"{{name}}","upsIds":[{{_ups}}],
             "phases":[{"id":"hosts","name":"Hosts","trigger":{"lowBattery":true},
                        "steps":[{"target":{"hostId":{{_host}}},"action":"shutdown","timeoutSeconds":60}]}]}
            """
        );

    private async Task<JsonNode> CreateAsync(JsonObject plan)
    {
        var answer = await _admin.PostAsJsonAsync("/api/v1/plans", plan);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await ReadAsync(answer);
    }

    private async Task<int> IdAsync(string what, JsonObject body) =>
        (int)(await ReadAsync(await _admin.PostAsJsonAsync($"/api/v1/{what}", body)))["id"]!;

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using VmPowerManager.Lab.Proxmox;
using VmPowerManager.Plans;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Tests.Plans.Requests;

/// <summary>A step with a request through the whole program: saved, rehearsed without effect, run, and its secret shown
/// nowhere.</summary>
public sealed class RequestStepTests : IAsyncLifetime
{
    private const string Secret = "canary-secret-42";
    private readonly List<string> _got = [];
    private readonly HttpsDoor _door;
    private RunningApp _app = null!; // InitializeAsync
    private HttpClient _admin = null!; // InitializeAsync

    public RequestStepTests() =>
        _door = new HttpsDoor(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            _got.Add($"{context.Request.Headers.Authorization} {await reader.ReadToEndAsync()}");
            await context.Response.WriteAsync("thanks");
        });

    public async ValueTask InitializeAsync()
    {
        await _door.OpenAsync();
        _app = await RunningApp.StartAsync();
        _admin = await _app.SignInAsync();
        await PostAsync(
            "ups",
            """{"name":"rack-a","driver":"nut","nut":{"host":"127.0.0.1","port":9,"upsName":"a"}}"""
        );
        await PostAsync(
            "hosts",
            """{"name":"nas1","platform":"ssh","ssh":{"host":"127.0.0.1","port":9,"userName":"root","password":"x"}}"""
        );
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _app.DisposeAsync();
        await _door.DisposeAsync();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Step_IsRehearsedWithoutEffect_AndRunOnce_AndItsSecretIsShownNowhere()
    {
        var plan = await PostAsync("plans", Plan($"Bearer {Secret}"));
        var id = (int)plan["id"]!; // the API gave it

        var header = plan["phases"]![0]!["steps"]![0]!["http"]!["headers"]![0]!;
        Assert.True((bool?)header["hasValue"]);
        Assert.Null(header["sealed"]);
        Assert.Equal("succeeded", await RunAsync(id, "rehearsal"));
        Assert.Empty(_got);

        Assert.Equal("succeeded", await RunAsync(id, "shutdown"));

        Assert.Equal(
            $$"""Bearer {{Secret}} {"plan":"Home \"lab\"","charge":null,"target":"nas1"}""",
            Assert.Single(_got)
        );
        foreach (var path in new[] { "plans", $"plans/{id}", "runs", "events", $"plans/{id}/readiness" })
        {
            var shown = await _admin.GetStringAsync($"/api/v1/{path}", Ct);
            Assert.DoesNotContain("canary", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("CfDJ8", shown, StringComparison.Ordinal); // Data Protection's mark
        }
        var file = _app.Get<PlanQueries>().Export(_app.Get<PlanDirectory>().Find(id)!.Definition); // just saved
        Assert.DoesNotContain("CfDJ8", file, StringComparison.Ordinal);
        Assert.DoesNotContain(_app.Log.All, l => l.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Put_OfWhatGetAnswered_KeepsTheSecret_AndAnotherServerAsksForIt()
    {
        var plan = await PostAsync("plans", Plan($"Bearer {Secret}"));
        var path = $"/api/v1/plans/{plan["id"]}";

        var same = await JsonAsync(await _admin.PutAsJsonAsync(path, plan, Ct));
        Assert.True((bool?)Header(same)["hasValue"]);

        var moved = JsonNode.Parse(plan.ToJsonString().Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal));
        moved!["revision"] = null;
        var elsewhere = await JsonAsync(await _admin.PutAsJsonAsync(path, moved, Ct));
        Assert.False((bool?)Header(elsewhere)["hasValue"]);
        var armed = await _admin.PostAsync($"{path}/arm", null, Ct);
        Assert.Equal(HttpStatusCode.BadRequest, armed.StatusCode);
        Assert.Contains(
            "The secret value of Authorization is not stored here.",
            await armed.Content.ReadAsStringAsync(Ct),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Check_ShowsTheCertificate_AndSendsNothing()
    {
        var check = await PostAsync("plans/requests/check", $$"""{"url":"{{_door.BaseUrl}}/x"}""");

        Assert.True((bool?)check["ok"]);
        Assert.Equal(Fingerprints.Of(_door.Certificate), (string?)check["certificateFingerprint"]);
        Assert.Empty(_got);
        var wrong = await _admin.PostAsync("/api/v1/plans/requests/check", Json("""{"url":"nothing"}"""), Ct);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    private static JsonNode Header(JsonNode plan) => plan["phases"]![0]!["steps"]![0]!["http"]!["headers"]![0]!;

    private string Plan(string secret) =>
        new JsonObject
        {
            ["name"] = "Home \"lab\"",
            ["upsIds"] = new JsonArray(1),
            ["phases"] = new JsonArray(
                new JsonObject
                {
                    ["id"] = "a",
                    ["name"] = "A",
                    ["trigger"] = new JsonObject { ["onBatteryForSeconds"] = 300 },
                    ["steps"] = new JsonArray(
                        new JsonObject
                        {
                            ["target"] = new JsonObject { ["hostId"] = 1 },
                            ["action"] = "command",
                            ["timeoutSeconds"] = 20,
                            ["http"] = new JsonObject
                            {
                                ["url"] = $"{_door.BaseUrl}/hook/{{plan.name}}",
                                ["headers"] = new JsonArray(
                                    new JsonObject
                                    {
                                        ["name"] = "Authorization",
                                        ["secret"] = true,
                                        ["value"] = secret,
                                    }
                                ),
                                ["body"] =
                                    """{"plan": "{plan.name}", "charge": "{ups.charge}", "target": "{target.name}"}""",
                                ["expectText"] = "thanks",
                            },
                        }
                    ),
                }
            ),
        }.ToJsonString();

    /// <summary>Its state once it has ended.</summary>
    private async Task<string?> RunAsync(int plan, string kind)
    {
        var begun = await PostAsync($"plans/{plan}/runs", $$"""{"kind":"{{kind}}","now":true}""");
        JsonNode? run = null;
        await Soon.BecomesTrueAsync(
            async () =>
            {
                run = await _admin.GetFromJsonAsync<JsonNode>($"/api/v1/runs/{begun["id"]}", Ct);
                return (string?)run?["state"] != "running";
            },
            $"the {kind} has ended"
        );
        return (string?)run?["state"];
    }

    private async Task<JsonNode> PostAsync(string path, string body) =>
        await JsonAsync(await _admin.PostAsync($"/api/v1/{path}", Json(body), Ct));

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text) ?? throw new InvalidOperationException("null");
    }
}

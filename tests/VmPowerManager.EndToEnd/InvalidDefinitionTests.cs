using System.Net;
using System.Text.Json.Nodes;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>Definitions that cannot be: 400 with the field, 404 and 409 with what is missing or in the way.</summary>
public sealed class InvalidDefinitionTests(Lab lab) : Scenario(lab, "nut", "ssh")
{
    [Fact]
    public async Task Plan_WithUnknownTargets_NamesTheFields()
    {
        var text = await PlanRefusedAsync(Plan.Body("bad", [99], Plan.Phase("p", 1, Plan.Guest(77))));
        Assert.Contains("upsIds", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("77", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_WithAStepOnAHostAfterItsShutdown_IsRefused()
    {
        var ups = await AddUpsAsync();
        var host = await AddServerAsync("server1", ups);
        var text = await PlanRefusedAsync(
            Plan.Body(
                "bad",
                [ups],
                Plan.Phase("down", 1, Plan.Host(host)),
                Plan.Phase("late", 2, Plan.Command(host, "true"))
            )
        );
        Assert.Contains("phases[1]", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_ArmedWithAPhaseThatCannotTrigger_IsRefused()
    {
        var ups = await AddUpsAsync();
        var host = await AddServerAsync("server1", ups);
        var phase = Plan.Phase("never", null, Plan.Host(host));
        phase["trigger"] = new JsonObject();
        Assert.Contains("trigger", await PlanRefusedAsync(Plan.Body("bad", [ups], phase)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name": "", "driver": "nut", "nut": {"host": "h", "port": 3493, "upsName": "u"}}""", "name")]
    [InlineData("""{"name": "a", "driver": "pigeon"}""", "driver")]
    [InlineData("""{"name": "a", "driver": "nut"}""", "nut")]
    [InlineData("""{"name": "a", "driver": "nut", "nut": {"host": "h", "port": 70000, "upsName": "u"}}""", "port")]
    [InlineData(
        """{"name": "a", "driver": "nut", "pollSeconds": -1, "nut": {"host": "h", "upsName": "u"}}""",
        "pollSeconds"
    )]
    [InlineData("""{"name": "a", "driver": "nut", "nut": {"host": "h", "upsName": "x\nSET VAR u v"}}""", "upsName")]
    public async Task Ups_Invalid_NamesTheField(string body, string field)
    {
        var answer = await Api.SendAsync(HttpMethod.Post, "ups", JsonNode.Parse(body));
        answer.Problem(HttpStatusCode.BadRequest);
        var errors = answer.Body?["errors"]?.AsObject().Select(e => e.Key) ?? [];
        Assert.Contains(errors, e => e.EndsWith(field, StringComparison.OrdinalIgnoreCase));
        Assert.Empty(await Api.ListAsync("ups"));
    }

    [Theory]
    [InlineData("ups", "[1, 2")]
    [InlineData("plans", "{\"phases\": 7}")]
    [InlineData("hosts", "\"words\"")]
    [InlineData("auth/token", "")]
    public async Task MalformedJson_Is400(string path, string text)
    {
        using var client = new HttpClient();
        using var body = new StringContent(text, System.Text.Encoding.UTF8, "application/json");
        var token = (string?)(await Api.SignInAsync(AppProcess.Email, AppProcess.Password))["accessToken"];
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var answer = await client.PostAsync(new Uri(App.Url, "/api/v1/" + path), body, CancellationToken.None);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("ups/99")]
    [InlineData("hosts/99")]
    [InlineData("hosts/99/guests")]
    [InlineData("plans/99")]
    [InlineData("plans/99/state")]
    [InlineData("runs/99")]
    [InlineData("nothing")]
    public async Task Unknown_Is404(string path) =>
        (await Api.SendAsync(HttpMethod.Get, path)).Problem(HttpStatusCode.NotFound);

    [Fact]
    public async Task TargetOfAnArmedPlan_InAnotherArmedPlan_Is409NamingTheFirst()
    {
        var ups = await AddUpsAsync();
        var host = await AddServerAsync("server1", ups);
        await AddPlanAsync(Plan.Body("first-owner", [ups], Plan.Phase("down", 1, Plan.Host(host))));
        var second = Plan.Body("second", [ups], Plan.Phase("down", 1, Plan.Host(host)));
        var answer = await Api.SendAsync(HttpMethod.Post, "plans", second);
        Assert.Contains("first-owner", answer.Problem(HttpStatusCode.Conflict), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_NeverComeBack()
    {
        var ups = await AddUpsAsync();
        var host = await AddServerAsync("server1", ups);
        var shown =
            (await Api.GetAsync($"ups/{ups}")).ToJsonString() + (await Api.GetAsync($"hosts/{host}")).ToJsonString();
        Assert.DoesNotContain("adminpass", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", shown, StringComparison.Ordinal);
        Assert.Contains("\"hasPassword\":true", shown, StringComparison.Ordinal);
        var files = Directory.EnumerateFiles(App.DataPath, "*", SearchOption.AllDirectories);
        Assert.All(files, f => Assert.DoesNotContain("adminpass", ReadShared(f), StringComparison.Ordinal));
        Assert.DoesNotContain("adminpass", App.Log, StringComparison.Ordinal);
    }

    private async Task<string> PlanRefusedAsync(JsonObject body)
    {
        var answer = await Api.SendAsync(HttpMethod.Post, "plans", body);
        var text = answer.Problem(HttpStatusCode.BadRequest);
        Assert.NotEmpty(answer.Body?["errors"]?.AsObject() ?? []);
        Assert.Empty(await Api.ListAsync("plans"));
        return text;
    }

    private static string ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, System.Text.Encoding.Latin1);
        return reader.ReadToEnd();
    }
}

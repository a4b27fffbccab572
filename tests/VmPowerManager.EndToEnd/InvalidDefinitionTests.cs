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

    [Fact]
    public async Task MalformedJson_Is400()
    {
        (string Path, string Text)[] bodies =
        [
            ("ups", "[1, 2"),
            ("plans", "{\"phases\": 7}"),
            ("hosts", "\"words\""),
            ("auth/token", ""),
        ];
        foreach (var (path, text) in bodies)
            (await Api.SendTextAsync(path, text)).Problem(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Unknown_Is404()
    {
        string[] paths = ["ups/99", "hosts/99", "hosts/99/guests", "plans/99", "plans/99/state", "runs/99", "nothing"];
        foreach (var path in paths)
            (await Api.SendAsync(HttpMethod.Get, path)).Problem(HttpStatusCode.NotFound);
    }

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
        var files = Directory
            .EnumerateFiles(App.DataPath, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f) != "instance.lock"); // held so that nobody else opens it
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

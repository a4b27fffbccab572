using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace VmPowerManager.Tests.Runs;

/// <summary>Maintenance and planned runs through the real API (POLICY F5).</summary>
public sealed class MaintenanceApiTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vmpm-maintenance-").FullName;
    private RunningApp _app = null!; // InitializeAsync
    private HttpClient _admin = null!; // InitializeAsync
    private string _plan = "";
    private int _host;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await RunningApp.StartAsync(_folder);
        _admin = await _app.SignInAsync();
        var ups = await ReadAsync(
            await PostAsync(
                "/api/v1/ups",
                """{"name":"a","driver":"nut","nut":{"host":"127.0.0.1","port":9,"upsName":"a"}}"""
            )
        );
        var host = await ReadAsync(
            await PostAsync(
                "/api/v1/hosts",
                """{"name":"kvm1","platform":"ssh","ssh":{"host":"127.0.0.1","port":9,"userName":"root","password":"x"}}"""
            )
        );
        _host = (int)host["id"]!;
        var at = TimeProvider.System.GetUtcNow().AddHours(5);
        var plan = await ReadAsync(
            await PostAsync(
                "/api/v1/plans",
                $$"""
                {"name":"Homelab","upsIds":[{{ups[
                    "id"
                ]}}],"schedule":{"plannedAt":"{{at:O}}"},"phases":[{"id":"h","name":"Hosts",
                "trigger":{"lowBattery":true},"steps":[{"target":{"hostId":{{_host}}},"action":"shutdown"}]}]}
                """
            )
        );
        _plan = $"/api/v1/plans/{plan["id"]}";
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string body) =>
        await _admin.PostAsJsonAsync(path, JsonNode.Parse(body), Ct);

    private async Task<HttpResponseMessage> DeleteAsync(string path) =>
        await _admin.DeleteAsync(new Uri(path, UriKind.Relative), Ct);

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    [Fact]
    public async Task Maintenance_BeginsAndEnds_WithoutANewRevision_AndSurvivesARestart()
    {
        var body = $$"""{"minutes":30,"targets":[{"hostId":{{_host}}}],"reason":"new disks"}""";
        var state = await ReadAsync(await PostAsync($"{_plan}/maintenance", body));
        Assert.Equal("kvm1", (string?)state["maintenance"]!["targets"]![0]);
        Assert.Equal("new disks", (string?)state["maintenance"]!["reason"]);
        Assert.Contains("maintenance", (string)state["explanation"]!, StringComparison.Ordinal);
        state = await ReadAsync(await PostAsync($"{_plan}/maintenance", """{"minutes":30}"""));
        Assert.Equal("maintenance", (string?)state["stage"]);
        Assert.Equal(
            1,
            (int?)(await ReadAsync(await _admin.GetAsync(new Uri(_plan, UriKind.Relative), Ct)))["revision"]
        );

        _admin.Dispose();
        await _app.DisposeAsync();
        _app = await RunningApp.StartAsync(_folder, setUp: false);
        _admin = await _app.SignInAsync();
        await Soon.BecomesTrueAsync(
            async () =>
                await _admin.GetAsync(new Uri($"{_plan}/state", UriKind.Relative), Ct)
                    is { IsSuccessStatusCode: true } answer
                && (await ReadAsync(answer))["maintenance"] is not null,
            "the maintenance is known again"
        );
        state = await ReadAsync(await DeleteAsync($"{_plan}/maintenance"));
        Assert.Null(state["maintenance"]);
        Assert.Equal(HttpStatusCode.Conflict, (await DeleteAsync($"{_plan}/maintenance")).StatusCode);
    }

    [Theory]
    [InlineData("{}", "until")]
    [InlineData("""{"minutes":-1}""", "minutes")]
    [InlineData("""{"until":"2020-01-01T00:00:00Z"}""", "until")]
    [InlineData("""{"minutes":5,"targets":[{"hostId":99}]}""", "targets[0]")]
    [InlineData("""{"minutes":5,"targets":[{}]}""", "targets[0]")]
    public async Task Maintenance_OfAFault_NamesItsField(string body, string field)
    {
        using var answer = await PostAsync($"{_plan}/maintenance", body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonNode>(Ct);
        Assert.Equal([field], problem!["errors"]!.AsObject().Select(e => e.Key));
    }

    [Fact]
    public async Task Planned_IsShown_AndCalledOffOnce()
    {
        var state = await ReadAsync(await _admin.GetAsync(new Uri($"{_plan}/state", UriKind.Relative), Ct));
        Assert.False((bool?)state["planned"]!["willRun"]); // F1: not armed
        state = await ReadAsync(await DeleteAsync($"{_plan}/planned"));
        Assert.Null(state["planned"]);
        Assert.Equal(HttpStatusCode.Conflict, (await DeleteAsync($"{_plan}/planned")).StatusCode);
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using VmPowerManager.Events;
using VmPowerManager.Ups.Canaries;

namespace VmPowerManager.Tests.Ups.Canaries;

/// <summary>API.md: Canaries, over HTTP; POLICY A9: what they say reaches plans and people.</summary>
public sealed class CanaryTests : IAsyncLifetime
{
    private RunningApp _app = null!; // InitializeAsync
    private HttpClient _admin = null!; // InitializeAsync
    private int _ups;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await RunningApp.StartAsync();
        _admin = await _app.SignInAsync();
        var ups = new
        {
            host = "127.0.0.1",
            port = 9,
            upsName = "a",
        };
        var created = await PostAsync(
            "ups",
            new
            {
                name = "rack-a",
                driver = "nut",
                circuit = "house",
                nut = ups,
            }
        );
        Assert.Equal("house", (string?)created["circuit"]);
        _ups = (int)created["id"]!;
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _app.DisposeAsync();
    }

    private async Task<JsonNode> PostAsync(string path, object body)
    {
        using var answer = await _admin.PostAsJsonAsync($"/api/v1/{path}", body, Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>Until the canary was asked, and says so.</summary>
    private async Task<JsonNode> AskedAsync(int id, bool answers)
    {
        JsonNode? seen = null;
        await Soon.BecomesTrueAsync(
            async () =>
            {
                seen = await _admin.GetFromJsonAsync<JsonNode>($"/api/v1/canaries/{id}", Ct);
                return (bool?)seen?["state"]?["answers"] == answers;
            },
            $"canary {id}: {answers}"
        );
        return seen!;
    }

    private bool Told(string type) => _app.Get<EventLog>().Latest().Any(e => e.Type == type);

    [Fact]
    public async Task Canary_FromPostToDelete_HasTheShapesOfTheContract()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var body = new
        {
            name = "lamp",
            address = "127.0.0.1",
            method = "tcp",
            port,
            pollSeconds = 0.5,
            upsIds = new[] { _ups },
        };
        var test = await PostAsync("canaries/test", body);
        Assert.True((bool)test["answers"]!);
        var created = await PostAsync("canaries", body);
        string[] keys = ["id", "name", "address", "method", "port", "pollSeconds", "enabled", "upsIds", "state"];
        Assert.Equal(keys, created.AsObject().Select(p => p.Key));
        var id = (int)created["id"]!;

        var seen = await AskedAsync(id, answers: true);
        Assert.Equal(["answers", "since", "at", "words"], seen["state"]!.AsObject().Select(p => p.Key));
        await Until.TrueAsync(() => Task.FromResult(Told("canary.answers") ? "told" : null));

        listener.Stop(); // A closed port refuses: somebody with power says no.
        await Task.WhenAll(AskedAsync(id, answers: true));
        using var moved = await _admin.PutAsJsonAsync(
            $"/api/v1/canaries/{id}",
            new
            {
                name = "lamp",
                address = "nobody.invalid",
                method = "tcp",
                port,
            },
            Ct
        );
        Assert.Equal(HttpStatusCode.OK, moved.StatusCode);
        seen = await AskedAsync(id, answers: false);
        Assert.NotNull((string?)seen["state"]!["words"]);
        await Until.TrueAsync(() => Task.FromResult(Told("canary.silent") ? "told" : null));

        Assert.Equal(
            HttpStatusCode.NoContent,
            (await _admin.DeleteAsync(new Uri($"/api/v1/canaries/{id}", UriKind.Relative), Ct)).StatusCode
        );
        var list = await _admin.GetFromJsonAsync<JsonNode>("/api/v1/canaries", Ct);
        Assert.Empty(list!["items"]!.AsArray());
    }

    [Theory]
    [InlineData("""{"address":"192.0.2.1"}""", "name")]
    [InlineData("""{"name":"a"}""", "address")]
    [InlineData("""{"name":"a","address":"two words"}""", "address")]
    [InlineData("""{"name":"a","address":"192.0.2.1","method":"tcp"}""", "port")]
    [InlineData("""{"name":"a","address":"192.0.2.1","method":"smoke"}""", "method")]
    [InlineData("""{"name":"a","address":"192.0.2.1","pollSeconds":60}""", "pollSeconds")]
    [InlineData("""{"name":"a","address":"192.0.2.1","upsIds":[99]}""", "upsIds")]
    public async Task Create_OfAFault_NamesItsField(string body, string field)
    {
        using var answer = await _admin.PostAsJsonAsync("/api/v1/canaries", JsonNode.Parse(body), Ct);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonNode>(Ct);
        Assert.Contains(field, problem!["errors"]!.AsObject().Select(e => e.Key));
    }

    [Fact]
    public async Task Canary_NameTaken_OrInUseByAPlan_IsAConflict()
    {
        var lamp = await PostAsync(
            "canaries",
            new
            {
                name = "lamp",
                address = "127.0.0.1",
                method = "tcp",
                port = 9,
            }
        );
        using var again = await _admin.PostAsJsonAsync("/api/v1/canaries", new { name = "LAMP", address = "::1" }, Ct);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        await PlanAsync(new { canaries = new[] { (int)lamp["id"]! } });
        using var deleted = await _admin.DeleteAsync(new Uri($"/api/v1/canaries/{lamp["id"]}", UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.Conflict, deleted.StatusCode);
    }

    [Fact]
    public async Task Canary_OfAPlan_IsHeardByItsLoop()
    {
        var lamp = await PostAsync(
            "canaries",
            new
            {
                name = "lamp",
                address = "127.0.0.1",
                method = "tcp",
                port = 9,
            }
        );
        var plan = await PlanAsync(new { canaries = new[] { (int)lamp["id"]! } });
        var loops = _app.Get<VmPowerManager.Runs.PlanLoops>();
        await Soon.BecomesTrueAsync(
            () => Task.FromResult(loops.Find(plan)?.View.State.Canaries.Values.Any(c => c.Answers) == true),
            "the plan hears the canary"
        );
    }

    [Fact]
    public async Task Export_NamesCanaries_AndLeavesOutWhatIsOfThisCalendar()
    {
        var lamp = await PostAsync(
            "canaries",
            new
            {
                name = "lamp",
                address = "127.0.0.1",
                method = "tcp",
                port = 9,
            }
        );
        var soon = DateTimeOffset.UnixEpoch.AddYears(90);
        var plan = await PlanAsync(
            new
            {
                canaries = new[] { (int)lamp["id"]! },
                schedule = new { plannedAt = soon, rehearseAt = "03:00" },
                maintenance = new { until = soon },
            }
        );
        var entry = _app.Get<VmPowerManager.Plans.PlanDirectory>().Find(plan)!;
        var queries = _app.Get<VmPowerManager.Plans.PlanQueries>();
        var file = queries.Export(entry.Definition);
        Assert.Contains("lamp", file, StringComparison.Ordinal);
        var read = queries.Import(file).Plan;
        Assert.Equal([(int)lamp["id"]!], read.Canaries);
        Assert.Equal((null, null, "03:00"), (read.Maintenance, read.Schedule?.PlannedAt, read.Schedule?.RehearseAt)); // F1
    }

    private async Task<int> PlanAsync(object more)
    {
        var host = await PostAsync(
            "hosts",
            new
            {
                name = "kvm1",
                platform = "ssh",
                ssh = new
                {
                    host = "127.0.0.1",
                    port = 9,
                    userName = "root",
                    password = "x",
                },
            }
        );
        var plan = JsonNode
            .Parse(
                $$"""
                {"name":"Homelab","upsIds":[{{_ups}}],"phases":[{"id":"h","name":"Hosts","trigger":{"lowBattery":true},
                "steps":[{"target":{"hostId":{{host["id"]}}},"action":"shutdown"}]}]}
                """
            )!
            .AsObject();
        foreach (var (key, value) in System.Text.Json.JsonSerializer.SerializeToNode(more)!.AsObject().ToList())
            plan[key] = value?.DeepClone();
        return (int)(await PostAsync("plans", plan))["id"]!;
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("nobody.invalid", false)]
    public async Task Ping_AnswersOrSaysWhyNot(string address, bool answers)
    {
        var canary = new Canary
        {
            Id = 1,
            Name = "lamp",
            Address = address,
        };
        var words = await CanaryProbe.AskAsync(canary, TimeSpan.FromSeconds(5), TimeProvider.System, Ct);
        Assert.Equal(answers, words is null);
    }
}

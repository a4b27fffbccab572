using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using VmPowerManager.Events;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Ups.Discovery;

/// <summary>A search over HTTP, of devices that are where the test puts them.</summary>
public sealed class DiscoveryApiTests
{
    private const string Path = "/api/v1/ups/discover";
    private readonly SearchingUps _driver = new();

    [Fact]
    public async Task Search_FindsNamesAndMarksWhatIsConfigured()
    {
        _driver.Devices["10.9.0.7"] = SearchingUps.Ups("10.9.0.7", "rack-b");
        _driver.Devices["10.9.0.12"] = SearchingUps.Ups("10.9.0.12", "rack-a", "Needs a user name and a password");
        _driver.Breaks = "10.9.0.9";
        await using var app = await StartAsync();
        using var client = await app.SignInAsync();
        using var created = await client.PostAsJsonAsync(
            "/api/v1/ups",
            new
            {
                name = "known",
                driver = "fake",
                fake = new { host = "10.9.0.7" },
            }
        );
        created.EnsureSuccessStatusCode();

        var before = await client.GetFromJsonAsync<JsonElement>(Path);
        using var started = await client.PostAsJsonAsync(
            Path,
            new
            {
                range = "10.9.0.5-12",
                drivers = new[] { "fake" },
                ports = new { fake = new[] { 4000, 4001 } },
                communities = new[] { "lab" },
            }
        );
        var scan = await EndedAsync(client);

        Assert.Equal("none", before.GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        Assert.Equal("finished", scan.GetProperty("state").GetString());
        Assert.Equal((8, 8), (scan.GetProperty("addresses").GetInt32(), scan.GetProperty("asked").GetInt32()));
        Assert.Equal(RunningApp.Email, scan.GetProperty("startedBy").GetString());
        var found = scan.GetProperty("found").EnumerateArray().ToList();
        Assert.Equal(
            ["10.9.0.7", "10.9.0.7", "10.9.0.12", "10.9.0.12"],
            found.Select(f => f.GetProperty("address").GetString())
        );
        Assert.Equal("known", found[0].GetProperty("configuredAs").GetString());
        Assert.Equal(JsonValueKind.Null, found[2].GetProperty("configuredAs").ValueKind);
        Assert.Equal("Needs a user name and a password", found[2].GetProperty("needs").GetString());
        Assert.Equal("10.9.0.12", found[2].GetProperty("settings").GetProperty("host").GetString());
        Assert.DoesNotContain("s3cr3t", scan.GetRawText(), StringComparison.Ordinal);
        Assert.All(_driver.Asked, probe => Assert.Equal(["lab"], probe.Communities));
        Assert.Contains(app.Log.All, line => line.Contains("10.9.0.9", StringComparison.Ordinal));
        var told = app.Get<EventLog>().Latest().Where(e => e.Type.StartsWith("ups.search", StringComparison.Ordinal));
        Assert.Equal(["ups.searchStarted", "ups.searchEnded"], told.Select(e => e.Type));
        Assert.All(told, e => Assert.Equal(RunningApp.Email, e.Actor));
    }

    [Fact]
    public async Task Search_LargeRange_AsksABoundedNumberAtOnceAndStopsWhenTold()
    {
        _driver.Gate = new TaskCompletionSource();
        _driver.Devices["10.9.0.1"] = SearchingUps.Ups("10.9.0.1", "rack-a");
        await using var app = await StartAsync();
        using var client = await app.SignInAsync();

        using var started = await client.PostAsJsonAsync(Path, Body("10.9.0.0/20"));
        await Soon.BecomesTrueAsync(() => Task.FromResult(_driver.MostAtOnce == 64), "64 are asked at once");
        using var second = await client.PostAsJsonAsync(Path, Body("10.9.0.1"));
        using var stopped = await client.DeleteAsync(Path);
        var scan = await EndedAsync(client);
        using var none = await client.DeleteAsync(Path);

        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, stopped.StatusCode);
        Assert.Equal("cancelled", scan.GetProperty("state").GetString());
        Assert.Equal(4094, scan.GetProperty("addresses").GetInt32());
        Assert.Equal(64, _driver.Asked.Count);
        await second.ProblemAsync(409);
        await none.ProblemAsync(409);
    }

    [Theory]
    [InlineData("""{}""", "range")]
    [InlineData("""{"range": "10.0.0.0/8"}""", "range")]
    [InlineData("""{"range": "10.0.0.1", "drivers": ["telepathy"]}""", "drivers")]
    [InlineData("""{"range": "10.0.0.1", "drivers": []}""", "drivers")]
    [InlineData("""{"range": "10.0.0.1", "drivers": "nut"}""", "drivers")]
    [InlineData("""{"range": "10.0.0.1", "ports": {"nut": [0]}}""", "ports.nut")]
    [InlineData("""{"range": "10.0.0.1", "ports": {"nut": [1,2,3,4,5,6,7,8,9]}}""", "ports.nut")]
    [InlineData("""{"range": "10.0.0.1", "ports": {"nut": "3493"}}""", "ports.nut")]
    [InlineData("""{"range": "10.0.0.1", "communities": [1]}""", "communities")]
    public async Task Search_WrongBody_Is400AtTheField(string body, string field)
    {
        await using var app = await StartAsync();
        using var client = await app.SignInAsync();

        using var answer = await client.PostAsync(new Uri(Path, UriKind.Relative), Answers.Json(body));

        Assert.True((await answer.ProblemAsync(400)).GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Search_Operator_MayNeitherStartNorSee()
    {
        await using var app = await StartAsync();
        using var client = await app.AddUserAsync("operator@example.org", "Operator");

        using var start = await client.PostAsJsonAsync(Path, Body("10.9.0.1"));
        using var read = await client.GetAsync(Path);
        using var stop = await client.DeleteAsync(Path);

        Assert.All([start, read, stop], a => Assert.Equal(HttpStatusCode.Forbidden, a.StatusCode));
        Assert.Empty(_driver.Asked);
    }

    private Task<RunningApp> StartAsync() =>
        RunningApp.StartAsync(adjust: builder => builder.Services.AddSingleton<IUpsDriver>(_driver));

    private static object Body(string range) => new { range, drivers = new[] { "fake" } };

    internal static async Task<JsonElement> EndedAsync(HttpClient client)
    {
        JsonElement scan = default;
        await Soon.BecomesTrueAsync(
            async () =>
                (scan = await client.GetFromJsonAsync<JsonElement>(Path)).GetProperty("state").GetString()
                    is not ("none" or "running"),
            "the search ends"
        );
        return scan;
    }
}

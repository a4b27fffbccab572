using System.Net;
using System.Text.Json;
using VmPowerManager.Events;

namespace VmPowerManager.Tests.Events;

public sealed class EventsApiTests : IAsyncLifetime
{
    private RunningApp _app = null!;
    private HttpClient _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await RunningApp.StartAsync();
        _admin = await _app.SignInAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task List_Pages_CoverAllNewestFirst()
    {
        for (var i = 0; i < 7; i++)
            Append($"number {i}", source: "rack-a");

        var seen = new List<string?>();
        string? cursor = null;
        do
        {
            var page = await ListAsync($"source=rack-a&limit=3{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(Messages(page));
            cursor = page.GetProperty("nextCursor").GetString();
        } while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 7).Reverse().Select(i => $"number {i}"), seen);
    }

    [Theory]
    [InlineData("severity=critical", "burning")]
    [InlineData("severity=warning,critical", "burning", "smells")]
    [InlineData("severity=warning&severity=critical", "burning", "smells")]
    [InlineData("type=ups.onBattery", "smells")]
    [InlineData("type=ups.*", "burning", "smells")]
    [InlineData("q=SMELL", "smells")]
    [InlineData("q=100%25", "at 100% load")]
    [InlineData("q=%25%25%25")]
    [InlineData("source=rack-b&type=host.*", "at 100% load")]
    public async Task List_Filter_ChoosesTheSameStoredOrNot(string filter, params string[] expected)
    {
        Append("smells", Severity.Warning, "rack-a", "ups.onBattery");
        Append("burning", Severity.Critical, "rack-a", "ups.lowBattery");
        Append("at 100% load", Severity.Info, "rack-b", "host.refreshed");
        var mine = $"{filter}&from={DateTimeOffset.UnixEpoch:O}".Replace("+", "%2B", StringComparison.Ordinal);

        var before = Messages(await ListAsync(mine)).ToList();
        await Soon.BecomesTrueAsync(
            () => Task.FromResult(_app.Get<EventLog>().Unstored().Count == 0),
            "the events are stored"
        );
        var after = Messages(await ListAsync(mine)).ToList();

        Assert.Equal(expected, before);
        Assert.Equal(expected, after);
    }

    [Fact]
    public async Task List_Times_AreFromInclusiveToExclusive()
    {
        Append("now", source: "rack-a");
        var at = (await ListAsync("source=rack-a")).GetProperty("items")[0].GetProperty("at").GetString();
        var time = Uri.EscapeDataString(at!);

        Assert.Single(Messages(await ListAsync($"source=rack-a&from={time}")));
        Assert.Empty(Messages(await ListAsync($"source=rack-a&to={time}")));
    }

    [Theory]
    [InlineData("severity=loud", "severity")]
    [InlineData("severity=1", "severity")]
    [InlineData("cursor=x", "cursor")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("from=yesterday", "from")]
    public async Task List_BadFilter_Is400NamingIt(string query, string field)
    {
        var problem = await (await _admin.GetAsync($"/api/v1/events?{query}")).ProblemAsync(400);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.GetRawText());
    }

    [Fact]
    public async Task Csv_Formula_IsEscaped()
    {
        Append("=HYPERLINK(\"http://evil\")", source: "@rack, \"a\"");

        var answer = await _admin.GetAsync("/api/v1/events.csv?severity=critical");

        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        var lines = (await answer.Content.ReadAsStringAsync()).Split("\r\n");
        Assert.Equal("sequence,at,severity,type,source,message,actor,data", lines[0]);
        Assert.Contains(
            ",\"'@rack, \"\"a\"\"\",\"'=HYPERLINK(\"\"http://evil\"\")\",",
            lines[1],
            StringComparison.Ordinal
        );
        Assert.Equal("", lines[2]);
    }

    [Fact]
    public async Task Audit_Administrator_SeesWhoDidWhat_OthersAreRefused()
    {
        using var viewer = await _app.AddUserAsync("viewer@example.org", "viewer");

        var audit = await (await _admin.GetAsync("/api/v1/audit")).ReadJsonAsync();

        Assert.All(
            audit.GetProperty("items").EnumerateArray(),
            e => Assert.NotNull(e.GetProperty("actor").GetString())
        );
        Assert.Contains(
            audit.GetProperty("items").EnumerateArray(),
            e =>
                e.GetProperty("type").GetString() == "accounts.userCreated"
                && e.GetProperty("actor").GetString() == RunningApp.Email
        );
        await (await viewer.GetAsync("/api/v1/audit")).ProblemAsync(403);
        Assert.Equal(HttpStatusCode.OK, (await viewer.GetAsync("/api/v1/events")).StatusCode);
    }

    private long Append(
        string message,
        Severity severity = Severity.Critical,
        string source = "system",
        string type = "test.happened"
    ) => _app.Get<EventLog>().Append(new NewEvent(type, severity, source, message));

    private async Task<JsonElement> ListAsync(string query)
    {
        var answer = await _admin.GetAsync($"/api/v1/events?{query}");
        var json = await answer.ReadJsonAsync();
        Assert.True(answer.IsSuccessStatusCode, json.ToString());
        return json;
    }

    private static IEnumerable<string?> Messages(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("message").GetString());
}

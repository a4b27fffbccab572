using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VmPowerManager.Storage;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Battery;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Outages;
using VmPowerManager.Ups.Quality;

namespace VmPowerManager.Tests.Ups;

/// <summary>What was, over HTTP: outages, power quality, self-tests, battery, energy.</summary>
public sealed class UpsPastApiTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Outages_OfAllAndOfOne_NewestFirst()
    {
        await using var app = await StartAsync();
        using var client = await app.SignInAsync();
        var id = await AddAsync(client);
        await StoreAsync(
            app,
            [Outage(id, 0, ended: true), Outage(id, 60, ended: true), Outage(id + 1, 30, ended: false)]
        );

        var all = await ReadAsync(client, "/api/v1/outages?limit=2");
        Assert.Equal([60, 30], all.GetProperty("items").EnumerateArray().Select(Minutes));
        var rest = await ReadAsync(client, $"/api/v1/outages?cursor={all.GetProperty("nextCursor").GetString()}");
        Assert.Equal([0], rest.GetProperty("items").EnumerateArray().Select(Minutes));
        Assert.Equal(JsonValueKind.Null, rest.GetProperty("nextCursor").ValueKind);
        var mine = await ReadAsync(client, $"/api/v1/ups/{id}/outages");
        Assert.Equal([60, 0], mine.GetProperty("items").EnumerateArray().Select(Minutes));
        // What lasts is in every span that is not over before it begins.
        var late = await ReadAsync(client, "/api/v1/outages?from=2026-03-02T00:00:00Z");
        Assert.Equal(
            JsonValueKind.Null,
            Assert.Single(late.GetProperty("items").EnumerateArray()).GetProperty("endedAt").ValueKind
        );
        var one = await ReadAsync(client, $"/api/v1/outages/{rest.GetProperty("items")[0].GetProperty("id")}");
        Assert.Equal(40, one.GetProperty("lowestChargePercent").GetDouble());
        await (await client.GetAsync("/api/v1/outages/999")).ProblemAsync(404);
        await (await client.GetAsync("/api/v1/outages?cursor=x")).ProblemAsync(400);
    }

    [Fact]
    public async Task Past_OfAUps_HasItsShapes()
    {
        await using var app = await StartAsync();
        using var client = await app.SignInAsync();
        var path = $"/api/v1/ups/{await AddAsync(client)}";
        var recorder = app.Get<HistoryRecorder>();
        var sag = new InputEvent(InputSource.Voltage, InputEventKind.Sag, Noon)
        {
            End = Noon.AddSeconds(3),
            Seconds = 3,
            Extreme = 184,
            Nominal = 230,
            Reason = "=1+1",
        };
        recorder.Note(InputLog.Note(1, sag));
        recorder.Note(TestLog.Note(1, new SelfTest(Noon, TestOutcome.Failed, "bad", 8, true), TimeSpan.FromMinutes(5)));
        await app.Get<HistoryWriter>().StopAsync(TestContext.Current.CancellationToken); // all that waits is written

        var quality = await ReadAsync(client, $"{path}/power-quality?kind=sag,swell");
        var item = Assert.Single(quality.GetProperty("items").EnumerateArray());
        Assert.Equal(
            ("sag", 80, "V"),
            (
                item.GetProperty("kind").GetString(),
                item.GetProperty("percentOfNominal").GetDouble(),
                item.GetProperty("unit").GetString()
            )
        );
        var csv = (await client.GetStringAsync($"{path}/power-quality.csv")).Split("\r\n");
        Assert.Equal("sag,2026-03-01T12:00:00.000Z,2026-03-01T12:00:03.000Z,3,184,230,V,80,\"'=1+1\",false", csv[1]);
        var test = Assert.Single((await ReadAsync(client, $"{path}/self-tests")).GetProperty("items").EnumerateArray());
        Assert.Equal("failed", test.GetProperty("outcome").GetString());
        var battery = await ReadAsync(client, $"{path}/battery");
        Assert.Equal("replace", battery.GetProperty("need").GetString());
        Assert.Equal(
            "The last self-test failed (2026-03-01).",
            battery.GetProperty("reasons")[0].GetProperty("text").GetString()
        );
        var energy = await ReadAsync(client, $"{path}/energy?per=month&zone=Europe/Berlin");
        Assert.Equal(12, energy.GetProperty("items").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, energy.GetProperty("items")[0].GetProperty("wattHours").ValueKind);
    }

    [Theory]
    [InlineData("power-quality?kind=sag,nonsense", "kind")]
    [InlineData("power-quality?limit=0", "limit")]
    [InlineData("power-quality.csv?from=yesterday", "from")]
    [InlineData("self-tests?cursor=x", "cursor")]
    [InlineData("energy?per=week", "per")]
    [InlineData("energy?zone=Mars/Base", "zone")]
    [InlineData("energy?from=1980-01-01", "from")]
    [InlineData("energy?from=0001-01-01T00:00:00Z&to=0001-01-02T00:00:00Z&zone=Asia/Tokyo", "to")]
    [InlineData("energy?from=0001-01-01T00:00:00Z", "from")]
    [InlineData("energy?to=9999-12-31T23:00:00Z", "to")]
    public async Task Query_ThatIsWrong_IsRefusedByItsField(string query, string field)
    {
        await using var app = await StartAsync();
        using var client = await app.SignInAsync();
        var id = await AddAsync(client);

        var problem = await (await client.GetAsync($"/api/v1/ups/{id}/{query}")).ProblemAsync(400);

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _));
    }

    [Theory]
    [InlineData("/api/v1/outages")]
    [InlineData("/api/v1/ups/1/power-quality")]
    [InlineData("/api/v1/ups/1/energy")]
    public async Task Past_ForNobody_Is401(string path)
    {
        await using var app = await StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Client.GetAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData("outages")]
    [InlineData("power-quality")]
    [InlineData("power-quality.csv")]
    [InlineData("self-tests")]
    [InlineData("battery")]
    [InlineData("energy")]
    public async Task Past_OfNoUps_Is404(string what)
    {
        await using var app = await StartAsync();
        using var client = await app.SignInAsync();

        await (await client.GetAsync($"/api/v1/ups/99/{what}")).ProblemAsync(404);
    }

    private static Task<RunningApp> StartAsync() =>
        RunningApp.StartAsync(adjust: builder =>
            builder.Services.AddSingleton<IUpsDriver>(new FakeUps(TimeProvider.System))
        );

    private static async Task<int> AddAsync(HttpClient client)
    {
        var body = new
        {
            name = "rack-a",
            driver = "fake",
            fake = new { host = "10.0.0.1" },
        };
        using var answer = await client.PostAsJsonAsync("/api/v1/ups", body);
        return (await answer.ReadJsonAsync()).GetProperty("id").GetInt32();
    }

    private static async Task StoreAsync(RunningApp app, IEnumerable<OutageRow> rows)
    {
        await using var db = await app.Get<IDbContextFactory<AppDb>>().CreateDbContextAsync();
        db.AddRange(rows);
        await db.SaveChangesAsync();
    }

    private static OutageRow Outage(int upsId, int minute, bool ended) =>
        new()
        {
            UpsId = upsId,
            UpsName = $"ups-{upsId}",
            StartedAt = Noon.AddMinutes(minute),
            EndedAt = ended ? Noon.AddMinutes(minute + 5) : null,
            SecondsOnBattery = 300,
            LowestChargePercent = 40,
        };

    private static double Minutes(JsonElement outage) =>
        (outage.GetProperty("startedAt").GetDateTimeOffset() - Noon).TotalMinutes;

    private static Task<JsonElement> ReadAsync(HttpClient client, string path) =>
        client.GetFromJsonAsync<JsonElement>(path);
}

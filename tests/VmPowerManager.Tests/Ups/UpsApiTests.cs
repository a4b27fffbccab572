using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using VmPowerManager.Protocols;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Ups;

/// <summary>API.md: UPSes, over HTTP.</summary>
public sealed class UpsApiTests
{
    private static readonly string[] ReadingKeys =
    [
        "at ageSeconds comm status unknownFlags onBattery lowBattery critical masked fsdLatched onBatterySeconds",
        "batteryChargePercent batteryRuntimeSeconds batteryVoltage batteryTemperature inputVoltage inputFrequency",
        "outputVoltage loadPercent realPower vendor model serial firmware mib error estimated implausible variables",
    ];

    [Fact]
    public async Task Ups_FromPostToDelete_HasTheShapesOfTheContract()
    {
        var fake = new FakeUps(TimeProvider.System);
        fake.Writable.Add(new UpsWritable("ups.id", "a"));
        fake.Listed.Add(new UpsListed("ups1", "Rack A"));
        await using var app = await StartAsync(fake);
        using var client = await app.SignInAsync();

        using var created = await client.PostAsJsonAsync("/api/v1/ups", Body());
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var path = Assert.IsType<Uri>(created.Headers.Location).ToString();
        Assert.True((await JsonAsync(created)).GetProperty("fake").GetProperty("hasPassword").GetBoolean());

        var ups = await client.GetFromJsonAsync<JsonElement>(path);
        while (ups.GetProperty("reading").ValueKind == JsonValueKind.Null)
            ups = await client.GetFromJsonAsync<JsonElement>(path);
        var reading = ups.GetProperty("reading");
        Assert.Equal(ReadingKeys.SelectMany(k => k.Split(' ')), reading.EnumerateObject().Select(p => p.Name));
        Assert.Equal("ok", reading.GetProperty("comm").GetString());
        Assert.Equal(["OL"], reading.GetProperty("status").EnumerateArray().Select(s => s.GetString()));
        Assert.Equal(JsonValueKind.Null, reading.GetProperty("masked").ValueKind);

        var list = await client.GetFromJsonAsync<JsonElement>("/api/v1/ups");
        Assert.Equal(["items", "nextCursor"], list.EnumerateObject().Select(p => p.Name));
        var history = await client.GetFromJsonAsync<JsonElement>($"{path}/history?points=10");
        Assert.Equal(JsonValueKind.Array, history.GetProperty("items").ValueKind);
        var commands = await client.GetFromJsonAsync<JsonElement>($"{path}/commands");
        Assert.Equal("beeper.mute", commands.GetProperty("items")[0].GetProperty("name").GetString());
        using var ran = await client.PostAsJsonAsync($"{path}/commands", new { name = "beeper.mute" });
        Assert.Equal(HttpStatusCode.OK, ran.StatusCode);
        Assert.False((await JsonAsync(ran)).GetProperty("done").GetBoolean());
        var variables = await client.GetFromJsonAsync<JsonElement>($"{path}/variables");
        Assert.Equal(
            """{"name":"ups.id","value":"a","description":null,"kind":"text","choices":[],"bounds":[],"maxLength":200}""",
            variables.GetProperty("items")[0].GetRawText()
        );
        using var set = await client.PutAsJsonAsync($"{path}/variables", new { name = "ups.id", value = "b" });
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        using var listed = await client.PostAsJsonAsync(
            "/api/v1/ups/list",
            new { driver = "fake", fake = new { host = "h" } }
        );
        var found = (await JsonAsync(listed)).GetProperty("items")[0];
        Assert.Equal("""{"name":"ups1","description":"Rack A"}""", found.GetRawText());

        // What a GET answers may be sent back.
        using var put = await client.PutAsJsonAsync(path, ups);
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        using var deleted = await client.DeleteAsync(path);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Test_DeviceRefuses_Is422WithItsWordsAndStepAndSavesNothing()
    {
        var fault = new DeviceException(DeviceFault.Refused, "ERR UNKNOWN-UPS");
        await using var app = await StartAsync(new FakeUps(TimeProvider.System) { Fault = fault });
        using var client = await app.SignInAsync();

        using var answer = await client.PostAsJsonAsync("/api/v1/ups/test", Body());

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = await JsonAsync(answer);
        Assert.Equal("ERR UNKNOWN-UPS", problem.GetProperty("detail").GetString());
        Assert.Equal("connect", problem.GetProperty("failedStep").GetString());
        var list = await client.GetFromJsonAsync<JsonElement>("/api/v1/ups");
        Assert.Empty(list.GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("POST", "/api/v1/ups", """{"name": "a", "driver": "telepathy"}""", "driver")]
    [InlineData(
        "POST",
        "/api/v1/ups/test",
        """{"name": "a", "driver": "nut", "nut": {"host": "h", "upsName": "u", "tls": "maybe"}}""",
        "nut.tls"
    )]
    [InlineData("POST", "/api/v1/ups", """[]""", "")]
    public async Task Body_Wrong_Is400ThatNamesTheField(string method, string path, string body, string field)
    {
        await using var app = await StartAsync(new FakeUps(TimeProvider.System));
        using var client = await app.SignInAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = new StringContent(body, null, "application/json"),
        };

        using var answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await JsonAsync(answer)).GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Viewer_Reads_ButChangesNothing()
    {
        await using var app = await StartAsync(new FakeUps(TimeProvider.System));
        using var viewer = await app.AddUserAsync("viewer@example.org", "Viewer");

        using var read = await viewer.GetAsync("/api/v1/ups");
        using var write = await viewer.PostAsJsonAsync("/api/v1/ups", Body());
        using var nobody = await app.Client.GetAsync("/api/v1/ups");

        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, write.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
    }

    private static Task<RunningApp> StartAsync(FakeUps device) =>
        RunningApp.StartAsync(adjust: builder => builder.Services.AddSingleton<IUpsDriver>(device));

    private static object Body() =>
        new
        {
            name = "rack-a",
            driver = "fake",
            fake = new { host = "10.0.0.1", password = "s3cr3t" },
        };

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        await answer.Content.ReadFromJsonAsync<JsonElement>();
}

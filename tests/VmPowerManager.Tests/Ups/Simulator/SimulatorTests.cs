using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace VmPowerManager.Tests.Ups.Simulator;

/// <summary>The simulator in the running program: read by the real driver, marked wherever it appears.</summary>
public sealed class SimulatorTests
{
    [Fact]
    public async Task Off_ByDefault_NothingIsSimulated()
    {
        await using var app = await RunningApp.StartAsync();
        using var client = await app.SignInAsync();

        Assert.Empty(await ItemsAsync(client, "ups"));
        Assert.Empty(await ItemsAsync(client, "simulator/upses"));
        Assert.NotEmpty(await ItemsAsync(client, "simulator/scenarios"));
    }

    [Fact]
    public async Task On_AnOutageIsPlayed_TheDriverSeesItAndEverythingSaysSimulated()
    {
        await using var app = await StartAsync();
        using var client = await app.SignInAsync();
        var ups = await ReadAsync(client, "OL");
        Assert.True(ups.GetProperty("isSimulated").GetBoolean());
        Assert.Equal("Demo UPS 1", ups.GetProperty("name").GetString());

        var played = await PostAsync(client, "simulator/upses/1/script", new { scenario = "untilEmpty" });
        Assert.Equal("untilEmpty", played.GetProperty("script").GetProperty("name").GetString());
        await ReadAsync(client, "OB");

        var changed = await PostAsync(client, "simulator/upses/1/change", new { chargePercent = 5, loadWatts = 800 });
        Assert.True(changed.GetProperty("lowBattery").GetBoolean());
        await ReadAsync(client, "LB");

        var events = await ItemsAsync(client, "events");
        var told = events.Where(e => e.GetProperty("type").GetString()!.StartsWith("ups.on", StringComparison.Ordinal));
        Assert.All(told, e => Assert.StartsWith("Demo UPS 1 (simulated)", Message(e), StringComparison.Ordinal));
        Assert.Contains(events, e => Message(e) == "Demo UPS 1 (simulated): load 800 W, charge 5 %.");
    }

    [Fact]
    public async Task On_EveryOtherUpsIsReadBySnmp()
    {
        await using var app = await StartAsync(upses: 2);
        using var client = await app.SignInAsync();
        var ups = await ReadAsync(client, "OL", id: 2);
        Assert.Equal("snmp", ups.GetProperty("driver").GetString());
        Assert.Equal("rfc1628", ups.GetProperty("reading").GetProperty("mib").GetString());
        Assert.True(ups.GetProperty("isSimulated").GetBoolean());

        await PostAsync(client, "simulator/upses/2/change", new { mains = false });
        await ReadAsync(client, "OB", id: 2);
        await PostAsync(client, "ups/2/commands", new { name = "shutdown.return", value = "0" });

        var inside = await GetAsync(client, "simulator/upses/2");
        Assert.False(inside.GetProperty("outputOn").GetBoolean());
    }

    [Fact]
    public async Task Command_ThroughTheDriver_ReachesTheSimulatedDevice()
    {
        await using var app = await StartAsync();
        using var client = await app.SignInAsync();
        await ReadAsync(client, "OL");

        await PostAsync(client, "ups/1/commands", new { name = "test.battery.start.quick" });

        await ReadAsync(client, "TEST");
    }

    [Fact]
    public async Task Steps_OutOfBounds_AreRefusedByField()
    {
        await using var app = await StartAsync();
        using var client = await app.SignInAsync();

        var answer = await client.PostAsJsonAsync(
            "/api/v1/simulator/upses/1/script",
            new { steps = new object[] { new { afterSeconds = -1 }, new { change = new { loadWatts = -5 } } } }
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var errors = (await answer.ReadJsonAsync()).GetProperty("errors");
        Assert.True(errors.TryGetProperty("steps[0].afterSeconds", out _));
        Assert.True(errors.TryGetProperty("steps[1].change.loadWatts", out _));
    }

    [Fact]
    public async Task Viewer_MayLookAndNotPlay()
    {
        await using var app = await StartAsync();
        using var viewer = await app.AddUserAsync("viewer@example.org", "Viewer");

        Assert.Single(await ItemsAsync(viewer, "simulator/upses"));
        var answer = await viewer.PostAsJsonAsync("/api/v1/simulator/upses/1/change", new { mains = false });
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Mark_FollowsTheAddress()
    {
        await using var app = await StartAsync();
        using var client = await app.SignInAsync();
        var block = (await GetAsync(client, "ups/1")).GetProperty("nut");
        var port = block.GetProperty("port").GetInt32();

        var byHand = await PostAsync(client, "ups", Ups("mine", "localhost", port, "SIM1"));
        Assert.True(byHand.GetProperty("isSimulated").GetBoolean());
        var real = await PostAsync(client, "ups", Ups("Demo UPS 9", "127.0.0.1", port + 1, "sim1"));
        Assert.False(real.GetProperty("isSimulated").GetBoolean());

        var moved = await client.PutAsJsonAsync(
            $"/api/v1/ups/{byHand.GetProperty("id").GetInt32()}",
            Ups("mine", "192.0.2.1", 3493, "sim1")
        );
        Assert.False((await moved.ReadJsonAsync()).GetProperty("isSimulated").GetBoolean());
        var refused = await client.PostAsJsonAsync(
            $"/api/v1/simulator/upses/{real.GetProperty("id").GetInt32()}/change",
            new { mains = false }
        );
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
    }

    [Fact]
    public async Task SwitchedOff_ItsUpsesAreNotWatchedAndStayMarked_UntilItIsOnAgain()
    {
        var folder = RunningApp.NewFolder();
        try
        {
            await using (var app = await StartAsync(folder))
            {
                using var client = await app.SignInAsync();
                await ReadAsync(client, "OL");
            }
            await using (var app = await RunningApp.StartAsync(folder))
            {
                using var client = await app.SignInAsync();
                var left = await GetAsync(client, "ups/1");
                Assert.False(left.GetProperty("enabled").GetBoolean());
                Assert.True(left.GetProperty("isSimulated").GetBoolean());
            }
            await using (var app = await StartAsync(folder))
            {
                using var client = await app.SignInAsync();
                await ReadAsync(client, "OL");
                Assert.Single(await ItemsAsync(client, "ups"));
            }
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<RunningApp> StartAsync(string? folder = null, int upses = 1) =>
        RunningApp.StartAsync(folder, args: $"--Simulator:Upses={upses}");

    /// <summary>Waits until a UPS says a flag.</summary>
    private static async Task<JsonElement> ReadAsync(HttpClient client, string flag, int id = 1)
    {
        var ups = default(JsonElement);
        await Soon.BecomesTrueAsync(
            async () =>
            {
                ups = await GetAsync(client, $"ups/{id}");
                return ups.GetProperty("reading") is { ValueKind: JsonValueKind.Object } reading
                    && reading.GetProperty("status").EnumerateArray().Any(s => s.GetString() == flag);
            },
            $"the status {flag}"
        );
        return ups;
    }

    private static object Ups(string name, string host, int port, string upsName) =>
        new
        {
            name,
            driver = "nut",
            enabled = false,
            nut = new
            {
                host,
                port,
                upsName,
            },
        };

    private static string Message(JsonElement entry) => entry.GetProperty("message").GetString() ?? "";

    private static async Task<JsonElement> GetAsync(HttpClient client, string path) =>
        await (await client.GetAsync($"/api/v1/{path}")).ReadJsonAsync();

    private static async Task<JsonElement[]> ItemsAsync(HttpClient client, string path) =>
        [.. (await GetAsync(client, path)).GetProperty("items").EnumerateArray()];

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body) =>
        await (await client.PostAsJsonAsync($"/api/v1/{path}", body)).ReadJsonAsync();
}

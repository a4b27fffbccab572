using System.Net.Http.Json;
using System.Text.Json;

namespace VmPowerManager.Tests.Notifications;

public sealed class ChannelsApiTests : IAsyncLifetime
{
    private NotifyingApp _app = null!; // set before each test

    public async ValueTask InitializeAsync() => _app = await NotifyingApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Email_IsShownWithoutItsPassword_AndWithDefaults()
    {
        var added = await AddEmailAsync();
        var email = added.GetProperty("email");
        Assert.False(email.TryGetProperty("password", out _));
        Assert.True(email.GetProperty("hasPassword").GetBoolean());
        Assert.Equal(587, email.GetProperty("port").GetInt32());
        Assert.Equal("startTls", email.GetProperty("security").GetString());
        Assert.Equal("ops@example.org by mail.example.org", added.GetProperty("target").GetString());
        Assert.Equal("unknown", added.GetProperty("status").GetProperty("state").GetString());
        Assert.DoesNotContain("hunter2", added.GetRawText(), StringComparison.Ordinal);
        await (await SendAsync(HttpMethod.Post, "channels", Email())).ProblemAsync(409);
    }

    [Fact]
    public async Task NewChannel_HasTheUsualSubscriptions()
    {
        var id = (await AddEmailAsync()).GetProperty("id").GetInt32();
        var types = (await _app.ItemsAsync("subscriptions"))
            .Where(s => s.GetProperty("channelId").GetInt32() == id)
            .ToDictionary(
                s => s.GetProperty("eventType").GetString()!,
                s => s.GetProperty("minimumSeverity").GetString()
            );
        foreach (
            var wanted in (string[])
                ["ups.onBattery", "ups.onLine", "ups.commLost", "run.started", "run.ended", "step.failed"]
        )
            Assert.Equal("info", types[wanted]);
        Assert.Equal("critical", types["*"]);
    }

    [Fact]
    public async Task Password_LeftOutIsKept_EmptyClears_AndANewAddressAsksAgain()
    {
        var id = (await AddEmailAsync()).GetProperty("id").GetInt32();
        Assert.True(
            (await PutAsync(id, Email(password: null))).GetProperty("email").GetProperty("hasPassword").GetBoolean()
        );
        var moved = await SendAsync(HttpMethod.Put, $"channels/{id}", Email(password: null, host: "evil.example.org"));
        Assert.Contains(
            "email.password",
            (await moved.ProblemAsync(400)).GetProperty("errors").GetRawText(),
            StringComparison.Ordinal
        );
        var tested = await SendAsync(
            HttpMethod.Post,
            "channels/test",
            Email(password: null, host: "evil.example.org", id: id)
        );
        await tested.ProblemAsync(400);
        Assert.False(
            (await PutAsync(id, Email(password: ""))).GetProperty("email").GetProperty("hasPassword").GetBoolean()
        );
    }

    [Fact]
    public async Task Headers_AreKeptByName_AndNeverShown()
    {
        var added = await (
            await _app.PostAsync("channels", Hook("keep", [("X-Token", "t0ken"), ("X-Other", "0ther")]))
        ).ReadJsonAsync();
        Assert.DoesNotContain("t0ken", added.GetRawText(), StringComparison.Ordinal);
        var id = added.GetProperty("id").GetInt32();
        var changed = await PutAsync(id, Hook("keep", [("x-token", null), ("X-New", "n")]));
        Assert.Equal(
            """[{"name":"x-token","hasValue":true},{"name":"X-New","hasValue":true}]""",
            changed.GetProperty("webhook").GetProperty("headers").GetRawText()
        );
    }

    [Theory]
    [InlineData("email.host", "a b", null, null, null)]
    [InlineData("email.from", null, "nobody", null, null)]
    [InlineData("email.to[1]", null, null, "x", null)]
    [InlineData("email.security", null, null, null, "none")]
    [InlineData("email.security", null, null, null, "ssl")]
    public async Task WrongField_IsNamed(string field, string? host, string? from, string? to, string? security)
    {
        var body = new
        {
            name = "mail",
            kind = "email",
            email = new
            {
                host = host ?? "mail.example.org",
                userName = "u",
                from = from ?? "ups@example.org",
                to = new[] { "ops@example.org", to ?? "dev@example.org" },
                security = security ?? "startTls",
            },
        };
        var problem = await (await SendAsync(HttpMethod.Post, "channels", body)).ProblemAsync(400);
        Assert.Contains($"\"{field}\"", problem.GetProperty("errors").GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://example.org", "X-Ok", "webhook.url")]
    [InlineData("http://user:pass@example.org", "X-Ok", "webhook.url")]
    [InlineData("http://example.org", "Host", "webhook.headers[0].name")]
    [InlineData("http://example.org", "X-VmPowerManager-Delivery", "webhook.headers[0].name")]
    [InlineData("http://example.org", "a\nb", "webhook.headers[0].name")]
    public async Task WrongWebhook_IsNamed(string url, string header, string field)
    {
        var answer = await SendAsync(HttpMethod.Post, "channels", Hook("x", [(header, "v")], url));
        Assert.Contains(
            $"\"{field}\"",
            (await answer.ProblemAsync(400)).GetProperty("errors").GetRawText(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Test_OfUnsavedAndSaved_TellsThePeersWords()
    {
        await using var receiver = await Receiver.StartAsync();
        var good = await (await _app.PostAsync("channels/test", NotifyingApp.Webhook(receiver.Url))).ReadJsonAsync();
        Assert.Equal("HTTP 204 No Content", good.GetProperty("answer").GetString());
        Assert.True(Assert.Single(receiver.Got).Json.GetProperty("test").GetBoolean());
        Assert.Empty(await _app.ItemsAsync("channels"));
        receiver.Answer = Receiver.Status(500, "no coffee");
        var id = await _app.AddWebhookAsync(receiver.Url);
        var bad = await (await SendAsync(HttpMethod.Post, $"channels/{id}/test", new { })).ProblemAsync(422);
        Assert.Equal("HTTP 500 Internal Server Error: no coffee", bad.GetProperty("detail").GetString());
        Assert.Equal("send", bad.GetProperty("failedStep").GetString());
    }

    [Fact]
    public async Task Viewer_Reads_ButSeesNoUrlThatMayHoldAToken_AndChangesNothing()
    {
        var id = await _app.AddWebhookAsync("https://hooks.example.org/T0KEN/x");
        using var viewer = await _app.App.AddUserAsync("viewer@example.org", "viewer");
        var text = await viewer.GetStringAsync($"/api/v1/channels/{id}");
        Assert.DoesNotContain("T0KEN", text, StringComparison.Ordinal);
        Assert.Contains("https://hooks.example.org", text, StringComparison.Ordinal);
        Assert.Contains("T0KEN", await _app.Admin.GetStringAsync($"/api/v1/channels/{id}"), StringComparison.Ordinal);
        await viewer.GetStringAsync("/api/v1/deliveries");
        await (await viewer.PostAsJsonAsync("/api/v1/channels", NotifyingApp.Webhook("http://x"))).ProblemAsync(403);
        await (await viewer.PostAsync($"/api/v1/channels/{id}/test", null)).ProblemAsync(403);
        await (await viewer.DeleteAsync($"/api/v1/channels/{id}")).ProblemAsync(403);
        await (await viewer.PostAsync("/api/v1/deliveries/1/retry", null)).ProblemAsync(403);
        await (await _app.App.Client.GetAsync("/api/v1/channels")).ProblemAsync(401);
    }

    [Fact]
    public async Task Subscriptions_AreCreatedChangedAndDeleted()
    {
        var channelId = await _app.AddWebhookAsync("http://127.0.0.1:9/");
        var body = new
        {
            channelId,
            eventType = "run.*",
            minimumSeverity = "warning",
        };
        var made = await (await _app.PostAsync("subscriptions", body)).ReadJsonAsync();
        await (await SendAsync(HttpMethod.Post, "subscriptions", body)).ProblemAsync(409);
        await (
            await SendAsync(HttpMethod.Post, "subscriptions", new { channelId = 99, eventType = "run.*" })
        ).ProblemAsync(400);
        await (await SendAsync(HttpMethod.Post, "subscriptions", new { channelId, eventType = "*.x" })).ProblemAsync(
            400
        );
        var id = made.GetProperty("id").GetInt32();
        var changed = await SendAsync(HttpMethod.Put, $"subscriptions/{id}", new { eventType = "plan.*" });
        Assert.Equal("plan.*", (await changed.ReadJsonAsync()).GetProperty("eventType").GetString());
        (await _app.Admin.DeleteAsync($"/api/v1/subscriptions/{id}")).EnsureSuccessStatusCode();
        await (await _app.Admin.GetAsync($"/api/v1/subscriptions/{id}")).ProblemAsync(404);
    }

    [Fact]
    public async Task Deliveries_ComeInPages_AndByState()
    {
        await using var receiver = await Receiver.StartAsync();
        await _app.AddWebhookAsync(receiver.Url, subscriptions: new[] { new { eventType = "test.*" } });
        for (var i = 0; i < 5; i++)
            _app.Append("test.happened", message: $"Number {i}.");
        await Soon.BecomesTrueAsync(
            async () => (await _app.ItemsAsync("deliveries?state=delivered")).Count == 5,
            "five"
        );
        var first = await _app.GetAsync("deliveries?limit=2");
        var second = await _app.GetAsync($"deliveries?limit=2&cursor={first.GetProperty("nextCursor").GetString()}");
        Assert.Equal(["Number 4", "Number 3", "Number 2", "Number 1"], [.. Titles(first), .. Titles(second)]);
        Assert.Empty(await _app.ItemsAsync("deliveries?state=givenUp"));
        await (await _app.Admin.GetAsync("/api/v1/deliveries?state=lost")).ProblemAsync(400);
        await (await _app.Admin.GetAsync("/api/v1/deliveries?cursor=x")).ProblemAsync(400);
    }

    private static IEnumerable<string> Titles(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(d => d.GetProperty("title").GetString()!.Split(": ")[^1]);

    private async Task<JsonElement> AddEmailAsync() =>
        await (await _app.PostAsync("channels", Email())).ReadJsonAsync();

    private async Task<JsonElement> PutAsync(int id, object body)
    {
        var answer = await SendAsync(HttpMethod.Put, $"channels/{id}", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.ReadJsonAsync();
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object body) =>
        _app.Admin.SendAsync(new HttpRequestMessage(method, $"/api/v1/{path}") { Content = JsonContent.Create(body) });

    private static object Email(string? password = "hunter2", string host = "mail.example.org", int? id = null) =>
        new
        {
            id,
            name = "mail",
            kind = "email",
            email = new
            {
                host,
                userName = "ups",
                password,
                from = "ups@example.org",
                to = new[] { "ops@example.org" },
            },
        };

    private static object Hook(
        string name,
        (string Name, string? Value)[] headers,
        string url = "http://127.0.0.1:9/"
    ) =>
        new
        {
            name,
            kind = "webhook",
            webhook = new { url, headers = headers.Select(h => new { name = h.Name, value = h.Value }) },
        };
}

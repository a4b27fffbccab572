using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using VmPowerManager.Events;
using VmPowerManager.Notifications;
using VmPowerManager.Tests.Accounts;

namespace VmPowerManager.Tests.Notifications;

/// <summary>Events to a real web server and back to what people see of it.</summary>
public sealed class WebhookTests
{
    [Fact]
    public async Task Event_IsPosted_AsDocumented()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = await NotifyingApp.StartAsync(
            null,
            "--Site:BaseUrl=https://power.example.org/ups",
            "--Site:TimeZone=Europe/Berlin"
        );
        await app.PostAsync(
            "channels",
            new
            {
                name = "hook",
                kind = "webhook",
                webhook = new
                {
                    url = receiver.Url,
                    secret = "s3cret",
                    headers = new[] { new { name = "Authorization", value = "Bearer abc" } },
                },
                subscriptions = new[] { new { eventType = "ups.*", minimumSeverity = "warning" } },
            }
        );
        app.Append("ups.flicker", Severity.Info);
        var sequence = app
            .App.Get<EventLog>()
            .Append(
                new NewEvent("ups.onBattery", Severity.Warning, "rack-a", "rack-a: On battery.")
                {
                    Data = new
                    {
                        BatteryChargePercent = 95.04,
                        BatteryRuntimeSeconds = 750,
                        Status = new[] { "OB", "DISCHRG" },
                    },
                }
            );
        var delivery = await app.DeliveryAsync("delivered");

        var got = Assert.Single(receiver.Got);
        Assert.Equal("/hook", got.Path);
        Assert.Equal("application/json; charset=utf-8", got.Headers["Content-Type"]);
        Assert.Equal("Bearer abc", got.Headers["Authorization"]);
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes("s3cret"), Encoding.UTF8.GetBytes(got.Body));
        Assert.Equal($"sha256={Convert.ToHexStringLower(signature)}", got.Headers["X-VmPowerManager-Signature"]);
        Assert.Equal(got.Json.GetProperty("id").GetString(), got.Delivery);
        Assert.EndsWith($"-{sequence}-1", got.Delivery, StringComparison.Ordinal);
        Assert.Equal("[WARNING] rack-a: On battery", got.Title);
        Assert.Equal("warning", got.Json.GetProperty("severity").GetString());
        Assert.False(got.Json.GetProperty("test").GetBoolean());
        Assert.Equal("https://power.example.org/ups/events", got.Json.GetProperty("link").GetString());
        Assert.Equal(sequence, got.Json.GetProperty("event").GetProperty("sequence").GetInt64());
        var text = got.Json.GetProperty("text").GetString()!;
        foreach (
            var words in (string[])
                ["rack-a: On battery.", "Europe/Berlin (", " UTC)", "95 %", "12 min 30 s", "OB DISCHRG"]
        )
            Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.Equal("HTTP 204 No Content", delivery.GetProperty("answer").GetString());
        Assert.Equal(1, delivery.GetProperty("attempts").GetInt32());
    }

    [Theory]
    [InlineData(500, "HTTP 500 Internal Server Error: out of order")]
    [InlineData(404, "HTTP 404 Not Found: out of order")]
    [InlineData(401, "HTTP 401 Unauthorized: out of order")]
    [InlineData(429, "HTTP 429 Too Many Requests: out of order")]
    public async Task Receiver_SaysNo_IsShown_AndTriedAgain_UntilItWorks(int status, string words)
    {
        await using var receiver = await Receiver.StartAsync(Receiver.Status(status, "out of\r\norder"));
        await using var app = await NotifyingApp.StartAsync();
        var id = await app.AddWebhookAsync(receiver.Url, subscriptions: new[] { new { eventType = "test.*" } });
        app.Append("test.happened");
        var failed = await app.DeliveryAsync("failed");
        Assert.Equal(words, failed.GetProperty("lastError").GetString());
        Assert.NotEqual(JsonValueKind.Null, failed.GetProperty("nextTryAt").ValueKind);
        var channel = await app.GetAsync($"channels/{id}");
        Assert.Equal("failing", channel.GetProperty("status").GetProperty("state").GetString());
        Assert.Equal(words, channel.GetProperty("status").GetProperty("lastError").GetString());
        Assert.Single(await app.EventTypesAsync("notifications.failing"));

        receiver.Answer = null;
        var delivered = await app.DeliveryAsync("delivered");
        Assert.True(delivered.GetProperty("attempts").GetInt32() > 1);
        Assert.Single(receiver.Got.Select(g => g.Delivery).Distinct());
        await Soon.BecomesTrueAsync(
            async () => (await app.EventTypesAsync("notifications.working")).Count == 1,
            "it is told that it works again"
        );
    }

    [Fact]
    public async Task Receiver_Hangs_IsShown_AndDelaysNoOther()
    {
        await using var hung = await Receiver.StartAsync(http =>
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted)
        );
        await using var quick = await Receiver.StartAsync();
        await using var app = await NotifyingApp.StartAsync();
        var slow = await app.AddWebhookAsync(hung.Url, "slow", timeoutSeconds: 1);
        await app.AddWebhookAsync(quick.Url, "quick");
        app.Append("test.happened");
        await Soon.BecomesTrueAsync(
            () => Task.FromResult(quick.Got.Any(g => g.Title.Contains("It happened", StringComparison.Ordinal))),
            "quick"
        );
        var failed = await app.DeliveryAsync("failed", $"channelId={slow}");
        Assert.Equal("No answer within 1 s.", failed.GetProperty("lastError").GetString());
    }

    [Fact]
    public async Task Redirect_IsNotFollowed()
    {
        await using var elsewhere = await Receiver.StartAsync();
        await using var receiver = await Receiver.StartAsync(http =>
        {
            http.Response.Redirect(elsewhere.Url);
            return Task.CompletedTask;
        });
        await using var app = await NotifyingApp.StartAsync();
        await app.AddWebhookAsync(receiver.Url);
        app.Append("test.happened");
        var failed = await app.DeliveryAsync("failed");
        Assert.Contains(
            "redirects are not followed",
            failed.GetProperty("lastError").GetString(),
            StringComparison.Ordinal
        );
        Assert.Empty(elsewhere.Got);
    }

    [Fact]
    public async Task Receiver_NeverTakesThis_IsGivenUp_AndAPersonMayTryAgain()
    {
        await using var receiver = await Receiver.StartAsync(Receiver.Status(422, new string('x', 100_000)));
        await using var app = await NotifyingApp.StartAsync();
        await app.AddWebhookAsync(receiver.Url, subscriptions: new[] { new { eventType = "test.*" } });
        app.Append("test.happened");
        var given = await app.DeliveryAsync("givenUp");
        Assert.InRange(given.GetProperty("lastError").GetString()!.Length, 400, 600);
        Assert.Equal(JsonValueKind.Null, given.GetProperty("nextTryAt").ValueKind);
        Assert.Single(await app.EventTypesAsync("notifications.givenUp"));

        receiver.Answer = null;
        await app.PostAsync($"deliveries/{given.GetProperty("id").GetInt64()}/retry");
        var delivered = await app.DeliveryAsync("delivered");
        Assert.Equal(given.GetProperty("id").GetInt64(), delivered.GetProperty("id").GetInt64());
        Assert.Single(await app.ItemsAsync("audit?type=notifications.retried"));
        var again = await app.Admin.PostAsync($"/api/v1/deliveries/{given.GetProperty("id").GetInt64()}/retry", null);
        await again.ProblemAsync(409);
    }

    [Fact]
    public async Task FailingChannel_IsNotToldOfItself_ButOthersAre()
    {
        await using var broken = await Receiver.StartAsync(Receiver.Status(500));
        await using var works = await Receiver.StartAsync();
        await using var app = await NotifyingApp.StartAsync();
        await app.AddWebhookAsync(works.Url, "good");
        var bad = await app.AddWebhookAsync(broken.Url, "bad");
        app.Append("test.happened");
        await app.DeliveryAsync("failed", $"channelId={bad}");
        await Soon.BecomesTrueAsync(
            () =>
                Task.FromResult(
                    works.Got.Any(g =>
                        g.Title.Contains("bad: notifications are not delivered", StringComparison.Ordinal)
                    )
                ),
            "the other is told"
        );
        var toBad = await app.ItemsAsync($"deliveries?channelId={bad}");
        Assert.DoesNotContain(
            toBad,
            d => d.GetProperty("eventType").GetString()!.StartsWith("notifications.", StringComparison.Ordinal)
        );
        Assert.Single(await app.EventTypesAsync("notifications.*"));
    }

    [Fact]
    public async Task Receiver_QuotesWhatItWasSent_SecretsAreNotPassedOn()
    {
        await using var receiver = await Receiver.StartAsync(async http =>
        {
            http.Response.StatusCode = 404;
            await http.Response.WriteAsync(
                $"Cannot POST {http.Request.Path}{http.Request.QueryString} as {http.Request.Headers.Authorization}"
            );
        });
        await using var app = await NotifyingApp.StartAsync();
        var hook = new
        {
            url = $"{receiver.Url}/T0PSECRETT0KEN?key=0PENSESAME",
            headers = new[] { new { name = "Authorization", value = "Bearer abcdefghijk" } },
        };
        await app.PostAsync(
            "channels",
            new
            {
                name = "hook",
                kind = "webhook",
                webhook = hook,
            }
        );
        app.Append("test.happened", Severity.Critical);
        var told = (await app.DeliveryAsync("failed")).ToString();
        Assert.Contains("Cannot POST", told, StringComparison.Ordinal);
        told += string.Concat(await app.ItemsAsync("events?type=notifications.failing"));
        Assert.DoesNotContain("T0PSECRETT0KEN", told, StringComparison.Ordinal);
        Assert.DoesNotContain("0PENSESAME", told, StringComparison.Ordinal);
        Assert.DoesNotContain("abcdefghijk", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("viewer", false)]
    [InlineData("operator", true)]
    public async Task Delivery_OfWhatAPersonDid_NamesThePersonToThoseWhoAct(string role, bool seen)
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = await NotifyingApp.StartAsync();
        await app.AddWebhookAsync(receiver.Url, subscriptions: new[] { new { eventType = "test.*" } });
        using var reader = await app.App.AddUserAsync("reader@example.org", role);
        const string boss = "boss@example.org";
        app.App.Get<EventLog>().Append(new NewEvent("test.x", Severity.Info, boss, $"{boss} did x.") { Actor = boss });
        var id = (await app.DeliveryAsync("delivered")).GetProperty("id").GetInt64();
        await Soon.BecomesTrueAsync(
            () => Task.FromResult(app.App.Get<DeliveryBook>().Unstored().Count == 0),
            "it is stored"
        );
        foreach (var path in new[] { "deliveries", $"deliveries/{id}" })
        {
            var text = await reader.GetStringAsync($"/api/v1/{path}");
            Assert.Equal(seen, text.Contains("boss@", StringComparison.Ordinal));
            Assert.Contains("did x", text, StringComparison.Ordinal);
        }
    }
}

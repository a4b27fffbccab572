using Microsoft.Data.Sqlite;
using VmPowerManager.Events;
using VmPowerManager.Notifications;

namespace VmPowerManager.Tests.Notifications;

/// <summary>What outlives a restart, and what a database that is away must not stop.</summary>
public sealed class DurabilityTests : IDisposable
{
    private readonly string _folder = RunningApp.NewFolder();

    [Fact]
    public async Task Restart_WhileTheReceiverIsDown_LosesNothing_AndSendsNothingTwice()
    {
        await using var receiver = await Receiver.StartAsync(Receiver.Status(503));
        await using (var app = await NotifyingApp.StartAsync(_folder))
        {
            await app.AddWebhookAsync(receiver.Url, subscriptions: new[] { new { eventType = "test.*" } });
            for (var i = 0; i < 20; i++)
                app.Append("test.happened", message: $"Number {i}.");
            await app.DeliveryAsync("failed");
        }
        receiver.Answer = null;
        var before = receiver.Got.Count;
        await using var again = await NotifyingApp.StartAsync(_folder);
        await Soon.BecomesTrueAsync(() => Task.FromResult(receiver.Got.Count >= before + 20), "all arrive");
        await Soon.BecomesTrueAsync(
            async () => (await again.ItemsAsync("deliveries?state=delivered")).Count == 20,
            "all are shown as delivered"
        );
        var arrived = receiver.Got.Skip(before).ToList();
        Assert.Equal(20, arrived.Select(g => g.Delivery).Distinct().Count());
        Assert.Equal(20, arrived.Count);
    }

    [Fact]
    public async Task Crash_AfterAMessageWasStored_AndBeforeTheCursorWas_SendsNothingTwice()
    {
        await using var receiver = await Receiver.StartAsync();
        await using (var app = await NotifyingApp.StartAsync(_folder))
        {
            await app.AddWebhookAsync(receiver.Url, subscriptions: new[] { new { eventType = "test.*" } });
            app.Append("test.happened");
            await app.DeliveryAsync("delivered");
        }
        await using (var db = new SqliteConnection($"Data Source={Path.Combine(_folder, "app.db")};Pooling=False"))
        {
            await db.OpenAsync();
            await ExecuteAsync(db, "UPDATE Settings SET Value = '0' WHERE Key = 'notifications.cursor'");
        }
        await using var again = await NotifyingApp.StartAsync(_folder);
        again.Append("test.later");
        await Soon.BecomesTrueAsync(() => Task.FromResult(receiver.Got.Count >= 2), "the later one arrives");
        Assert.Equal(
            ["test.happened", "test.later"],
            receiver.Got.Select(g => g.Json.GetProperty("event").GetProperty("type").GetString())
        );
    }

    [Fact]
    public async Task NewChannel_GetsNothingOfBefore_AlsoAfterARestart()
    {
        await using var receiver = await Receiver.StartAsync();
        await using (var app = await NotifyingApp.StartAsync(_folder))
        {
            var before = app.Append("test.before");
            await Soon.BecomesTrueAsync(
                () => Task.FromResult(app.App.Get<DeliveryBook>().Cursor >= before),
                "it is told to those that there are"
            );
            await app.AddWebhookAsync(receiver.Url, subscriptions: new[] { new { eventType = "test.*" } });
        }
        await using var again = await NotifyingApp.StartAsync(_folder);
        again.Append("test.after");
        await again.DeliveryAsync("delivered");
        Assert.Equal(
            "test.after",
            Assert.Single(receiver.Got).Json.GetProperty("event").GetProperty("type").GetString()
        );
    }

    [Fact]
    public async Task DisabledChannel_GetsNothing_AndNothingLater()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = await NotifyingApp.StartAsync(_folder);
        var id = await app.AddWebhookAsync(receiver.Url, subscriptions: new[] { new { eventType = "test.*" } });
        await using var other = await Receiver.StartAsync();
        await app.AddWebhookAsync(other.Url, "other", subscriptions: new[] { new { eventType = "test.missed" } });
        await EnableAsync(app, id, receiver.Url, false);
        app.Append("test.missed");
        await Soon.BecomesTrueAsync(() => Task.FromResult(other.Got.Count == 1), "the event has been dealt with");
        await EnableAsync(app, id, receiver.Url, true);
        app.Append("test.wanted");
        await Soon.BecomesTrueAsync(() => Task.FromResult(receiver.Got.Count > 0), "what is wanted arrives");
        Assert.Equal(
            "test.wanted",
            Assert.Single(receiver.Got).Json.GetProperty("event").GetProperty("type").GetString()
        );
    }

    [Fact]
    public async Task LockedDatabase_DelaysTheRecord_NotTheMessage()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = await NotifyingApp.StartAsync(_folder);
        await app.AddWebhookAsync(receiver.Url, subscriptions: new[] { new { eventType = "test.*" } });
        await using (var other = new SqliteConnection($"Data Source={Path.Combine(_folder, "app.db")};Pooling=False"))
        {
            await other.OpenAsync();
            await ExecuteAsync(other, "BEGIN EXCLUSIVE");
            app.Append("test.happened", Severity.Critical);
            await Soon.BecomesTrueAsync(() => Task.FromResult(receiver.Got.Count == 1), "it arrives all the same");
            await ExecuteAsync(other, "ROLLBACK");
        }
        var delivered = await app.DeliveryAsync("delivered");
        await Soon.BecomesTrueAsync(async () => await StoredAsync() == 1, "it is stored afterwards");
        Assert.Equal(1, delivered.GetProperty("attempts").GetInt32());
        Assert.Single(receiver.Got);
    }

    [Fact]
    public async Task DeletedChannel_TakesWhatWaitedWithIt()
    {
        await using var receiver = await Receiver.StartAsync(Receiver.Status(500));
        await using var app = await NotifyingApp.StartAsync(_folder);
        var id = await app.AddWebhookAsync(receiver.Url);
        app.Append("test.happened");
        await app.DeliveryAsync("failed");
        (await app.Admin.DeleteAsync($"/api/v1/channels/{id}")).EnsureSuccessStatusCode();
        await Soon.BecomesTrueAsync(async () => (await app.ItemsAsync("deliveries")).Count == 0, "nothing is left");
        app.Append("test.happened");
        await app.AddWebhookAsync(receiver.Url, "other");
        app.Append("test.happened");
        Assert.NotEqual(id, (await app.DeliveryAsync("failed")).GetProperty("channelId").GetInt32());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task EnableAsync(NotifyingApp app, int id, string url, bool enabled)
    {
        using var content = System.Net.Http.Json.JsonContent.Create(
            new
            {
                name = "hook",
                kind = "webhook",
                enabled,
                webhook = new { url },
            }
        );
        (await app.Admin.PutAsync($"/api/v1/channels/{id}", content)).EnsureSuccessStatusCode();
    }

    private async Task<long> StoredAsync()
    {
        await using var db = new SqliteConnection($"Data Source={Path.Combine(_folder, "app.db")};Pooling=False");
        await db.OpenAsync();
        await using var command = db.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM NotificationDeliveries WHERE State = 'Delivered'";
        return (long)(await command.ExecuteScalarAsync() ?? 0L);
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}

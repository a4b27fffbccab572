using System.Net.Http.Json;
using System.Text.Json;
using VmPowerManager.Events;

namespace VmPowerManager.Tests.Notifications;

/// <summary>The running program with an administrator's client, and what tests of notifications do with it.</summary>
internal sealed class NotifyingApp(RunningApp app, HttpClient admin) : IAsyncDisposable
{
    public RunningApp App { get; } = app;
    public HttpClient Admin { get; } = admin;

    public static async Task<NotifyingApp> StartAsync(string? folder = null, params string[] args)
    {
        var app = await RunningApp.StartAsync(folder, args: args);
        return new NotifyingApp(app, await app.SignInAsync());
    }

    public async Task<int> AddWebhookAsync(
        string url,
        string name = "hook",
        object? subscriptions = null,
        int timeoutSeconds = 10
    )
    {
        var body = Webhook(url, name, subscriptions, timeoutSeconds);
        var added = await (await PostAsync("channels", body)).ReadJsonAsync();
        return added.GetProperty("id").GetInt32();
    }

    public static object Webhook(
        string url,
        string name = "hook",
        object? subscriptions = null,
        int timeoutSeconds = 10
    ) =>
        new
        {
            name,
            kind = "webhook",
            webhook = new { url, timeoutSeconds },
            subscriptions = subscriptions ?? new[] { new { eventType = "*" } },
        };

    public async Task<HttpResponseMessage> PostAsync(string path, object? body = null)
    {
        var answer = await Admin.PostAsJsonAsync($"/api/v1/{path}", body ?? new { });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return answer;
    }

    public async Task<JsonElement> GetAsync(string path) =>
        await (await Admin.GetAsync($"/api/v1/{path}")).ReadJsonAsync();

    public async Task<IReadOnlyList<JsonElement>> ItemsAsync(string path) =>
        [.. (await GetAsync(path)).GetProperty("items").EnumerateArray()];

    public long Append(string type, Severity severity = Severity.Warning, string message = "It happened.") =>
        App.Get<EventLog>().Append(new NewEvent(type, severity, "test", message));

    public Task<JsonElement> DeliveryAsync(string state, string query = "") =>
        FoundAsync(
            $"a delivery {state}",
            async () =>
                (await ItemsAsync($"deliveries?{query}")).Where(d => d.GetProperty("state").GetString() == state)
        );

    public async Task<IReadOnlyList<string>> EventTypesAsync(string type) =>
        [.. (await ItemsAsync($"events?type={type}")).Select(e => e.GetProperty("type").GetString()!)];

    private static async Task<JsonElement> FoundAsync(string what, Func<Task<IEnumerable<JsonElement>>> look)
    {
        JsonElement found = default;
        await Soon.BecomesTrueAsync(
            async () =>
            {
                found = (await look()).FirstOrDefault();
                return found.ValueKind == JsonValueKind.Object;
            },
            what
        );
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await App.DisposeAsync();
    }
}

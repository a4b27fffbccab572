using System.Net.Http.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Events;
using VmPowerManager.Lab.Proxmox;

namespace VmPowerManager.Tests.Runs;

/// <summary>The node that disarmed the HA of its cluster does not come back: another one arms it (C10).</summary>
public sealed class StrandedDebtTests : IAsyncLifetime
{
    private FakeCluster _lab = null!; // InitializeAsync
    private RunningApp _app = null!; // InitializeAsync
    private HttpClient _admin = null!; // InitializeAsync

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _lab = await FakeCluster.StartAsync("pve1", "pve2", "pve3");
        _lab.CephFlags = [];
        _lab.Add(
            new FakeGuest
            {
                Id = 100,
                Name = "web",
                Node = "pve1",
                HaWants = "started",
                ShutdownTakes = null,
            }
        );
        _app = await RunningApp.StartAsync();
        _admin = await _app.SignInAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _admin?.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
        await _lab.DisposeAsync();
    }

    [Theory]
    [InlineData("pve2", true)]
    [InlineData(null, false)] // nobody else is managed: it stays owed, and is shown
    public async Task NodeThatDisarmedIsLost_AnotherOneOfItsClusterArms(string? other, bool armed)
    {
        var ups = await PostAsync(
            "ups",
            """{"name":"rack-a","driver":"nut","nut":{"host":"127.0.0.1","port":9,"upsName":"a"}}"""
        );
        var pve1 = await HostAsync("pve1");
        var left = other is null ? pve1 : await HostAsync(other);
        var plan = await PostAsync(
            "plans",
            $$"""
            {"name":"Cluster","upsIds":[{{ups}}],"phases":[
              {"id":"ha","name":"HA","parallel":false,"trigger":{"lowBattery":true},"steps":[
                {"target":{"hostId":{{pve1}}},"action":"command","prepare":"haDisarmed","timeoutSeconds":60},
                {"target":{"hostId":{{pve1}}},"action":"command","prepare":"cephNoout","timeoutSeconds":60}]},
              {"id":"guests","name":"Guests","trigger":{"lowBattery":true},"steps":[
                {"target":{"guestsOf":{{pve1}}},"action":"shutdown","timeoutSeconds":5,"neverForce":true}]}]}
            """
        );
        var run = await PostAsync($"plans/{plan}/runs", """{"kind":"shutdown"}""");
        await Soon.BecomesTrueAsync(
            () => Task.FromResult(_lab.Ha.Armed == "disarmed" && _lab.Guests[100].Orders.Count > 0),
            "HA is disarmed, and the guest was asked",
            30
        );
        Assert.Equal(["noout"], _lab.CephFlags);
        await _lab.PowerOffAsync("pve1");
        Assert.Equal("failed", await EndedAsync(run));

        if (armed)
            await Until.TrueAsync(async () =>
            {
                // As it is every minute.
                using var seen = await _admin.PostAsync($"/api/v1/hosts/{left}/discover", null, Ct);
                return (await DebtsAsync()).Count == 0 ? "paid" : null;
            });
        else
            await Soon.BecomesTrueAsync(() => Task.FromResult(Lost("pve1")), "the node is seen to be lost", 30);

        Assert.Equal(armed ? ("armed", 0) : ("disarmed", 1), (_lab.Ha.Armed, _lab.CephFlags?.Count));
        Assert.Equal(armed ? 0 : 2, (await DebtsAsync()).Count);
        var told = _app.Get<EventLog>().Latest().Where(e => e.Type == "debt.otherWay").Select(e => e.Message).ToList();
        Assert.Equal(armed ? 2 : 0, told.Count);
        Assert.All(told, t => Assert.Contains("undone through pve2", t, StringComparison.Ordinal));
    }

    private bool Lost(string host) =>
        _app.Get<VmPowerManager.Hosts.IHostFeed>().Hosts.Any(h => h.Name == host && h.Fault is not null);

    private async Task<int> HostAsync(string node)
    {
        var id = await PostAsync(
            "hosts",
            $$"""
            {"name":"{{node}}","platform":"proxmox","https":{"baseUrl":"{{_lab.Node(node).Door.BaseUrl}}",
             "tokenId":"{{FakeCluster.TokenId}}","tokenSecret":"{{FakeCluster.Secret}}"} }
            """
        );
        using var answer = await _admin.PostAsync($"/api/v1/hosts/{id}/discover", null, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return id;
    }

    private async Task<string?> EndedAsync(int run) =>
        await Until.TrueAsync(async () =>
            (string?)(await _admin.GetFromJsonAsync<JsonNode>($"/api/v1/runs/{run}", Ct))!["state"] // it was begun
                is { } state
                    and not "running"
                ? state
                : null
        );

    private async Task<IReadOnlyList<JsonNode>> DebtsAsync() =>
        [.. (await _admin.GetFromJsonAsync<JsonNode>("/api/v1/debts", Ct))!["items"]!.AsArray().OfType<JsonNode>()];

    private async Task<int> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await _admin.PostAsync($"/api/v1/{path}", content, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return (int)(await answer.Content.ReadFromJsonAsync<JsonNode>(Ct))!["id"]!; // it was made
    }
}

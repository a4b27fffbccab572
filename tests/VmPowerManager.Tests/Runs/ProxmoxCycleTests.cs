using System.Net.Http.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Lab.Proxmox;

namespace VmPowerManager.Tests.Runs;

/// <summary>A cluster with HA goes down and comes back, through the real API and engine: disarmed before, armed after, nobody
/// fought, and nothing started without quorum (C3, C10, E4).</summary>
public sealed class ProxmoxCycleTests : IAsyncLifetime
{
    private FakeCluster _lab = null!; // InitializeAsync
    private RunningApp _app = null!; // InitializeAsync
    private HttpClient _admin = null!; // InitializeAsync
    private int _plan;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _lab = await FakeCluster.StartAsync("pve1", "pve2");
        _lab.Add(
            new FakeGuest
            {
                Id = 100,
                Name = "web",
                Node = "pve1",
                HaWants = "started",
            }
        );
        _lab.Add(
            new FakeGuest
            {
                Id = 101,
                Name = "hung",
                Node = "pve1",
                ShutdownTakes = null,
            }
        );
        _lab.Add(
            new FakeGuest
            {
                Id = 200,
                Name = "dns",
                Node = "pve2",
                Kind = "lxc",
            }
        );
        _app = await RunningApp.StartAsync();
        _admin = await _app.SignInAsync();
        var ups = await PostAsync(
            "ups",
            """{"name":"rack-a","driver":"nut","nut":{"host":"127.0.0.1","port":9,"upsName":"a"}}"""
        );
        var (pve1, pve2) = (await HostAsync("pve1"), await HostAsync("pve2"));
        var plan = $$"""
            {"name":"Cluster","upsIds":[{{ups}}],"phases":[
              {"id":"ha","name":"HA","trigger":{"lowBattery":true},"steps":[
                {"target":{"hostId":{{pve1}}},"action":"command","prepare":"haDisarmed","timeoutSeconds":60}]},
              {"id":"guests","name":"Guests","trigger":{"lowBattery":true},"steps":[
                {"target":{"guestsOf":{{pve1}}},"action":"shutdown","timeoutSeconds":8,"onTimeout":"forceOff"},
                {"target":{"guestsOf":{{pve2}}},"action":"shutdown","timeoutSeconds":8,"onTimeout":"forceOff"}]}]}
            """;
        _plan = await PostAsync("plans", plan);
    }

    public async ValueTask DisposeAsync()
    {
        _admin?.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
        await _lab.DisposeAsync();
    }

    [Fact]
    public async Task ClusterWithHa_GoesDownDisarmed_AndComesBackArmed()
    {
        Assert.Equal("succeeded", await RunAsync("""{"kind":"rehearsal"}"""));
        Assert.Equal("armed", _lab.Ha.Armed);
        Assert.All(_lab.Guests.Values, g => Assert.Empty(g.Orders));

        Assert.Equal("succeeded", await RunAsync("""{"kind":"shutdown"}"""));
        Assert.Equal("disarmed", _lab.Ha.Armed);
        Assert.All(_lab.Guests.Values, g => Assert.False(g.Running));
        Assert.Contains("stop", _lab.Guests[101].Orders); // its ladder, not HA, forced it
        Assert.DoesNotContain("stop", _lab.Guests[100].Orders);
        Assert.DoesNotContain(_lab.Tasks.All, t => t.Type == "hastop");
        var debt = Assert.Single(await DebtsAsync());
        Assert.Equal("haDisarmed", (string?)debt["kind"]);

        _lab.QuorumIs = false;
        var startup = await PostAsync($"plans/{_plan}/runs", """{"kind":"startup","force":true}""");
        var told = "";
        await Soon.BecomesTrueAsync(
            async () =>
                (told = (await RunAsync(startup)).ToJsonString()).Contains("has no quorum", StringComparison.Ordinal),
            () => $"the startup tells that it waits for quorum; it told {told}"
        );
        // Whoever was asked before that was seen has refused.
        Assert.DoesNotContain(_lab.Tasks.All, t => t.Type is "qmstart" or "vzstart");
        Assert.All(_lab.Guests.Values, g => Assert.False(g.Running));
        _lab.QuorumIs = null;
        Assert.Equal("succeeded", await EndedAsync(startup));
        Assert.All(_lab.Guests.Values, g => Assert.True(g.Running));
        await Until.TrueAsync(async () => (await DebtsAsync()).Count == 0 ? "paid" : null);
        Assert.Equal("armed", _lab.Ha.Armed);
    }

    private async Task<int> HostAsync(string node)
    {
        var door = _lab.Node(node).Door;
        var id = await PostAsync(
            "hosts",
            $$"""
            {"name":"{{node}}","platform":"proxmox","https":{"baseUrl":"{{door.BaseUrl}}",
             "tokenId":"{{FakeCluster.TokenId}}","tokenSecret":"{{FakeCluster.Secret}}"} }
            """
        );
        using var answer = await _admin.PostAsync($"/api/v1/hosts/{id}/discover", null, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return id;
    }

    private async Task<string?> RunAsync(string body) => await EndedAsync(await PostAsync($"plans/{_plan}/runs", body));

    private async Task<JsonNode> RunAsync(int run) =>
        (await _admin.GetFromJsonAsync<JsonNode>($"/api/v1/runs/{run}", Ct))!; // it was begun

    private async Task<string?> EndedAsync(int run) =>
        await Until.TrueAsync(async () =>
            (string?)(await RunAsync(run))["state"] is { } state and not "running" ? state : null
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

using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Lab;

namespace VmPowerManager.Tests.Runs;

/// <summary>A rehearsal and a fire drill with real guests, through the real API, sshd and libvirt.</summary>
public sealed class FireDrillTests(SshLab lab) : IAsyncLifetime
{
    private readonly List<string> _uuids = [];
    private RunningApp _app = null!; // InitializeAsync
    private HttpClient _admin = null!; // InitializeAsync
    private JsonNode _plan = null!; // InitializeAsync
    private Dictionary<string, int> _guests = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        lab.Require();
        Assert.SkipUnless(await LibvirtLab.StartAsync(lab.Folder), "libvirt or QEMU is not installed");
        foreach (var name in (string[])["canary", "other"])
        {
            var uuid = await LibvirtLab.DefineAsync(lab.Folder, $"h-{name}-{Guid.NewGuid():N}");
            _uuids.Add(uuid);
            await LibvirtLab.VirshAsync("start", uuid);
        }
        _app = await RunningApp.StartAsync();
        _admin = await _app.SignInAsync();
        var ups = await PostAsync(
            "ups",
            new
            {
                name = "rack-a",
                driver = "nut",
                nut = new
                {
                    host = "127.0.0.1",
                    port = 9,
                    upsName = "a",
                },
            }
        );
        var ssh = new
        {
            host = "127.0.0.1",
            port = lab.Port,
            userName = lab.User,
            privateKey = lab.Key("id_ed25519"),
            libvirtUri = LibvirtLab.Uri,
        };
        var host = await PostAsync(
            "hosts",
            new
            {
                name = "kvm1",
                platform = "libvirt",
                ssh,
            }
        );
        await PostAsync($"hosts/{host["id"]}/discover", new { });
        var listed = await _admin.GetFromJsonAsync<JsonNode>($"/api/v1/hosts/{host["id"]}/guests", Ct);
        _guests = listed!["items"]!
            .AsArray()
            .Where(g => _uuids.Contains((string)g!["externalId"]!))
            .ToDictionary(g => ((string)g!["externalId"]!), g => (int)g!["id"]!);
        var steps = _uuids.Select(u => new
        {
            target = new { guestId = _guests[u] },
            action = "shutdown",
            timeoutSeconds = 1,
            onTimeout = "forceOff",
        });
        object[] phases =
        [
            new
            {
                id = "lab",
                name = "Lab",
                trigger = new { lowBattery = true },
                steps,
            },
        ];
        _plan = await PostAsync(
            "plans",
            new
            {
                name = "Homelab",
                upsIds = new[] { (int)ups["id"]! },
                phases,
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        _admin?.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
        // Last: a drill that still runs would start them again.
        foreach (var uuid in _uuids)
            await LibvirtLab.RemoveAsync(uuid);
    }

    [Fact]
    public async Task Drill_OfAGuestThatAnotherPlansRunDealsWith_409()
    {
        var body = (JsonObject)_plan.DeepClone();
        body["name"] = "Other";
        var other = await PostAsync("plans", body);
        foreach (var step in _plan["phases"]![0]!["steps"]!.AsArray())
            step!["timeoutSeconds"] = 60; // it is not forced off before the other plan asks
        var slower = await _admin.PutAsJsonAsync($"/api/v1/plans/{_plan["id"]}", _plan, Ct);
        Assert.True(slower.IsSuccessStatusCode, await slower.Content.ReadAsStringAsync(Ct));
        var drill = new { kind = "shutdown", drill = new { guestId = _guests[_uuids[0]] } };
        await PostAsync($"plans/{_plan["id"]}/runs", drill);
        var answer = await _admin.PostAsJsonAsync($"/api/v1/plans/{other["id"]}/runs", drill, Ct);
        var problem = await answer.ProblemAsync(409);
        Assert.Contains(
            "of \"Homelab\" deals with",
            problem.GetProperty("detail").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Rehearsal_LooksAtEachGuest_AndTheReadinessSaysWhatItFound()
    {
        var path = $"/api/v1/plans/{_plan["id"]}";
        var before = await _admin.GetFromJsonAsync<JsonNode>($"{path}/readiness", Ct);
        Assert.Equal("neverRehearsed", (string?)before!["reasons"]![0]!["code"]);
        await LibvirtLab.RemoveAsync(_uuids[1]);
        await EndedAsync(await PostAsync($"plans/{_plan["id"]}/runs", new { kind = "rehearsal" }));
        var after = await _admin.GetFromJsonAsync<JsonNode>($"{path}/readiness", Ct);
        var targets = after!["targets"]!.AsArray();
        Assert.Equal("done", (string?)targets[0]!["state"]);
        Assert.Contains("guest agent does not answer", (string?)targets[0]!["detail"], StringComparison.Ordinal);
        Assert.Equal("failed", (string?)targets[1]!["state"]);
        Assert.Contains("not there any more", (string?)targets[1]!["detail"], StringComparison.Ordinal);
        Assert.Equal(0, (int?)after["score"]);
    }

    [Fact]
    public async Task Drill_StopsAndStartsTheCanary_AndTouchesNoOther()
    {
        var runs = $"plans/{_plan["id"]}/runs";
        var other = await LibvirtLab.VirshAsync("domstats", "--state", _uuids[1]);
        var drill = await PostAsync(runs, new { kind = "shutdown", drill = new { guestId = _guests[_uuids[0]] } });
        Assert.Equal("drill", (string?)drill["cause"]);
        var again = await _admin.PostAsJsonAsync(
            $"/api/v1/{runs}",
            new { kind = "shutdown", drill = new { guestId = _guests[_uuids[1]] } },
            Ct
        );
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        var result = await Until.TrueAsync(async () =>
        {
            var ready = await _admin.GetFromJsonAsync<JsonNode>($"/api/v1/plans/{_plan["id"]}/readiness", Ct);
            return ready!["lastDrill"] is { } shown && shown["startedInSeconds"] is not null ? shown : null;
        });
        Assert.True((double?)result["stoppedInSeconds"] > 0);
        Assert.Equal("running", (await LibvirtLab.VirshAsync("domstate", _uuids[0])).Trim());
        Assert.Equal(other, await LibvirtLab.VirshAsync("domstats", "--state", _uuids[1]));
        var listed = await _admin.GetFromJsonAsync<JsonNode>($"/api/v1/runs?planId={_plan["id"]}", Ct);
        Assert.Equal(["startup", "shutdown"], listed!["items"]!.AsArray().Select(r => (string?)r!["kind"]));
        Assert.All(listed["items"]!.AsArray(), r => Assert.Single(r!["steps"]!.AsArray()));
    }

    private async Task<JsonNode> PostAsync(string path, object body)
    {
        var answer = await _admin.PostAsJsonAsync($"/api/v1/{path}", body, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Ct))!; // answered
    }

    private Task<JsonNode> EndedAsync(JsonNode run) =>
        Until.TrueAsync(async () =>
        {
            var now = await _admin.GetFromJsonAsync<JsonNode>($"/api/v1/runs/{run["id"]}", Ct);
            return (string?)now!["state"] == "running" ? null : now;
        });
}

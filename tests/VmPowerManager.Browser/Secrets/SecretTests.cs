using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using VmPowerManager.Browser.Face;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;
using VmPowerManager.LabSecrets;

namespace VmPowerManager.Browser.Secrets;

/// <summary>Every secret that there is, planted and used, rightly and wrongly, at peers of which some quote whatever they are
/// sent. Afterwards none of them is in an argument of a process, in the environment of another program (but for ipmitool's
/// password), in the log, in an answer, in a page or what a browser was sent for it, or in a file as it is.</summary>
public sealed partial class SecretTests(Lab lab, Chromium chromium)
    : FaceScenario(lab, chromium, "nut", "snmp", "ssh", "smtp", "ipmi")
{
    private readonly Dictionary<string, string> _secrets = new(PlantedSecrets.Values);

    protected override Task<AppProcess> StartAppAsync() =>
        AppProcess.StartAsync(
            environment: new()
            {
                ["Setup__Email"] = AppProcess.Email,
                ["Setup__Password"] = AppProcess.Password,
                ["Logging__LogLevel__Default"] = "Trace",
                ["Logging__LogLevel__Microsoft.AspNetCore"] = "Debug",
                ["Logging__LogLevel__Microsoft.EntityFrameworkCore"] = "Debug",
            }
        );

    [Fact]
    public async Task PlantedSecrets_AreNowhereToBeSeen()
    {
        await using var parrot = new Parrot();
        await using var lines = new LineParrot();
        foreach (var (name, value) in House.Right(Lab))
            _secrets[name] = value;
        await AddPeopleAsync();
        var hunt = new SecretHunt(_secrets);
        var house = new House(Lab, PlantedSecrets.Values, parrot, lines);
        await using (var processes = new ProcessWatch(hunt, App.Pid))
        {
            await LiveAsync(house, hunt);
            Assert.True(processes.Programs.GetValueOrDefault("ipmitool"), "ipmitool was not seen with its password");
            Print($"{processes.Seen} processes, started by the program: {string.Join(", ", processes.Programs.Keys)}");
        }
        foreach (var name in (string[])["https.password", "https.tokenSecret", "webhook.headers"])
            Assert.Contains(PlantedSecrets.Values[name], parrot.Heard, StringComparison.Ordinal);
        await ReadApiAsync(hunt);
        await LookAtPagesAsync(hunt);
        hunt.Look("the log", App.Log);
        Assert.Equal(0, await App.StopAsync(60));
        foreach (var file in Directory.EnumerateFiles(App.DataPath, "*", SearchOption.AllDirectories))
            hunt.Look($"the file {Path.GetRelativePath(App.DataPath, file)}", await BytesAsync(file));
        Print($"{hunt.Looked / 1_000_000} MB looked at, of it {App.Log.Length / 1_000_000} MB of log");
        Assert.True(hunt.Found.Count == 0, string.Join('\n', hunt.Found));
    }

    /// <summary>A user, a token, a failed sign-in; what was given for them is secret from then on.</summary>
    private async Task AddPeopleAsync()
    {
        var password = _secrets["users.password"];
        await Api.PostAsync(
            "users",
            new
            {
                email = "viewer@lab.test",
                password,
                role = "Viewer",
            }
        );
        var viewer = await Api.SendAsync(HttpMethod.Post, "auth/token", new { email = "viewer@lab.test", password });
        _secrets["access token"] = Text(viewer.Ok(), "accessToken");
        _secrets["refresh token"] = Text(viewer.Ok(), "refreshToken");
        _secrets["API token"] = Text(await Api.PostAsync("tokens", new { name = "script", role = "Viewer" }), "token");
        using var script = new Api(App.Url);
        script.UseToken(_secrets["API token"]);
        await script.GetAsync("ups");
        (
            await Api.SendAsync(
                HttpMethod.Post,
                "auth/token",
                new { email = AppProcess.Email, password = _secrets["auth.password"] }
            )
        ).Problem(HttpStatusCode.Unauthorized);
    }

    /// <summary>All is configured, tested, and used as people and runs use it.</summary>
    private async Task LiveAsync(House house, SecretHunt hunt)
    {
        var upses = new List<int>();
        foreach (var body in house.Upses())
        {
            await TellAsync(hunt, HttpMethod.Post, "ups/test", body);
            upses.Add(await AddAsync(hunt, "ups", body));
        }
        await TellAsync(
            hunt,
            HttpMethod.Post,
            "ups/discover",
            new { range = "127.0.0.1", communities = new[] { _secrets["ups.discover.communities"] } }
        );
        foreach (var id in upses)
        {
            await TellAsync(hunt, HttpMethod.Post, $"ups/{id}/commands", new { name = "beeper.toggle" });
            await TellAsync(
                hunt,
                HttpMethod.Put,
                $"ups/{id}/variables",
                new { name = "battery.charge.low", value = "21" }
            );
        }
        var hosts = new List<int>();
        foreach (var body in house.Hosts(upses[0]))
            hosts.Add(await AddAsync(hunt, "hosts", body));
        await Task.WhenAll(house.Hosts(upses[0]).Select(body => TellAsync(hunt, HttpMethod.Post, "hosts/test", body)));
        await Task.WhenAll(hosts.Select(id => UseAsync(hunt, id)));
        foreach (var body in house.Channels())
        {
            var id = await AddAsync(hunt, "channels", body);
            await TellAsync(hunt, HttpMethod.Post, "channels/test", body);
            await TellAsync(hunt, HttpMethod.Post, $"channels/{id}/test");
        }
        await RunAsync(hunt, upses[0], hosts, house.Request(hosts[0]));
    }

    private async Task UseAsync(SecretHunt hunt, int host)
    {
        await TellAsync(hunt, HttpMethod.Post, $"hosts/{host}/discover");
        foreach (var action in (string[])["shutdown", "forceOff", "wake"])
            await TellAsync(hunt, HttpMethod.Post, $"hosts/{host}/power", new { action });
    }

    /// <summary>A rehearsal of all of it, and a real run of what obeys.</summary>
    private async Task RunAsync(SecretHunt hunt, int ups, List<int> hosts, JsonObject request)
    {
        var every = Plan.Body("all", [ups], Plan.Phase("hosts", null, [.. hosts.Select(h => Plan.Host(h, 2))]));
        every["armed"] = false; // a host is of one armed plan
        var all = await AddPlanAsync(every);
        var some = await AddPlanAsync(
            Plan.Body(
                "some",
                [ups],
                Plan.Phase("ask", null, request),
                Plan.Phase("hosts", null, Plan.Host(hosts[0], 1))
            )
        );
        foreach (var (runs, kind) in new[] { (all, "rehearsal"), (some, "shutdown"), (some, "startup") })
        {
            await TellAsync(
                hunt,
                HttpMethod.Post,
                $"plans/{runs.PlanId}/runs",
                new
                {
                    kind,
                    now = true,
                    reason = "secrets",
                }
            );
            if (await runs.CountAsync() > 0)
                await runs.EndedAsync((await runs.AllAsync()).Max(Runs.Id), 90);
        }
    }

    private async Task<int> AddAsync(SecretHunt hunt, string path, JsonObject body)
    {
        var answer = await Api.SendAsync(HttpMethod.Post, path, body);
        hunt.Look($"the answer to POST {path}", answer.Text);
        return (int?)answer.Ok()["id"] ?? 0;
    }

    private async Task TellAsync(SecretHunt hunt, HttpMethod method, string path, object? body = null)
    {
        var answer = await Api.SendAsync(method, path, body);
        hunt.Look($"the answer to {method} {path}", answer.Text);
        Assert.True((int)answer.Status < 500, $"{answer.Request}: {answer.Text}");
    }
}

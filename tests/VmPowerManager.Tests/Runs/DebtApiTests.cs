using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Lab;

namespace VmPowerManager.Tests.Runs;

/// <summary>What a command leaves to be undone, by the API and a real sshd (C10).</summary>
public sealed class DebtApiTests(SshLab lab)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Debt_IsShownWithItsRun_AndUndoneWhenAPersonWantsIt()
    {
        lab.Require();
        await using var app = await RunningApp.StartAsync();
        using var admin = await app.SignInAsync();
        // The lab's user writes there, too.
        var folder = Directory.CreateTempSubdirectory("debt-").FullName;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        var trace = Path.Combine(folder, "trace");
        var plan = await PlanAsync(admin, $"echo done >> {trace}", $"test -e {trace}.may && echo undone >> {trace}");

        var run = await PostAsync(admin, $"plans/{plan}/runs", new { kind = "shutdown" });
        var debt = await Until.TrueAsync(async () => await DebtsAsync(admin) is [var first, ..] ? first : null);
        Assert.Equal(("command", "server1"), ((string?)debt["kind"], (string?)debt["target"]!["name"]));
        var shown = await admin.GetFromJsonAsync<JsonNode>($"/api/v1/runs/{run["id"]}", Ct);
        Assert.Equal((long?)debt["id"], (long?)Assert.Single(shown!["debts"]!.AsArray())!["id"]);
        // Nothing was stopped: it is undone at once, which is refused until it may.
        await Until.TrueAsync(async () =>
            await DebtsAsync(admin) is [var one] && (string?)one["status"] == "open" && (int?)one["attempts"] == 1
                ? one["detail"]
                : null
        );
        var kept = await admin.DeleteAsync($"/api/v1/plans/{plan}", Ct);
        Assert.Equal(HttpStatusCode.Conflict, kept.StatusCode); // I10: nobody would undo it

        await File.WriteAllTextAsync($"{trace}.may", "", Ct);
        await PostAsync(admin, $"debts/{plan}/{debt["id"]}/retry", new { });

        await Until.TrueAsync(async () =>
        {
            var left = await DebtsAsync(admin);
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join("\n", left.Select(d => d.ToJsonString())));
            return left.Count == 0 ? "paid" : null;
        });
        Assert.Equal(["done", "undone"], await File.ReadAllLinesAsync(trace, Ct));
        var gone = await admin.PostAsJsonAsync($"/api/v1/debts/{plan}/{debt["id"]}/settle", new { }, Ct);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    private static async Task<IReadOnlyList<JsonNode>> DebtsAsync(HttpClient admin) =>
        [.. (await admin.GetFromJsonAsync<JsonNode>("/api/v1/debts", Ct))!["items"]!.AsArray().OfType<JsonNode>()];

    private async Task<int> PlanAsync(HttpClient admin, string command, string undo)
    {
        var nut = new
        {
            host = "127.0.0.1",
            port = 9,
            upsName = "a",
        };
        var ups = await PostAsync(
            admin,
            "ups",
            new
            {
                name = "rack-a",
                driver = "nut",
                nut,
            }
        );
        var ssh = new
        {
            host = "127.0.0.1",
            port = lab.Port,
            userName = lab.User,
            privateKey = lab.Key("id_ed25519"),
        };
        var host = await PostAsync(
            admin,
            "hosts",
            new
            {
                name = "server1",
                platform = "ssh",
                ssh,
            }
        );
        var step = new
        {
            target = new { hostId = (int?)host["id"] },
            action = "command",
            command,
            undo,
            timeoutSeconds = 20,
        };
        object[] phases =
        [
            new
            {
                id = "disarm",
                name = "Disarm",
                trigger = new { lowBattery = true },
                steps = new[] { step },
            },
        ];
        var plan = await PostAsync(
            admin,
            "plans",
            new
            {
                name = "Owing",
                upsIds = new[] { (int?)ups["id"] },
                phases,
            }
        );
        return (int)plan["id"]!;
    }

    private static async Task<JsonNode> PostAsync(HttpClient admin, string path, object body)
    {
        var answer = await admin.PostAsJsonAsync($"/api/v1/{path}", body, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Ct))!; // answered
    }
}

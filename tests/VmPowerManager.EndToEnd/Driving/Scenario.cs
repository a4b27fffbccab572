using System.Text.Json.Nodes;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd.Driving;

/// <summary>One test's world: the lab with all well, the program on a fresh data folder, and the API as its administrator.
/// A failed test prints what the program logged and what the targets were told.</summary>
public abstract class Scenario(Lab lab, params string[] peers) : IAsyncLifetime
{
    private AppProcess? _app;
    private Api? _api;

    protected Lab Lab { get; } = lab;
    protected AppProcess App => _app ?? throw new InvalidOperationException("not started");
    protected Api Api => _api ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync()
    {
        try
        {
            await Lab.NeedsAsync(peers);
            _app = await StartAppAsync();
            _api = await OpenApiAsync(_app.Url);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    protected virtual Task<AppProcess> StartAppAsync() => AppProcess.StartAsync();

    /// <summary>As the administrator of the unattended setup.</summary>
    protected virtual Task<Api> OpenApiAsync(Uri url) => Api.SignedInAsync(url);

    /// <summary>After the program has ended.</summary>
    protected virtual Task AfterAppAsync() => Task.CompletedTask;

    /// <summary>Kill -9 or not, the same data, a new process and a new token.</summary>
    protected async Task RestartAppAsync()
    {
        await App.StartAgainAsync();
        await Api.SignInAsync(AppProcess.Email, AppProcess.Password);
    }

    protected static void Print(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    /// <summary>A NUT UPS of the lab, confirmed after 1 s and dead after 5 s; waits until it reads on line.</summary>
    protected async Task<int> AddUpsAsync(string ups = "ups1", int confirmSeconds = 1)
    {
        var id = await Api.CreateAsync("ups", UpsBody(ups, confirmSeconds));
        await ReadsAsync(id, "OL");
        return id;
    }

    protected object UpsBody(string ups = "ups1", int confirmSeconds = 1) =>
        new
        {
            name = ups,
            driver = "nut",
            enabled = true,
            pollSeconds = 1,
            confirmSeconds,
            deadSeconds = 5,
            offSeconds = 30,
            nut = new
            {
                host = "127.0.0.1",
                port = Lab.NutPort,
                upsName = ups,
                userName = "admin",
                password = "adminpass",
                tls = "off",
            },
        };

    /// <summary>Waits until the newest reading carries this flag.</summary>
    protected Task ReadsAsync(int upsId, string flag, double seconds = 10) =>
        Until.True(
            $"UPS {upsId} reads {flag}",
            seconds,
            async () => (await ReadingAsync(upsId))?["status"]?.AsArray().Any(s => (string?)s == flag) == true,
            async () => (await ReadingAsync(upsId))?.ToJsonString() ?? "no reading"
        );

    protected Task CommAsync(int upsId, string comm, double seconds = 15) =>
        Until.True(
            $"UPS {upsId} comm {comm}",
            seconds,
            async () => (string?)(await ReadingAsync(upsId))?["comm"] == comm,
            async () => (await ReadingAsync(upsId))?.ToJsonString() ?? "no reading"
        );

    protected async Task<JsonNode?> ReadingAsync(int upsId) => (await Api.GetAsync($"ups/{upsId}"))["reading"];

    /// <summary>The lab's machine behind ssh, as a plain server.</summary>
    protected Task<int> AddServerAsync(string name, params int[] upsIds) =>
        Api.CreateAsync("hosts", HostBody(name, "ssh", upsIds));

    /// <summary>The lab's libvirt host; gives its id and its guests' ids by name.</summary>
    protected async Task<(int Host, IReadOnlyDictionary<string, int> Guests)> AddHypervisorAsync(params int[] upsIds)
    {
        var host = await Api.CreateAsync("hosts", HostBody("kvm1", "libvirt", upsIds));
        (await Api.SendAsync(HttpMethod.Post, $"hosts/{host}/discover")).Ok();
        var guests = (await Api.ListAsync($"hosts/{host}/guests")).ToDictionary(
            g => (string?)g["name"] ?? "",
            g => (int?)g["id"] ?? 0
        );
        Assert.Equal(["vm1", "vm2", "vm3", "vm4", "vm5"], guests.Keys.Order());
        return (host, guests);
    }

    protected object HostBody(string name, string platform, params int[] upsIds) =>
        new
        {
            name,
            platform,
            role = platform == "libvirt" ? "hypervisor" : "server",
            supplies = upsIds.Select(id => new { upsId = id, powerValue = 1 }),
            minSupplies = 1,
            ssh = new
            {
                host = "127.0.0.1",
                port = Lab.SshPort,
                userName = "lab",
                privateKey = Lab.Targets.PrivateKey,
                shutdownCommand = $"sudo -n shutdown -h now {name}",
                libvirtUri = "qemu:///system",
            },
        };

    protected async Task<Runs> AddPlanAsync(JsonObject body) => new(Api, await Api.CreateAsync("plans", body));

    /// <summary>No run begins and no target is told anything.</summary>
    protected async Task NothingToldAsync(Runs runs, double seconds)
    {
        await Until.Stays("nothing is told", seconds, () => Task.FromResult(Lab.Targets.PowerCommands().Count == 0));
        Assert.Equal(0, await runs.CountAsync());
    }

    /// <summary>Waits for the first power command at the lab's machine.</summary>
    protected Task<PowerCommand> ToldAsync(double seconds) =>
        Until.Found("the host is told", seconds, () => Task.FromResult(Lab.Targets.FirstPowerCommand()));

    public virtual async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed && _app is not null)
            await PrintTraceAsync(_app);
        _api?.Dispose();
        if (_app is { } app)
            await app.DisposeAsync();
        _app = null;
        await AfterAppAsync();
        GC.SuppressFinalize(this);
    }

    private async Task PrintTraceAsync(AppProcess app)
    {
        Print("--- the program's last lines");
        foreach (var line in app.Log.Split('\n').TakeLast(60))
            Print(line);
        if (!peers.Contains("ssh"))
            return;
        Print("--- what the targets were told");
        foreach (var c in Lab.Targets.PowerCommands())
            Print($"{c.At:HH:mm:ss.fff} {c.Name} {c.Arguments} by {c.By}: {string.Join(", ", c.Guests)}");
        foreach (var c in Lab.Targets.GuestCommands())
            Print($"{c.At:HH:mm:ss.fff} virsh {c.Verb} {c.Guest} ({c.StateBefore})");
        if (app.Running)
            foreach (var run in await Api.ListAsync("runs"))
                Print(run.ToJsonString());
    }
}

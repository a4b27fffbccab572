using System.Net;
using System.Text.Json.Nodes;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>libvirt, Hyper-V, vSphere, Proxmox VE and a plain host on machines that really power off: what is told is
/// gone, and what is woken is there again.</summary>
public sealed class FivePlatformsTests(Lab lab) : WholeHosts(lab)
{
    /// <summary>A person's order, and the way back, at each.</summary>
    [Fact]
    public async Task HostToldToShutDown_IsReallyGone_AndWokenItAnswers()
    {
        await RunAllAsync();
        var heard = Machines.Woken().Count;
        await Task.WhenAll(All.Select(OffAndOnAsync));
        Assert.Empty(Hypervisors.Select(m => m.Name).Except(Machines.Woken().Skip(heard)));
    }

    /// <summary>One plan over all: guests, their hosts, and the storage that they use, verified off; with mains and charge back
    /// all of it in reverse, and no more than ran before.</summary>
    [Fact]
    public async Task OutageAndReturn_OnePlanTakesAllDownInOrder_AndBringsBackWhatRan()
    {
        await RunAllAsync();
        var ups = await AddUpsAsync();
        var hosts = new Dictionary<string, int>();
        foreach (var machine in All)
            hosts[machine.Name] = await AddHostAsync(machine, ups);
        await BeforeAsync(hosts);
        var before = await StatesAsync(hosts);
        Assert.Equal(8, before.Count);
        Assert.Equal(4, before.Values.Count(s => s == "running"));
        var runs = await PlanAsync(ups, hosts);
        var heard = Machines.Woken().Count;
        var begun = TimeProvider.System.GetTimestamp();

        await Lab.Nut.OnBatteryAsync("ups1");
        var run = await runs.BegunAsync("shutdown", 20);
        await runs.PhaseDoneAsync(run, "guests", 90);
        Print($"guests off after {Seconds(begun)} s");
        Assert.All(await StatesAsync(hosts), g => Assert.Equal("off", g.Value));
        Assert.All(All, m => Assert.True(Machines.IsOn(m), $"{m.Name} is off"));

        await Lab.Nut.LowBatteryAsync("ups1");
        var gone = await GoneAsync(begun);
        var ended = await runs.EndedAsync(run, 60);
        Print($"run ended {(string?)ended["state"]} after {Seconds(begun)} s");
        AssertWentInOrder(ended, gone);

        await MainsReturnAsync();
        var back = TimeProvider.System.GetTimestamp();
        var startup = await runs.StartedUpAsync(240);
        Print($"started up {Seconds(back)} s after the charge was enough");
        Assert.All(All, m => Assert.True(Machines.IsOn(m), $"{m.Name} is off"));
        Assert.Equal(before, await StatesAsync(hosts));
        Assert.Contains("vm1", await RunningOnKvmAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("vm2", await RunningOnKvmAsync(), StringComparison.Ordinal);
        await AssertCameInOrderAsync(startup, hosts);
        Assert.Empty(Hypervisors.Select(m => m.Name).Except(Machines.Woken().Skip(heard)));
        Assert.Equal(2, await runs.CountAsync());
    }

    private async Task OffAndOnAsync(WholeMachine machine)
    {
        var host = await AddHostAsync(machine);
        foreach (var guest in (await GuestsAsync(host)).Keys)
            await BecomesAsync(host, guest, "forceOff", "off");
        var told = TimeProvider.System.GetTimestamp();
        (await Api.SendAsync(HttpMethod.Post, $"hosts/{host}/power", new { action = "shutdown" })).Ok();
        await GoneAsync(machine, 30);
        var off = Seconds(told);
        var woken = TimeProvider.System.GetTimestamp();
        (await Api.SendAsync(HttpMethod.Post, $"hosts/{host}/power", new { action = "wake" })).Ok();
        await Machines.AnswersWithinAsync(60, machine);
        // What lists its guests may start after its SSH server.
        await Until.True(
            "its guests are listed",
            30,
            async () => (await Api.SendAsync(HttpMethod.Post, $"hosts/{host}/discover")).Status == HttpStatusCode.OK
        );
        Print($"{machine.Name}: gone {off} s after the order, answers {Seconds(woken)} s after it was woken");
    }

    /// <summary>On each host the first guest runs and the other does not.</summary>
    private async Task BeforeAsync(Dictionary<string, int> hosts)
    {
        await Machines.BootAsync(WholeMachines.Kvm, "vm1");
        foreach (var machine in Hypervisors)
        {
            var guests = (await GuestsAsync(hosts[machine.Name])).OrderByDescending(g => IsFirst(g.Key)).ToList();
            Assert.Equal(2, guests.Count);
            await BecomesAsync(hosts[machine.Name], guests[0].Key, "start", "running");
            await BecomesAsync(hosts[machine.Name], guests[1].Key, "forceOff", "off");
        }
    }

    private static bool IsFirst(string guest) =>
        guest.EndsWith("web", StringComparison.Ordinal) || guest is "vm1" or "ha-host_VM0";

    private async Task<IReadOnlyDictionary<string, string>> StatesAsync(Dictionary<string, int> hosts)
    {
        var states = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var machine in Hypervisors)
        foreach (var (name, guest) in await GuestsAsync(hosts[machine.Name]))
            states[$"{machine.Name}/{name}"] = guest.State;
        return states;
    }

    private async Task<Runs> PlanAsync(int ups, Dictionary<string, int> hosts)
    {
        var guests = new List<JsonObject>();
        foreach (var machine in Hypervisors)
        foreach (var guest in (await GuestsAsync(hosts[machine.Name])).Values)
            guests.Add(Plan.Guest(guest.Id));
        var plan = Plan.Body(
            "five platforms",
            [ups],
            Plan.Phase("guests", 1, [.. guests]),
            Plan.Phase("hosts", null, [.. Hypervisors.Select(m => Plan.Host(hosts[m.Name], 60))]),
            Plan.Phase("storage", null, Plan.Host(hosts[WholeMachines.Storage.Name], 60))
        );
        plan["startup"]!["minChargePercent"] = 50; // not null: it was made above
        return await AddPlanAsync(plan);
    }

    private async Task<IReadOnlyDictionary<string, DateTimeOffset>> GoneAsync(long begun)
    {
        var waiting = All.Select(async m =>
        {
            var at = await GoneAsync(m, 120);
            Print($"{m.Name} has no power any more after {Seconds(begun)} s");
            return (m.Name, At: at);
        });
        return (await Task.WhenAll(waiting)).ToDictionary(g => g.Name, g => g.At);
    }

    private void AssertWentInOrder(JsonNode run, IReadOnlyDictionary<string, DateTimeOffset> gone)
    {
        Assert.Equal("succeeded", (string?)run["state"]);
        var hosts = Runs.Steps(run, "hosts");
        var storage = Assert.Single(Runs.Steps(run, "storage"));
        Assert.Equal(Hypervisors.Length, hosts.Count);
        Assert.All([.. hosts, storage], s => Assert.Equal("done", (string?)s["state"]));
        foreach (var step in hosts.Append(storage))
            Print($"{step["target"]?.ToJsonString()}: {(string?)step["evidence"]} {(string?)step["detail"]}");
        var guestsOff = Runs.Steps(run, "guests")
            .Where(s => (string?)s["state"] == "done")
            .Max(s => Runs.At(s, "endedAt"));
        Assert.All(hosts, s => Assert.True(Runs.At(s, "startedAt") >= guestsOff));
        Assert.All(
            Hypervisors,
            m => Assert.True(gone[m.Name] < gone[WholeMachines.Storage.Name], $"{m.Name} after it")
        );
        Assert.All(hosts, s => Assert.True(Runs.At(storage, "startedAt") >= Runs.At(s, "endedAt")));
        Assert.All(All, m => Assert.False(Machines.IsOn(m), $"{m.Name} is on"));
    }

    /// <summary>Mains alone is not enough: the battery has to last for the way down again.</summary>
    private async Task MainsReturnAsync()
    {
        await Lab.Nut.SetAsync("ups1", ("input.voltage", "230.1"), ("battery.charge", "8"), ("ups.status", "OL CHRG"));
        await Until.Stays("nobody is woken", 5, () => Task.FromResult(All.All(m => !Machines.IsOn(m))));
        await Lab.Nut.OnLineAsync("ups1");
    }

    private Task<string> RunningOnKvmAsync() => Machines.OnAsync(WholeMachines.Kvm, "virsh", "-q", "list", "--name");

    /// <summary>The storage answered before a hypervisor was woken, and that one before a guest of it was started.</summary>
    private async Task AssertCameInOrderAsync(JsonNode run, Dictionary<string, int> hosts)
    {
        var steps = (run["steps"]?.AsArray() ?? [])
            .OfType<JsonNode>()
            .Where(s => (string?)s["state"] == "done")
            .ToList();
        foreach (var step in steps)
            Print($"{(string?)step["target"]?["name"]} {(string?)step["action"]}: {(string?)step["evidence"]}");
        JsonNode Of(string kind, int id) => Assert.Single(steps, s => (int?)s["target"]?[kind] == id);
        var storage = Of("hostId", hosts[WholeMachines.Storage.Name]);
        foreach (var machine in Hypervisors)
        {
            var host = Of("hostId", hosts[machine.Name]);
            Assert.True(
                Runs.At(storage, "endedAt") <= Runs.At(host, "startedAt"),
                $"{machine.Name} before the storage"
            );
            var guest = (await GuestsAsync(hosts[machine.Name])).Single(g => IsFirst(g.Key)).Value.Id;
            Assert.True(
                Runs.At(host, "endedAt") <= Runs.At(Of("guestId", guest), "startedAt"),
                $"guest of {machine.Name}"
            );
        }
        Assert.Equal(9, steps.Count);
    }

    private static string Seconds(long since) => $"{TimeProvider.System.GetElapsedTime(since).TotalSeconds:0.0}";
}

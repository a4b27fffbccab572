using System.Text.Json;
using System.Text.Json.Nodes;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>Twenty real guests of one host with its settings as they come: beside bare <c>virsh shutdown</c> of all of them,
/// in one process and one connection. A bound of ten at a time is measured once beside it. Minutes, most of them for booting:
/// only by <c>tests/run --long</c>.</summary>
public sealed class CrowdTests(Lab lab) : Scenario(lab, "nut", "ssh", "libvirt")
{
    private const int Count = 20;
    private const int Rounds = 3;

    [Fact(Explicit = true)]
    public async Task TwentyGuests_AreOffWithin1_3TimesWhatBareVirshTakes()
    {
        var crowd = await Lab.Guests.CrowdAsync(Count);
        try
        {
            var ups = await AddUpsAsync();
            var host = await Api.CreateAsync("hosts", HostBody("kvm1", "libvirt", ups));
            var runs = await PlanAsync(host, ups, crowd);
            var (bare, ours) = (new List<double>(), new List<double>());
            for (var round = 0; round < Rounds; round++)
            {
                await Lab.Guests.BootAsync(crowd);
                bare.Add(await SecondsAsync(() => BareAsync(crowd)));
                await Lab.Guests.BootAsync(crowd);
                ours.Add(await SecondsAsync(() => ShutDownAsync(runs)));
                await runs.EndedAsync((await runs.AllAsync()).Max(Runs.Id), 60);
                Print($"round {round + 1}: virsh {bare[^1]:0.00} s, a run {ours[^1]:0.00} s");
            }
            await LetAsync(host, ups, 10);
            await Lab.Guests.BootAsync(crowd);
            Print($"ten at a time: {await SecondsAsync(() => ShutDownAsync(runs)):0.00} s");
            var ratio = Figures.Percentile(ours, 0.5) / Figures.Percentile(bare, 0.5);
            Print(
                $"{Count} guests: bare virsh {Figures.Line(bare, "s")}; a run {Figures.Line(ours, "s")}; ratio {ratio:0.00}"
            );
            Assert.True(ratio <= 1.3, $"A run took {ratio:0.00} times as long as bare virsh.");
        }
        finally
        {
            await Lab.Guests.DisperseAsync();
        }
    }

    /// <summary>That many guests at a time.</summary>
    private async Task LetAsync(int host, int ups, int guests)
    {
        var body = JsonSerializer.SerializeToNode(HostBody("kvm1", "libvirt", ups))!.AsObject(); // not null: an object
        body["maxParallelGuests"] = guests;
        (await Api.SendAsync(HttpMethod.Put, $"hosts/{host}", body)).Ok();
    }

    private async Task<Runs> PlanAsync(int host, int ups, IReadOnlyList<string> crowd)
    {
        (await Api.SendAsync(HttpMethod.Post, $"hosts/{host}/discover")).Ok();
        var guests = (await Api.ListAsync($"hosts/{host}/guests"))
            .Where(g => crowd.Contains((string?)g["name"]))
            .Select(g => Plan.Guest((int?)g["id"] ?? 0, timeoutSeconds: 60))
            .ToArray();
        Assert.Equal(Count, guests.Length);
        var plan = Plan.Body("crowd", [ups], Plan.Phase("guests", null, guests));
        plan["startup"] = null;
        return await AddPlanAsync(plan);
    }

    /// <summary>libvirt says of a guest that is gone before its agent's answer that it is not running.</summary>
    private async Task BareAsync(IEnumerable<string> crowd)
    {
        if (await Lab.Guests.VirshAsync(crowd.Select(g => $"shutdown {g}")) is { Length: > 0 } words)
            Print($"virsh: {words}");
    }

    private static bool IsOfCrowd(string guest) => guest.StartsWith("many", StringComparison.Ordinal);

    private Task<JsonNode> ShutDownAsync(Runs runs) =>
        Api.PostAsync(
            $"plans/{runs.PlanId}/runs",
            new
            {
                kind = "shutdown",
                now = true,
                reason = "the crowd",
            }
        );

    /// <summary>From the order until libvirt says that all are off.</summary>
    private async Task<double> SecondsAsync(Func<Task> order)
    {
        var ready = await Lab.Guests.StatesAsync();
        Assert.All(ready.Where(s => IsOfCrowd(s.Key)), s => Assert.Equal("running", s.Value));
        var begun = TimeProvider.System.GetTimestamp();
        var asked = order();
        while ((await Lab.Guests.StatesAsync()).Any(s => IsOfCrowd(s.Key) && s.Value != "shut off"))
            Assert.True(TimeProvider.System.GetElapsedTime(begun).TotalSeconds < 120, "They do not stop.");
        var seconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        await asked;
        return seconds;
    }
}

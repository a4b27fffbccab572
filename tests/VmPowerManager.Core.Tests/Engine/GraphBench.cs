using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;
using static VmPowerManager.Core.Tests.Engine.Graphs;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>DESIGN 6: 500 guests on 20 hosts with durations of their own and dependencies: what the whole way down takes
/// against its critical path, in virtual time; and what a step of the engine costs meanwhile.</summary>
public sealed class GraphBench(ITestOutputHelper output)
{
    private const int Hosts = 20;
    private const int GuestsEach = 25;

    [Fact(Explicit = true)]
    public void FiveHundredGuests_TakeHardlyMoreThanTheirCriticalPath()
    {
        var dice = new Random(5);
        var guests = Enumerable
            .Range(0, Hosts * GuestsEach)
            .Select(i => Vm(i + 1, $"vm{i + 1}", (i % Hosts) + 1, stopSeconds: 10 + dice.Next(0, 51)))
            .ToList();
        var needs = Wishes(dice, guests).ToList();
        var plan = Plan(
            Phase("guests", [.. guests.Select(g => G(g.Id) with { TimeoutSeconds = 120 })]),
            Phase("hosts", [.. Enumerable.Range(1, Hosts).Select(h => H(h) with { TimeoutSeconds = 300 })])
        ) with
        {
            Dependencies = [.. needs.Select(n => Needs(Guest(n.From), Guest(n.To))), Needs(Host(2), Host(1))],
        };
        var costs = new List<double>();
        var world = Graphs.World(
            plan,
            guests,
            h => h with { MaxParallelGuests = GuestsEach },
            h => new SimHost { Realm = $"realm{h}", StopSeconds = 5 + h }
        );
        world.Cost = (_, _, took) => costs.Add(took.TotalMilliseconds);
        var critical = CriticalSeconds(guests, needs);
        var begun = world.Now + TimeSpan.FromSeconds(5);
        world.OnBattery(1);
        while (world.State.Run is not null || world.Ended.Count == 0)
            world.Run(0.5);
        var wall = (world.Now - begun).TotalSeconds;
        costs.Sort();
        output.WriteLine(
            $"wall {wall:0.0} s, critical path {critical:0.0} s: {wall / critical:0.000}; {needs.Count} dependencies; "
                + $"step median {costs[costs.Count / 2]:0.000} ms, p95 {costs[costs.Count * 95 / 100]:0.000} ms, max {costs[^1]:0.0} ms of {costs.Count}"
        );
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
        Assert.True(wall / critical <= 1.1, $"{wall / critical:0.000}");
    }

    /// <summary>Each guest needs one or two of those that stand before it, as many as there are guests in all.</summary>
    private static IEnumerable<(int From, int To)> Wishes(Random dice, List<SimGuest> guests)
    {
        for (var i = 50; i < guests.Count; i++)
        {
            yield return (guests[i].Id, guests[dice.Next(0, 50)].Id);
        }
    }

    /// <summary>The longest chain: users before what they need, guests before their host, kvm2 before kvm1; a host counts as
    /// off after its silence.</summary>
    private static double CriticalSeconds(List<SimGuest> guests, List<(int From, int To)> needs)
    {
        var users = needs.ToLookup(n => n.To, n => n.From);
        var byId = guests.ToDictionary(g => g.Id);
        var ends = new Dictionary<int, double>();
        double End(int id) =>
            ends.TryGetValue(id, out var end)
                ? end
                : ends[id] = users[id].Select(End).DefaultIfEmpty(0).Max() + (byId[id].StopSeconds ?? 0);
        // Phases: no host begins before the last guest is off.
        var guestsOff = guests.Max(g => End(g.Id));
        double HostSeconds(int host) => 5 + host + 10;
        return guestsOff + Math.Max(Enumerable.Range(3, Hosts - 2).Max(HostSeconds), HostSeconds(2) + HostSeconds(1));
    }
}

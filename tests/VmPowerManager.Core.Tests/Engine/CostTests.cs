using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>What a step of the engine costs with 500 guests on 20 hosts (budget 1 ms). Prints; fails only far above.</summary>
public sealed class CostTests(ITestOutputHelper output)
{
    private const int Hosts = 20;
    private const int Guests = 500;

    [Fact]
    public void Step_FiveHundredGuestsOnTwentyHosts_CostsLittle()
    {
        for (var warm = 0; warm < 2; warm++)
            Outage(Big(), null);
        var costs = new Dictionary<string, List<double>>();
        Outage(Big(), costs);
        foreach (var (kind, all) in costs)
        {
            all.Sort();
            output.WriteLine(
                $"{kind}: {all.Count} steps, median {all[all.Count / 2]:0.000} ms, p95 {all[all.Count * 95 / 100]:0.000} ms, max {all[^1]:0.000} ms"
            );
        }
        var median = costs.Values.SelectMany(c => c).Order().ElementAt(costs.Values.Sum(c => c.Count) / 2);
        Assert.True(median < 4, $"median {median} ms");
    }

    private static void Outage(World world, Dictionary<string, List<double>>? costs)
    {
        if (costs is not null)
            world.Cost = (stage, told, took) =>
            {
                var key = $"{stage} {told.GetType().Name}";
                if (!costs.TryGetValue(key, out var list))
                    costs[key] = list = [];
                list.Add(took.TotalMilliseconds);
            };
        world.Run(3);
        world.Upses[1].Status = "OB LB";
        world.Upses[1].Runtime = 100;
        world.Run(90);
        Assert.Equal(RunStatus.Succeeded, Assert.Single(world.Ended).Status);
        world.Upses[1].Status = "OL";
        foreach (var host in world.Hosts.Values)
            host.PowerOn();
        world.Run(60);
        Assert.Equal(RunStatus.Succeeded, world.Ended[^1].Status);
        Assert.Equal(2, world.Ended.Count);
    }

    private static World Big()
    {
        var guests = Enumerable
            .Range(0, Guests)
            .Select(i => new SimGuest
            {
                Id = i + 1,
                Name = $"guest{i}",
                HostId = (i % Hosts) + 1,
            })
            .ToList();
        var world = new World { Model = Model(Plan(guests), guests), Beat = TimeSpan.FromSeconds(0.5) };
        world.Upses[1] = new SimUps();
        for (var h = 1; h <= Hosts; h++)
            world.Hosts[h] = new SimHost { Realm = $"realm{h}", StopSeconds = 3 };
        foreach (var guest in guests)
            world.Guests[guest.Name] = guest;
        return world;
    }

    private static PlanDefinition Plan(List<SimGuest> guests) =>
        new()
        {
            Name = "Big",
            UpsIds = [1],
            Phases =
            [
                new()
                {
                    Id = "guests",
                    Trigger = new() { OnBatteryForSeconds = 5 },
                    Steps = [.. guests.Select(g => new StepDefinition { Target = new() { GuestId = g.Id } })],
                },
                new()
                {
                    Id = "hosts",
                    Trigger = new() { LowBattery = true },
                    Steps =
                    [
                        .. Enumerable
                            .Range(1, Hosts)
                            .Select(h => new StepDefinition
                            {
                                Target = new() { HostId = h },
                                TimeoutSeconds = 120,
                            }),
                    ],
                },
            ],
            Startup = new() { StableMainsSeconds = 10, MinChargePercent = null },
        };

    private static PlanModel Model(PlanDefinition plan, List<SimGuest> guests) =>
        new()
        {
            PlanId = 1,
            Armed = true,
            Definition = plan,
            Upses = ImmutableSortedDictionary<int, UpsPolicy>.Empty.Add(1, new UpsPolicy { UpsId = 1, Name = "ups1" }),
            Hosts = Enumerable
                .Range(1, Hosts)
                .ToImmutableSortedDictionary(
                    h => h,
                    h => new HostModel
                    {
                        Id = h,
                        Name = $"host{h}",
                        HasGuests = true,
                        HasWitness = true,
                        OffSilenceSeconds = 10,
                        MaxParallelGuests = 10,
                        Supplies = [new Supply(1, 1)],
                    }
                ),
            Guests = guests
                .Select(g => new GuestModel
                {
                    Realm = $"realm{g.HostId}",
                    ExternalId = g.ExternalId,
                    Id = g.Id,
                    Name = g.Name,
                    HostId = g.HostId,
                })
                .ToImmutableSortedDictionary(g => g.Key, g => g, StringComparer.Ordinal),
        };
}

using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Forecasts;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;
using VmPowerManager.Core.Tests.Engine;

namespace VmPowerManager.Core.Tests.Forecasts;

/// <summary>What a forecast of 500 guests on 20 hosts costs (budget 5 ms). Prints; fails only far above.</summary>
public sealed class ForecastCostTests(ITestOutputHelper output)
{
    [Fact]
    public void FiveHundredGuestsOnTwentyHosts_AreReckonedQuickly()
    {
        var world = Big();
        for (var i = 0; i < 5; i++)
            Forecast.Of(world.Model, world.State, world.Moment.Elapsed);
        var took = new List<double>();
        for (var i = 0; i < 40; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            Forecast.Of(world.Model, world.State, world.Moment.Elapsed);
            took.Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
        }
        took.Sort();
        output.WriteLine($"forecast: least {took[0]:0.00} ms, median {took[20]:0.00} ms (budget 5 ms)");
        Assert.True(took[0] < 10, $"{took[0]} ms");
    }

    private static World Big()
    {
        const int hosts = 20;
        var guests = Enumerable
            .Range(0, 500)
            .Select(i => new SimGuest
            {
                Id = i + 1,
                Name = $"guest{i}",
                HostId = (i % hosts) + 1,
            })
            .ToList();
        var plan = new PlanDefinition
        {
            Name = "Big",
            UpsIds = [1],
            Phases =
            [
                new()
                {
                    Id = "guests",
                    Trigger = new() { Auto = true },
                    Steps = [.. guests.Select(g => new StepDefinition { Target = new() { GuestId = g.Id } })],
                },
                new()
                {
                    Id = "hosts",
                    Trigger = new() { LowBattery = true },
                    Steps =
                    [
                        .. Enumerable.Range(1, hosts).Select(h => new StepDefinition { Target = new() { HostId = h } }),
                    ],
                },
            ],
        };
        var model = new PlanModel
        {
            PlanId = 1,
            Armed = true,
            Definition = plan,
            Upses = ImmutableSortedDictionary<int, UpsPolicy>.Empty.Add(1, new UpsPolicy { UpsId = 1, Name = "ups1" }),
            Hosts = Enumerable
                .Range(1, hosts)
                .ToImmutableSortedDictionary(
                    h => h,
                    h => new HostModel
                    {
                        Id = h,
                        Name = $"h{h}",
                        HasGuests = true,
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
            Durations = Worlds.Learned([
                .. guests.Select(g =>
                    ($"guest:realm{g.HostId}/{g.ExternalId}", StepAction.Shutdown, 5.0 + (g.Id % 40))
                ),
            ]),
        };
        var world = new World { Model = model, Beat = TimeSpan.FromSeconds(0.5) };
        world.Upses[1] = new SimUps();
        for (var h = 1; h <= hosts; h++)
            world.Hosts[h] = new SimHost { Realm = $"realm{h}" };
        foreach (var guest in guests)
            world.Guests[guest.Name] = guest;
        return world.Run(2);
    }
}

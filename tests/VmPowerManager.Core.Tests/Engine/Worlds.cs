using System.Collections.Immutable;
using VmPowerManager.Core.Forecasts;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>The worlds that the tests start from.</summary>
internal static class Worlds
{
    /// <summary>One host with <paramref name="guests"/>; phase "lab": all guests named by the plan; phase "hosts": the host.</summary>
    public static World OneHost(
        IReadOnlyList<SimGuest>? guests = null,
        int upses = 1,
        double minSupplies = 1,
        TriggerDefinition? labTrigger = null,
        TriggerDefinition? hostTrigger = null,
        Func<PlanDefinition, PlanDefinition>? change = null,
        Func<SimGuest, bool>? covered = null,
        SimHost? host = null,
        bool armed = true,
        OnTimeout onTimeout = OnTimeout.ForceOff,
        HostRank rank = HostRank.Ordinary
    )
    {
        guests ??= [Guest(1, "web"), Guest(2, "db")];
        var named = guests.Where(g => covered?.Invoke(g) ?? true).ToList();
        var plan = new PlanDefinition
        {
            Name = "Homelab",
            UpsIds = [.. Enumerable.Range(1, upses)],
            MinSupplies = minSupplies,
            Phases =
            [
                new()
                {
                    Id = "lab",
                    Name = "Lab VMs",
                    Trigger = labTrigger ?? new() { OnBatteryForSeconds = 10 },
                    Steps =
                    [
                        .. named.Select(g => new StepDefinition
                        {
                            Target = new() { GuestId = g.Id },
                            TimeoutSeconds = 20,
                            OnTimeout = onTimeout,
                        }),
                    ],
                },
                new()
                {
                    Id = "hosts",
                    Name = "Hosts",
                    Trigger = hostTrigger ?? new() { LowBattery = true },
                    Steps =
                    [
                        new()
                        {
                            Target = new() { HostId = 1 },
                            TimeoutSeconds = 120,
                        },
                    ],
                },
            ],
            Startup = new() { StableMainsSeconds = 30, MinChargePercent = 30 },
        };
        var model = new PlanModel
        {
            PlanId = 1,
            Armed = armed,
            Definition = change?.Invoke(plan) ?? plan,
            Upses = Enumerable
                .Range(1, upses)
                .ToImmutableSortedDictionary(i => i, i => new UpsPolicy { UpsId = i, Name = $"ups{i}" }),
            Hosts = ImmutableSortedDictionary<int, HostModel>.Empty.Add(
                1,
                new HostModel
                {
                    Id = 1,
                    Name = "kvm1",
                    HasGuests = true,
                    HasWitness = true,
                    Rank = rank,
                    Supplies = [.. Enumerable.Range(1, upses).Select(i => new Supply(i, 1))],
                }
            ),
            Guests = named
                .Select(g => new GuestModel
                {
                    Realm = "realm",
                    ExternalId = g.ExternalId,
                    Id = g.Id,
                    Name = g.Name,
                    HostId = 1,
                })
                .ToImmutableSortedDictionary(g => g.Key, g => g, StringComparer.Ordinal),
        };
        var world = new World { Model = model };
        for (var i = 1; i <= upses; i++)
            world.Upses[i] = new SimUps();
        world.Hosts[1] = host ?? new SimHost();
        foreach (var guest in guests)
            world.Guests[guest.Name] = guest;
        return world.Run(2);
    }

    public static SimGuest Guest(int id, string name, double? stopSeconds = 2) =>
        new()
        {
            Id = id,
            Name = name,
            HostId = 1,
            StopSeconds = stopSeconds,
        };

    /// <summary>What was learned of durations, in seconds.</summary>
    public static ImmutableSortedDictionary<string, LearnedDuration> Learned(
        params (string Target, StepAction Action, double Seconds)[] known
    ) =>
        known.ToImmutableSortedDictionary(
            k => LearnedDuration.KeyOf(k.Target, k.Action),
            k => new LearnedDuration(k.Seconds, k.Seconds, 5),
            StringComparer.Ordinal
        );
}

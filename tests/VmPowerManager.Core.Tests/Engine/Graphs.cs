using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Small worlds with several hosts for what the graph decides: host n hangs on UPS n and has realm n.</summary>
internal static class Graphs
{
    public static StepDefinition G(int guest) =>
        new()
        {
            Target = new() { GuestId = guest },
            TimeoutSeconds = 20,
            OnTimeout = OnTimeout.ForceOff,
        };

    public static StepDefinition H(int host) =>
        new()
        {
            Target = new() { HostId = host },
            TimeoutSeconds = 120,
        };

    public static TargetDefinition Guest(int id) => new() { GuestId = id };

    public static TargetDefinition Host(int id) => new() { HostId = id };

    public static TargetDefinition GuestsOf(int id) => new() { GuestsOf = id };

    public static DependencyDefinition Needs(TargetDefinition from, TargetDefinition to) =>
        new() { From = from, To = to };

    public static PhaseDefinition Phase(string id, params StepDefinition[] steps) =>
        new()
        {
            Id = id,
            Name = id,
            Trigger = new() { OnBatteryForSeconds = 5 },
            Steps = [.. steps],
        };

    public static PlanDefinition Plan(params PhaseDefinition[] phases) =>
        new()
        {
            Name = "Homelab",
            UpsIds = [1],
            Phases = [.. phases],
            Startup = new() { StableMainsSeconds = 30, MinChargePercent = 30 },
        };

    /// <param name="guests">Each on its host.</param>
    public static World World(
        PlanDefinition plan,
        IReadOnlyList<SimGuest> guests,
        Func<HostModel, HostModel>? host = null,
        Func<int, SimHost>? sim = null
    )
    {
        var hosts = guests
            .Select(g => g.HostId)
            .Concat(plan.Phases.SelectMany(p => p.Steps).Select(s => s.Target.HostId ?? 0))
            .Where(h => h > 0)
            .Distinct()
            .Order()
            .ToList();
        var world = new World { Model = Model(plan, guests, hosts, host) };
        foreach (var id in hosts)
        {
            world.Upses[id] = new SimUps();
            world.Hosts[id] = sim?.Invoke(id) ?? new SimHost { Realm = $"realm{id}", StopSeconds = 3 };
        }
        foreach (var guest in guests)
            world.Guests[guest.Name] = guest;
        return world.Run(2);
    }

    public static World OnBattery(this World world, double seconds, params int[] upses)
    {
        foreach (var ups in upses.Length == 0 ? [.. world.Upses.Keys] : upses)
            world.Upses[ups].Status = "OB";
        return world.Run(seconds);
    }

    public static World Mains(this World world, double seconds)
    {
        foreach (var ups in world.Upses.Values)
            ups.Status = "OL";
        return world.Run(seconds);
    }

    public static SimGuest Vm(int id, string name, int host = 1, double? stopSeconds = 2, double readySeconds = 0) =>
        new()
        {
            Id = id,
            Name = name,
            HostId = host,
            StopSeconds = stopSeconds,
            ReadySeconds = readySeconds,
        };

    /// <summary>When a target was first asked for this.</summary>
    public static TimeSpan AskedAt(this World world, string name, StepAction action) =>
        world.Effects.First(e => e.Effect.TargetName == name && e.Effect.Action == action).At;

    private static PlanModel Model(
        PlanDefinition plan,
        IReadOnlyList<SimGuest> guests,
        List<int> hosts,
        Func<HostModel, HostModel>? change
    ) =>
        new()
        {
            PlanId = 1,
            Armed = true,
            Definition = plan,
            Upses = hosts.ToImmutableSortedDictionary(h => h, h => new UpsPolicy { UpsId = h, Name = $"ups{h}" }),
            Hosts = hosts.ToImmutableSortedDictionary(
                h => h,
                h =>
                {
                    var host = new HostModel
                    {
                        Id = h,
                        Name = $"kvm{h}",
                        HasGuests = true,
                        HasWitness = true,
                        OffSilenceSeconds = 10,
                        Supplies = [new Supply(h, 1)],
                    };
                    return change?.Invoke(host) ?? host;
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

internal static class GuestModels
{
    public static ImmutableSortedDictionary<string, GuestModel> ToImmutableSortedByKey(
        this IEnumerable<GuestModel> guests
    ) => guests.ToImmutableSortedDictionary(g => g.Key, g => g, StringComparer.Ordinal);
}

using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Simulation;

/// <summary>Builds the world of a scenario around the engine.</summary>
internal static class ScenarioStage
{
    /// <summary>So long the world is looked at before the scenario begins: the engine knows what runs.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    public static PlanModel ModelOf(Scenario scenario) =>
        new()
        {
            PlanId = 1,
            Revision = 1,
            Armed = scenario.Armed,
            Definition = scenario.Plan,
            Upses = scenario.World.Upses.ToImmutableSortedDictionary(u => u.Policy.UpsId, u => u.Policy),
            Hosts = scenario.World.Hosts.ToImmutableSortedDictionary(h => h.Model.Id, h => h.Model),
            Guests = scenario
                .World.Guests.Where(g => IsNamed(scenario.Plan, g.Model.Id))
                .ToImmutableSortedDictionary(g => g.Model.Key, g => g.Model, StringComparer.Ordinal),
            Servers = scenario
                .World.Upses.Select(u => (u.Policy.UpsId, Server: ServerOf(scenario.World, u.Policy.ServedBy)))
                .Where(s => s.Server is not null)
                .ToImmutableSortedDictionary(s => s.UpsId, s => s.Server!), // just filtered
            Canaries = scenario
                .World.Canaries.Where(c => scenario.Plan.Canaries.Contains(c.Id))
                .ToImmutableSortedDictionary(c => c.Id, c => c),
        };

    /// <summary>The target of this name that runs a UPS's server (A10).</summary>
    private static UpsServer? ServerOf(ScenarioWorld world, string? name) =>
        world.Guests.FirstOrDefault(g => g.Name == name) is { } guest
            ? new UpsServer(guest.Model.HostId, guest.Model.Key)
        : world.Hosts.FirstOrDefault(h => h.Name == name) is { } host ? new UpsServer(host.Model.Id, null)
        : null;

    public static VirtualWorld Build(Scenario scenario)
    {
        var model = ModelOf(scenario);
        var world = new VirtualWorld
        {
            Model = model,
            Beat = TimeSpan.FromMilliseconds(500),
            UpsPoll = TimeSpan.FromSeconds(1),
            Epoch = (scenario.World.Begins ?? VirtualWorld.Start) - TimeSpan.FromHours(1) - WarmUp,
        };
        foreach (var ups in scenario.World.Upses)
            world.Upses[ups.Policy.UpsId] = Ups(ups);
        foreach (var canary in model.Canaries.Keys)
            world.Canaries[canary] = true;
        foreach (var host in scenario.World.Hosts)
            world.Hosts[host.Model.Id] = Host(host, model, scenario.World.Guests);
        foreach (var guest in scenario.World.Guests)
            world.Guests[KeyOf(world, guest.Name)] = Guest(guest);
        return world;
    }

    private static bool IsNamed(PlanDefinition plan, int? guestId) =>
        guestId is not null
        && plan.Phases.SelectMany(p => p.Steps)
            .Select(s => s.Target)
            .Concat(plan.Dependencies.SelectMany(d => new[] { d.From, d.To }))
            .Any(t => t.GuestId == guestId);

    /// <summary>Two guests may have one name, in two realms.</summary>
    private static string KeyOf(VirtualWorld world, string name)
    {
        var key = name;
        for (var i = 2; world.Guests.ContainsKey(key); i++)
            key = $"{name} ({i})";
        return key;
    }

    private static VirtualUps Ups(ScenarioUps ups) =>
        new()
        {
            Status = ups.Status,
            Reachable = ups.Reachable,
            Charge = ups.Charge,
            Runtime = ups.Runtime,
            InputVoltage = ups.InputVoltage,
            Load = ups.Load,
            BatterySeconds = ups.BatterySeconds,
            RechargeSeconds = ups.RechargeSeconds,
            LowPercent = ups.LowPercent,
            LongestCutDelay = ups.LongestCutDelay,
            CutRefusals = ups.CutRefusals,
        };

    private static VirtualHost Host(ScenarioHost host, PlanModel model, ImmutableArray<ScenarioGuest> guests) =>
        new()
        {
            Realm = guests.FirstOrDefault(g => g.Model.HostId == host.Model.Id)?.Model.Realm ?? $"host{host.Model.Id}",
            Witness = host.Model.HasWitness ? host.WitnessAnswers : null,
            StopSeconds = host.StopSeconds,
            BootSeconds = host.BootSeconds,
            SlowSeconds = host.SlowSeconds,
            Refuses = host.Refuses,
            LockedOut = host.LockedOut,
            BmcRefuses = host.Bmc ? null : "no BMC",
            CommandRefusals = host.CommandRefusals,
            RestoresOnAc = host.RestoresOnAc,
            WakeAnswers = host.WakeAnswers,
            Supplies = model.SuppliesOf(host.Model),
            Needed = host.Model.MinSupplies ?? model.Definition.MinSupplies,
            Dead = host.Off,
        };

    private static VirtualGuest Guest(ScenarioGuest guest) =>
        new VirtualGuest
        {
            Id = guest.Model.Id ?? 0,
            ExternalId = guest.Model.ExternalId,
            Name = guest.Name,
            HostId = guest.Model.HostId,
            StopSeconds = guest.StopSeconds,
            Refusals = guest.Refusals,
            Immortal = guest.Immortal,
            Autostart = guest.Autostart,
            ReadySeconds = guest.ReadySeconds,
        }.Set(guest.Power);
}

using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>A random world and its life as data: what exists, the plan, and what happens when. A failing one is made
/// smaller by leaving things out.</summary>
internal sealed record ChaosScript
{
    public required int Seed { get; init; }

    /// <summary>People act in it, too.</summary>
    public bool People { get; init; }
    public required ImmutableArray<UpsSpec> Upses { get; init; }
    public required ImmutableArray<HostSpec> Hosts { get; init; }
    public required ImmutableArray<GuestSpec> Guests { get; init; }
    public required PlanDefinition Plan { get; init; }

    /// <summary>Milliseconds: the longest that an effect takes.</summary>
    public int MostLatency { get; init; } = 6000;
    public ImmutableArray<ChaosEvent> Events { get; init; } = [];

    /// <summary>The world before anything happens.</summary>
    public World Build()
    {
        // Not the dice that the script was made with: what is left out must not change the rest.
        var dice = new Random(Seed);
        var world = new World
        {
            Beat = TimeSpan.FromSeconds(1),
            UpsPoll = TimeSpan.FromSeconds(1),
            Latency = () => TimeSpan.FromMilliseconds(dice.Next(4) == 0 ? dice.Next(50, MostLatency) : 50),
            Model = Model(),
        };
        foreach (var ups in Upses)
            world.Upses[ups.Id] = new SimUps();
        foreach (var host in Hosts)
        {
            world.Hosts[host.Id] = new SimHost
            {
                Realm = RealmOf(host.Id),
                StopSeconds = host.StopSeconds,
                Witness = host.Model.HasWitness ? true : null,
                BmcRefuses = host.BmcRefuses,
                BmcTells = host.BmcTells,
                BmcFlickers = host.BmcFlickers,
                HangsAtTheEnd = host.Hangs,
            };
        }
        foreach (var guest in Guests)
            world.Guests[guest.Name] = guest.Build();
        return world;
    }

    public static string RealmOf(int host) => $"realm{host}";

    private PlanModel Model() =>
        new()
        {
            PlanId = 1,
            Armed = true,
            Definition = Definition(),
            Upses = Upses.ToImmutableSortedDictionary(
                u => u.Id,
                u => new UpsPolicy { UpsId = u.Id, Name = $"ups{u.Id}" }
            ),
            Servers = Upses
                .Where(u => Hosts.Any(h => h.Id == u.ServedBy))
                .ToImmutableSortedDictionary(u => u.Id, u => new UpsServer(u.ServedBy ?? 0)),
            Hosts = Hosts.ToImmutableSortedDictionary(h => h.Id, HostOf),
            Canaries = Definition()
                .Canaries.ToImmutableSortedDictionary(c => c, c => new CanaryModel { Id = c, Name = $"canary{c}" }),
            Guests = Guests
                .Where(g => g.Covered)
                .Select(g => g.Model())
                .ToImmutableSortedDictionary(g => g.Key, g => g, StringComparer.Ordinal),
        };

    /// <summary>A host needs no more than what was not left out.</summary>
    private HostModel HostOf(HostSpec host)
    {
        ImmutableArray<Supply> supplies = [.. host.Model.Supplies.Where(s => Upses.Any(u => u.Id == s.UpsId))];
        return host.Model with
        {
            Supplies = supplies,
            MinSupplies = host.Model.MinSupplies is { } needed ? Math.Min(needed, supplies.Length) : null,
        };
    }

    /// <summary>The plan without what was left out.</summary>
    private PlanDefinition Definition() =>
        Plan with
        {
            UpsIds = [.. Upses.Select(u => u.Id)],
            Phases = Existing(Plan.Phases),
            Dependencies = [.. Plan.Dependencies.Where(d => Exists(d.From) && Exists(d.To))],
            Startup = Plan.Startup with { Phases = Existing(Plan.Startup.Phases) },
            PointOfNoReturnPhase = Existing(Plan.Phases).Any(p => p.Id == Plan.PointOfNoReturnPhase)
                ? Plan.PointOfNoReturnPhase
                : null,
        };

    private ImmutableArray<PhaseDefinition> Existing(ImmutableArray<PhaseDefinition> phases) =>
        [
            .. phases
                .Select(p => p with { Steps = [.. p.Steps.Where(s => Exists(s.Target))] })
                .Where(p => !p.Steps.IsEmpty),
        ];

    private bool Exists(TargetDefinition target) =>
        target.GuestId is { } guest ? Guests.Any(g => g.Id == guest && g.Covered)
        : target.UpsId is { } ups ? Upses.Any(u => u.Id == ups)
        : Hosts.Any(h => h.Id == (target.HostId ?? target.GuestsOf));
}

/// <param name="ServedBy">The host that its readings come through (A10).</param>
internal sealed record UpsSpec(int Id, int? ServedBy = null);

/// <param name="StopSeconds">From an accepted shutdown to silence; null: it accepts and stays.</param>
internal sealed record HostSpec(HostModel Model, double? StopSeconds)
{
    /// <summary>Null: its BMC takes the power.</summary>
    public string? BmcRefuses { get; init; } = "no BMC";
    public bool BmcTells { get; init; }
    public bool BmcFlickers { get; init; }
    public bool Hangs { get; init; }
    public int Id => Model.Id;
}

internal sealed record GuestSpec
{
    public required int Id { get; init; }
    public required int HostId { get; init; }

    /// <summary>Null: it ignores the press.</summary>
    public double? StopSeconds { get; init; }
    public bool Immortal { get; init; }

    /// <summary>From its start until it serves.</summary>
    public double ReadySeconds { get; init; }
    public int Refusals { get; init; }
    public PowerState Power { get; init; } = PowerState.Running;

    /// <summary>The plan names it.</summary>
    public bool Covered { get; init; } = true;
    public string Name => $"guest{Id}";

    public SimGuest Build() =>
        new SimGuest
        {
            Id = Id,
            Name = Name,
            HostId = HostId,
            StopSeconds = StopSeconds,
            Immortal = Immortal,
            ReadySeconds = ReadySeconds,
            Refusals = Refusals,
        }.Set(Power);

    public GuestModel Model() =>
        new()
        {
            Realm = ChaosScript.RealmOf(HostId),
            ExternalId = $"uuid-{Id}",
            Id = Id,
            Name = Name,
            HostId = HostId,
        };
}

/// <summary>Something that happens, so many seconds after the world began.</summary>
internal sealed record ChaosEvent(double At, ChaosAct Act);

internal abstract record ChaosAct;

/// <summary>From now on the UPS says this.</summary>
internal sealed record UpsSays(int Ups, string Status) : ChaosAct
{
    public bool Reachable { get; init; } = true;
    public double? Charge { get; init; } = 100;
    public double? Runtime { get; init; } = 1800;
    public double Volts { get; init; } = 230;

    public void Tell(SimUps ups) =>
        (ups.Status, ups.Reachable, ups.Charge, ups.Runtime, ups.InputVoltage) = (
            Status,
            Reachable,
            Charge,
            Runtime,
            Volts
        );
}

/// <summary>The process is killed and comes back; with <paramref name="NewBoot"/> its machine was, too.</summary>
internal sealed record Restarts(bool NewBoot, int AwaySeconds) : ChaosAct;

internal sealed record Dies(int Host) : ChaosAct;

/// <summary>Somebody edits the plan (I14).</summary>
internal sealed record Edits : ChaosAct;

/// <summary>Somebody starts a guest behind our back.</summary>
internal sealed record StartsBehind(int Guest) : ChaosAct;

internal sealed record Asks(Observation What) : ChaosAct;

/// <summary>Somebody switches on every host that is off.</summary>
internal sealed record SwitchesOn : ChaosAct;

/// <summary>What the canary says from now on, once a second (A9).</summary>
internal sealed record CanarySays(int Canary, bool Answers) : ChaosAct;

using System.Collections.Immutable;
using System.Text.Json.Serialization;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Plans;

/// <summary>A plan with everything it names resolved: what the engine decides about. A run freezes one (F3).</summary>
public sealed record PlanModel
{
    public required int PlanId { get; init; }
    public int Revision { get; init; }
    public bool Armed { get; init; }
    public required PlanDefinition Definition { get; init; }

    /// <summary>Every UPS that the plan names or that feeds one of its hosts.</summary>
    public ImmutableSortedDictionary<int, UpsPolicy> Upses { get; init; } =
        ImmutableSortedDictionary<int, UpsPolicy>.Empty;

    /// <summary>Hosts that are targets, or whose guests are.</summary>
    public ImmutableSortedDictionary<int, HostModel> Hosts { get; init; } =
        ImmutableSortedDictionary<int, HostModel>.Empty;

    /// <summary>Guests that are targets, by <see cref="GuestModel.Key"/>.</summary>
    public ImmutableSortedDictionary<string, GuestModel> Guests { get; init; } = Guestless;

    /// <summary>Hosts that the plan does not deal with, but that hang on a UPS which it cuts (C9).</summary>
    public ImmutableSortedDictionary<int, HostModel> Bystanders { get; init; } =
        ImmutableSortedDictionary<int, HostModel>.Empty;

    /// <summary>Managed targets that run the server of a UPS, by the UPS's id (A10).</summary>
    public ImmutableSortedDictionary<int, UpsServer> Servers { get; init; } =
        ImmutableSortedDictionary<int, UpsServer>.Empty;

    /// <summary>Guests that hosts are spoken to through (a vCenter), by their keys, with the host of each (C6).</summary>
    public ImmutableSortedDictionary<string, int> Controllers { get; init; } =
        ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<int, CanaryModel> Canaries { get; init; } =
        ImmutableSortedDictionary<int, CanaryModel>.Empty;

    /// <summary>UPSes that share a circuit with one of <see cref="Upses"/> and are none of them: they bear witness (A9).</summary>
    public ImmutableSortedDictionary<int, UpsPolicy> Witnesses { get; init; } =
        ImmutableSortedDictionary<int, UpsPolicy>.Empty;

    /// <summary>What actions on targets have taken, by <see cref="LearnedDuration.KeyOf"/>.</summary>
    public ImmutableSortedDictionary<string, LearnedDuration> Durations { get; init; } =
        ImmutableSortedDictionary.Create<string, LearnedDuration>(StringComparer.Ordinal);

    /// <summary>Who needs whom; made when it is first asked for.</summary>
    [JsonIgnore]
    public PlanGraph Graph => field is { } graph && graph.IsOf(this) ? graph : field = PlanGraph.Of(this);

    public static ImmutableSortedDictionary<string, GuestModel> Guestless { get; } =
        ImmutableSortedDictionary.Create<string, GuestModel>(StringComparer.Ordinal);

    /// <summary>What feeds a host: one without declared supplies hangs on all UPSes of the plan.</summary>
    public ImmutableArray<Supply> SuppliesOf(HostModel? host) =>
        host is { Supplies.Length: > 0 } ? host.Supplies : [.. Definition.UpsIds.Select(id => new Supply(id, 1))];

    public SupplyView SupplyOf(HostModel host, IReadOnlyDictionary<int, UpsEvidence> evidence, TimeSpan now) =>
        Supplies.View(SuppliesOf(host), host.MinSupplies ?? Definition.MinSupplies, evidence, now);

    /// <summary>It is a guest that runs this program, on whatever host: it goes down with its host, never before (C6).</summary>
    public bool IsManagerGuest(string? key) =>
        key is not null && Hosts.Values.Any(h => h.ManagerGuestKey is { } own && own == key);

    /// <summary>The supplies of the plan's own UPSes, each of weight 1.</summary>
    public SupplyView PlanSupply(IReadOnlyDictionary<int, UpsEvidence> evidence, TimeSpan now) =>
        Supplies.View(SuppliesOf(null), Definition.MinSupplies, evidence, now);
}

/// <summary>What may never be broken: users before storage, everything before the network, the manager last (C6).</summary>
public enum HostRank
{
    Ordinary,
    Storage,
    Network,
    Manager,
}

public sealed record HostModel
{
    public required int Id { get; init; }
    public required string Name { get; init; }
    public HostRank Rank { get; init; }

    /// <summary>The name that stands for its address, and that something must resolve (F8, F10); null: an address.</summary>
    public string? AddressName { get; init; }
    public ImmutableArray<Supply> Supplies { get; init; } = [];
    public double? MinSupplies { get; init; }
    public int MaxParallelGuests { get; init; } = 10;

    /// <summary>Silence after an accepted shutdown that counts as off, if a witness answers (C4).</summary>
    public double OffSilenceSeconds { get; init; } = 60;
    public bool HasWitness { get; init; }

    /// <summary>How it can be woken, in the order to try: <c>wol</c>, <c>ipmi</c>, <c>redfish</c> (E4).</summary>
    public ImmutableArray<string> WakeMethods { get; init; } = [];

    /// <summary>Its firmware starts it when power returns, and nothing else does: an outlet only gives that power (C9).</summary>
    public bool NeedsReturnOfPower => WakeMethods.All(m => m == "pdu");

    /// <summary>The guest of it that runs this program: it goes down with its host, never before (C6).</summary>
    public string? ManagerGuestKey { get; init; }

    /// <summary>The platform has guests to list.</summary>
    public bool HasGuests { get; init; }

    /// <summary>What its uncovered guests get before it goes down (C5).</summary>
    public ImmutableArray<RungDefinition> DefaultLadder { get; init; } =
    [
        new() { Action = StepAction.Shutdown, TimeoutSeconds = 60 },
        new() { Action = StepAction.ForceOff, TimeoutSeconds = 30 },
    ];
}

/// <summary>A guest. Its identity is (realm, platform id) wherever it runs (C5).</summary>
public sealed record GuestModel
{
    public required string Realm { get; init; }
    public required string ExternalId { get; init; }

    /// <summary>Null for one that was never stored: found running on a host that goes down.</summary>
    public int? Id { get; init; }
    public required string Name { get; init; }

    /// <summary>Where it was last seen.</summary>
    public required int HostId { get; init; }
    public int Priority { get; init; }

    [JsonIgnore]
    public string Key => KeyOf(Realm, ExternalId);

    public static string KeyOf(string realm, string externalId) => $"guest:{realm}/{externalId}";
}

/// <summary>The target that runs the server of a UPS: a host, or a guest on it (A10).</summary>
/// <param name="GuestKey">Null: the host itself.</param>
public sealed record UpsServer(int HostId, string? GuestKey = null);

/// <summary>An address on raw mains: when it falls silent, mains is gone there (A9).</summary>
public sealed record CanaryModel
{
    public required int Id { get; init; }
    public required string Name { get; init; }

    /// <summary>UPSes on the same circuit; none: all.</summary>
    public ImmutableArray<int> UpsIds { get; init; } = [];
}

/// <summary>How long an action on a target takes, from past runs, robustly; seconds.</summary>
/// <param name="Overridden">A person said so.</param>
public sealed record LearnedDuration(double P50, double P95, int Samples, bool Overridden = false)
{
    public static string KeyOf(string targetKey, StepAction action) => $"{targetKey}|{action}";
}

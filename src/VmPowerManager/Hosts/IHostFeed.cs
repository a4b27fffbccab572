using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>What the plans see of hosts and guests: an in-memory picture that needs no database, so that a run goes on
/// with a locked or full disk (DESIGN 3).</summary>
public interface IHostFeed
{
    /// <summary>All configured hosts with their last seen guests.</summary>
    IReadOnlyList<HostSnapshot> Hosts { get; }

    /// <summary>Where this process was found to run; null: on none of the hosts, or not found out yet. What a person
    /// declared (<see cref="HostSnapshot.RunsManager"/>) counts more. Raises <see cref="SubscribeConfiguration"/>.</summary>
    ManagerPlace? ManagerPlace { get; }

    /// <summary>Calls back with every refresh of a host (and every failed one), on the monitor's thread: only enqueue.</summary>
    IDisposable Subscribe(Action<HostSnapshot> onRefreshed);

    /// <summary>Raised after a host was added, edited or removed. Only enqueue.</summary>
    IDisposable SubscribeConfiguration(Action onChanged);

    /// <summary>Told after each accepted power action of a person, on the caller's thread: only enqueue.</summary>
    IDisposable SubscribePersonActions(Action<PersonAction> onAction);

    /// <summary>Refreshes these hosts as soon as possible and warms their connections: called at the first unconfirmed
    /// on-battery reading. Returns at once.</summary>
    void RefreshNow(IReadOnlyCollection<int> hostIds);
}

public enum HostRole
{
    Hypervisor,
    Storage,
    Network,
    Server,
}

/// <summary>Which UPS feeds a host, with what weight (POLICY B1).</summary>
public sealed record HostSupply(int UpsId, double PowerValue);

/// <summary>A host as configured, and as last seen. Immutable.</summary>
public sealed record HostSnapshot
{
    public required int Id { get; init; }
    public required string Name { get; init; }
    public required string Platform { get; init; }
    public HostRole Role { get; init; }

    /// <summary>This process runs on it: it goes last (I8).</summary>
    public bool RunsManager { get; init; }
    public IReadOnlyList<HostSupply> Supplies { get; init; } = [];

    /// <summary>Null: the plan's default (B1).</summary>
    public double? MinSupplies { get; init; }
    public int MaxParallelGuests { get; init; } = HostBody.UsualParallelGuests;

    /// <summary>An address on the same network path that proves the path when the host is silent (C4).</summary>
    public string? Witness { get; init; }

    /// <summary>Where it is reached, a name or an address; null: the platform has none of its own.</summary>
    public string? Address { get; init; }

    /// <summary>How it can be woken, in the order to try: <c>wol</c> ... (E4).</summary>
    public IReadOnlyList<string> WakeMethods { get; init; } = [];

    /// <summary>A management controller says whether it has power, and can take it (C4).</summary>
    public bool HasBmc => WakeMethods.Any(m => m is "ipmi" or "redfish");

    /// <summary>A controller or a switched outlet can take its power.</summary>
    public bool PowerCanBeTaken => HasBmc || WakeMethods.Any(m => m is "pdu" or "nutOutlet");

    /// <summary>Silence that counts as off after an accepted shutdown, seconds (C4).</summary>
    public double OffSilenceSeconds { get; init; } = 60;
    public HostCapabilities Capabilities { get; init; }

    /// <summary>What its platform can do before a shutdown, and undo: <c>haDisarmed</c> ... (C10).</summary>
    public IReadOnlyList<string> Preparations { get; init; } = [];

    /// <summary>Those of them that are done to all of its realm, so that another host there can undo them.</summary>
    public IReadOnlyList<string> SharedPreparations { get; init; } = [];

    /// <summary>Null before the first complete refresh.</summary>
    public string? Realm { get; init; }

    /// <summary>Where the guests of a listing belong; a host that was never told its realm is one of its own.</summary>
    public string RealmOf(HostInventory seen) =>
        seen.Realm.Length > 0
            ? seen.Realm
            : Realm ?? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"host:{Id}");

    /// <summary>As <see cref="HostInventory.WholeRealm"/>.</summary>
    public bool? WholeRealm { get; init; }

    /// <summary>As <see cref="HostInventory.NotReady"/>.</summary>
    public string? NotReady { get; init; }
    public IReadOnlyList<GuestSnapshot> Guests { get; init; } = [];

    /// <summary>What its platform is set to do with power.</summary>
    public IReadOnlyList<HostFact> Facts { get; init; } = [];

    /// <summary>As <see cref="HostInventory.Forced"/>, as it was last asked for.</summary>
    public IReadOnlyDictionary<string, PlatformForce> Forced { get; init; } =
        System.Collections.Immutable.ImmutableDictionary<string, PlatformForce>.Empty;

    /// <summary>Wall time of the last complete refresh, or null.</summary>
    public DateTimeOffset? RefreshedAt { get; init; }

    /// <summary>Elapsed time of it (F6).</summary>
    public TimeSpan? Refreshed { get; init; }

    /// <summary>Why the newest refresh failed, in the peer's words; null when it worked.</summary>
    public string? Fault { get; init; }

    /// <summary>What kind of failure that was; null with a fault: it cannot even be tried, as configured or stored.</summary>
    public DeviceFault? FaultKind { get; init; }
}

/// <summary>A guest as last seen. <see cref="Id"/> is null until it was stored once.</summary>
public sealed record GuestSnapshot
{
    public int? Id { get; init; }
    public required int HostId { get; init; }
    public required string Realm { get; init; }
    public required string ExternalId { get; init; }
    public required string Name { get; init; }
    public GuestKind Kind { get; init; }

    /// <summary>Hosts are spoken to through it (a vCenter): it goes down after all others that are (C6).</summary>
    public bool ControlsHosts { get; init; }
    public GuestState State { get; init; }
    public AgentState Agent { get; init; }

    /// <summary>Lower ones are sacrificed first under compression (C7).</summary>
    public int Priority { get; init; }
    public DateTimeOffset SeenAt { get; init; }
}

/// <summary>What a person told a host or a guest to do, after it was accepted: plans must not undo it (POLICY E2, F2).</summary>
/// <param name="Realm">Null with <paramref name="ExternalId"/>: it was the host itself.</param>
/// <param name="Verb">The API's <c>action</c>.</param>
public sealed record PersonAction(int HostId, string? Realm, string? ExternalId, string Verb, string Actor);

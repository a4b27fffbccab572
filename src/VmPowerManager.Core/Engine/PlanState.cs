using System.Collections.Immutable;
using System.Text.Json.Serialization;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>Everything that the engine remembers of one plan. Immutable and serialisable: the journal stores it (I3).</summary>
public sealed record PlanState
{
    public ImmutableSortedDictionary<int, UpsEvidence> Upses { get; init; } =
        ImmutableSortedDictionary<int, UpsEvidence>.Empty;
    public ImmutableSortedDictionary<int, HostView> Hosts { get; init; } =
        ImmutableSortedDictionary<int, HostView>.Empty;

    /// <summary>By <see cref="GuestModel.KeyOf"/>.</summary>
    public ImmutableSortedDictionary<string, GuestView> Guests { get; init; } =
        ImmutableSortedDictionary.Create<string, GuestView>(StringComparer.Ordinal);
    public CycleState? Cycle { get; init; }

    /// <summary>The run in progress, or null.</summary>
    public RunState? Run { get; init; }
    public HoldState? Hold { get; init; }

    /// <summary>Begins of the last outages, for flapping (D1).</summary>
    public ImmutableArray<TimeSpan> Outages { get; init; } = [];
    public long LastEffect { get; init; }

    /// <summary>Critical notices of the newest step: the process may die before anybody heard them, and tells them again
    /// (I11). They are journaled until the next step, which is journaled for that.</summary>
    public ImmutableArray<Notice> Untold { get; init; } = [];

    /// <summary>When this process took the state over: what is older was not seen by it (F7, I3).</summary>
    public TimeSpan? ResumedAt { get; init; }

    /// <summary>What must be undone, until it is (C10).</summary>
    public ImmutableArray<Debt> Debts { get; init; } = [];
    public ImmutableSortedDictionary<int, CanaryView> Canaries { get; init; } =
        ImmutableSortedDictionary<int, CanaryView>.Empty;

    /// <summary>UPSes of the same circuits that this plan does not hang on (A9).</summary>
    public ImmutableSortedDictionary<int, UpsEvidence> Witnesses { get; init; } =
        ImmutableSortedDictionary<int, UpsEvidence>.Empty;
    public MaintenanceState? Maintenance { get; init; }

    /// <summary>End of the maintenance that the plan's definition asked for and that was dealt with.</summary>
    public DateTimeOffset? MaintenanceDone { get; init; }

    /// <summary>The planned time that was dealt with last (F5).</summary>
    public DateTimeOffset? PlannedDone { get; init; }

    /// <summary>What ran at the last complete look at each host while nothing was wrong, by target key (E6).</summary>
    public ImmutableSortedDictionary<string, SnapshotEntry> LastUp { get; init; } =
        ImmutableSortedDictionary.Create<string, SnapshotEntry>(StringComparer.Ordinal);

    /// <summary>Hosts that fell silent without warning, together with all others on one of their UPSes (E6).</summary>
    public ImmutableSortedSet<int> Vanished { get; init; } = [];

    /// <summary>What lies ahead of a shutdown; null: not reckoned. Nothing is lost with it.</summary>
    public Ahead? Ahead { get; init; }

    /// <summary>As <see cref="Ahead"/>, of a startup.</summary>
    public Reserve? Reserve { get; init; }

    /// <summary>When it was last reckoned whether the plan fits, and since when the answer is another than was told.</summary>
    public TimeSpan? FitAt { get; init; }
    public TimeSpan? FitChangedAt { get; init; }

    /// <summary>Standing conditions that were told already, so that each is told once.</summary>
    public ImmutableSortedSet<string> Told { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>The run that has just begun gets its id, and so does what it owes.</summary>
    public PlanState WithRunId(int id) =>
        this with
        {
            Run = Run is null ? null : Run with { Id = id },
            Debts = Debts.Any(d => d.RunId == 0)
                ? [.. Debts.Select(d => d.RunId == 0 ? d with { RunId = id } : d)]
                : Debts,
        };
}

public enum PowerState
{
    Unknown,
    Running,
    Paused,
    Saved,
    Off,
}

/// <summary>A canary as last observed (A9).</summary>
/// <param name="Since">Begin of the present streak of answers or silence.</param>
/// <param name="EverAnswered">It has answered in this process's life: its silence means something.</param>
public sealed record CanaryView(bool Answers, TimeSpan Since, TimeSpan Taken, bool EverAnswered);

/// <summary>A host as last observed.</summary>
public sealed record HostView
{
    /// <summary>Proved off, and silent since (C4, C9).</summary>
    public TimeSpan? ProvedOffAt { get; init; }

    /// <summary>True: it gave its states. False: silence. Null: neither is proven (C4).</summary>
    public bool? Answers { get; init; }

    /// <summary>The last time it answered.</summary>
    public TimeSpan? SeenAt { get; init; }
    public TimeSpan? TriedAt { get; init; }

    /// <summary>Begin of the unbroken silence during which the witness answered (C4).</summary>
    public TimeSpan? WitnessedSilenceSince { get; init; }
    public TimeSpan? SilentSince { get; init; }

    /// <summary>The port was refused: the service is gone, the machine may still be writing.</summary>
    public bool Refused { get; init; }

    /// <summary>What its BMC said last since it fell silent; null: it answered itself, or nobody says (C4).</summary>
    public bool? HasPower { get; init; }

    /// <summary>Nobody answered the newest look, proven or not (E6).</summary>
    public bool NoAnswer { get; init; }

    /// <summary>It answers, and cannot start guests now: why (E4).</summary>
    public string? NotReady { get; init; }
    public string? Words { get; init; }
}

/// <summary>A guest as last observed.</summary>
public sealed record GuestView
{
    public required string Realm { get; init; }
    public required string ExternalId { get; init; }
    public required string Name { get; init; }
    public required int HostId { get; init; }
    public PowerState Power { get; init; }
    public required TimeSpan SeenAt { get; init; }
    public int? Id { get; init; }
}

public enum TargetKind
{
    Guest,
    Host,
    Ups,
}

/// <summary>What a step acts on.</summary>
public sealed record TargetRef
{
    public required TargetKind Kind { get; init; }

    /// <summary>Its id in the API; null for a guest that was never stored.</summary>
    public int? Id { get; init; }
    public required string Name { get; init; }

    /// <summary>The host itself, or the guest's host when the run began; 0 for a UPS.</summary>
    public int HostId { get; init; }
    public string? Realm { get; init; }
    public string? ExternalId { get; init; }

    [JsonIgnore]
    public string Key =>
        Kind switch
        {
            TargetKind.Guest => GuestModel.KeyOf(Realm ?? "", ExternalId ?? ""),
            TargetKind.Host => HostKey(HostId),
            _ => $"ups:{Id}",
        };

    public static string HostKey(int hostId) => $"host:{hostId}";

    public static TargetRef Of(HostModel host) =>
        new()
        {
            Kind = TargetKind.Host,
            Id = host.Id,
            HostId = host.Id,
            Name = host.Name,
        };

    public static TargetRef Of(GuestView guest) =>
        new()
        {
            Kind = TargetKind.Guest,
            Id = guest.Id,
            HostId = guest.HostId,
            Name = guest.Name,
            Realm = guest.Realm,
            ExternalId = guest.ExternalId,
        };

    public static TargetRef Of(GuestModel guest) =>
        new()
        {
            Kind = TargetKind.Guest,
            Id = guest.Id,
            HostId = guest.HostId,
            Name = guest.Name,
            Realm = guest.Realm,
            ExternalId = guest.ExternalId,
        };
}

/// <summary>From the first on-battery reading of a plan until its startup is done; owns the snapshot (E1).</summary>
public sealed record CycleState
{
    public required TimeSpan OpenedAt { get; init; }
    public required DateTimeOffset OpenedWall { get; init; }

    /// <summary>By target key. A second outage adds, never removes.</summary>
    public ImmutableSortedDictionary<string, SnapshotEntry> Snapshot { get; init; } =
        ImmutableSortedDictionary.Create<string, SnapshotEntry>(StringComparer.Ordinal);

    /// <summary>Some run acted within it: there may be something to bring back.</summary>
    public bool Acted { get; init; }

    /// <summary>Opened by a person's run: nothing starts by itself but for <see cref="StartWanted"/> (F5).</summary>
    public bool Manual { get; init; }

    /// <summary>Key of the guest that a fire drill has stopped, or is about to, and starts again afterwards.</summary>
    public string? Drill { get; init; }

    /// <summary>Startup was asked for, whatever the plan's arming: undo.</summary>
    public bool StartWanted { get; init; }

    /// <summary>Startup is wanted once mains was seen lost and is stable again (F5: startWhenStable).</summary>
    public bool StartAfterLoss { get; init; }

    /// <summary>Startup is wanted then (F5: a planned run).</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>Startup has succeeded, but something that was asked to stop may still go down: it is watched for a while.</summary>
    public bool Settling { get; init; }

    /// <summary>Startup ended with failures: only a person tries again, or a host that comes up late after all (E4).</summary>
    public bool StartFailed { get; init; }

    /// <summary>Hosts that did not come up in time.</summary>
    public ImmutableSortedSet<int> Missing { get; init; } = [];

    /// <summary>Commands that this outage has run already, by phase, host and words.</summary>
    public ImmutableSortedSet<string> Commands { get; init; } =
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Only load was shed in it: mains brings that back without the gates of a whole startup.</summary>
    public bool ShedOnly { get; init; }

    /// <summary>Nobody saw the power go: what ran is known from the last look before (E6).</summary>
    public bool Unannounced { get; init; }

    /// <summary>Load of each UPS when the cycle opened, percent: machines that are off flatter the runtime (E3).</summary>
    public ImmutableSortedDictionary<int, double> LoadBefore { get; init; } =
        ImmutableSortedDictionary<int, double>.Empty;

    /// <summary>What UPSes were told to cut, by their ids (C9).</summary>
    public ImmutableSortedDictionary<int, CutOrder> Cuts { get; init; } =
        ImmutableSortedDictionary<int, CutOrder>.Empty;

    /// <summary>Mains is back, the gates are not passed: since when (E3).</summary>
    public TimeSpan? WaitingSince { get; init; }
}

/// <summary>What ran when the cycle opened, and what we did to it.</summary>
public sealed record SnapshotEntry(TargetRef Target, PowerState Power)
{
    /// <summary>A run has dealt with it: it is down, going down or given up.</summary>
    public bool Stopped { get; init; }

    /// <summary>Seen off since: when it runs again, somebody started it, and it is dealt with anew.</summary>
    public bool SeenOff { get; init; }

    /// <summary>Off by evidence, not by silence alone (C4).</summary>
    public bool ProvedOff { get; init; }

    /// <summary>Times in this outage that it was taken up again because somebody had started it (C5).</summary>
    public int Returns { get; init; }

    /// <summary>A run took it up at some time in this cycle: it is ours to bring back.</summary>
    public bool Touched { get; init; }

    /// <summary>When it was last asked to stop: it may still obey long after mains is back.</summary>
    public TimeSpan? AskedAt { get; init; }

    /// <summary>A person stopped it: nothing automatic starts it (E2, F5).</summary>
    public bool ByPerson { get; init; }
}

/// <summary>Automatic runs wait (F4).</summary>
public sealed record HoldState
{
    public required string By { get; init; }
    public required DateTimeOffset Since { get; init; }
    public DateTimeOffset? Until { get; init; }
    public bool EvenIfCritical { get; init; }

    /// <summary>An outage was open when it began, or has opened since: the hold ends with it.</summary>
    public bool SawOutage { get; init; }
}

using System.Collections.Immutable;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>What the engine is told, one at a time and in order (DESIGN 3: the engine's feed).</summary>
public abstract record Observation;

/// <summary>Time has passed.</summary>
public sealed record Ticked : Observation;

/// <summary>The plan, its UPSes, hosts or guests were edited; a run in progress keeps what it froze (F3).</summary>
public sealed record ModelChanged : Observation;

/// <summary>The process came back with a stored state. After a new boot the readings say nothing any more (F6, F7).</summary>
public sealed record Resumed(bool NewBoot) : Observation;

public sealed record UpsObserved(UpsObservation What) : Observation;

/// <summary>A host answered with all its guests.</summary>
/// <param name="WholeRealm">The list covers the whole realm: a guest that is not in it runs nowhere (C5).</param>
public sealed record HostAnswered(
    int HostId,
    string Realm,
    bool WholeRealm,
    ImmutableArray<GuestSeen> Guests,
    TimeSpan Taken
) : Observation
{
    /// <summary>It is up, and cannot start guests now: why, in its platform's words (E4).</summary>
    public string? NotReady { get; init; }
}

public sealed record GuestSeen(string ExternalId, string Name, PowerState Power, int? Id);

/// <summary>A host did not give its states.</summary>
/// <param name="Silent">Nobody answered. False: somebody did, but not with states (login refused, name not resolved):
/// that proves neither up nor off (C4).</param>
/// <param name="WitnessAnswers">Whether the host's witness answered just now; null when it has none.</param>
public sealed record HostMissed(int HostId, bool Silent, string Words, bool? WitnessAnswers, TimeSpan Taken)
    : Observation
{
    /// <summary>Silent, but its network still says that the port is closed: twice the silence is asked for (C4).</summary>
    public bool Refused { get; init; }

    /// <summary>Nobody answered, as far as this look went: no proof of silence, but a sign (E6).</summary>
    public bool NoAnswer { get; init; }

    /// <summary>Somebody answered there: it is not off (C4).</summary>
    public bool Heard { get; init; } = !Silent;

    /// <summary>Whether its machine has power, as its BMC says (C4); null: nobody says.</summary>
    public bool? HasPower { get; init; }
}

/// <summary>An effect came to its end: accepted, or refused in the peer's words.</summary>
public sealed record EffectEnded(long EffectId, bool Ok, string? Words) : Observation
{
    /// <summary>The peer is not whom its pinned key says: asking again the same way is in vain until a person approves
    /// (F8).</summary>
    public bool TrustChanged { get; init; }

    /// <summary>Of a preparation: somebody else had done it before (C10).</summary>
    public bool WasSoBefore { get; init; }
}

/// <summary>A person wants a run (F5).</summary>
public sealed record RunRequested(RunKind Kind, string Actor) : Observation
{
    /// <summary>Skip delays between steps (F4).</summary>
    public bool Now { get; init; }
    public bool StartWhenStable { get; init; }
    public bool Force { get; init; }
    public string? Reason { get; init; }

    /// <summary>UPS outputs may be cut in a manual run (F5).</summary>
    public bool AllowCut { get; init; }

    /// <summary>Key of the one guest that a fire drill stops and starts.</summary>
    public string? Drill { get; init; }
}

/// <summary>Stop everything now (F4).</summary>
public sealed record CancelRequested(CancelMode Mode, string Actor) : Observation
{
    public DateTimeOffset? HoldUntil { get; init; }
    public bool EvenIfCritical { get; init; }
}

/// <summary>No automatic run until released, until a time, until the outage's end, or until critical (F4).</summary>
public sealed record HoldRequested(string Actor) : Observation
{
    public DateTimeOffset? HoldUntil { get; init; }
    public bool EvenIfCritical { get; init; }
}

public sealed record ReleaseRequested(string Actor) : Observation;

/// <summary>A person stopped or started a target by hand (E2, F2).</summary>
public sealed record PersonActed(string TargetKey, bool Stopped) : Observation;

/// <summary>A canary answered, or did not (A9).</summary>
public sealed record CanaryObserved(int CanaryId, bool Answers, TimeSpan Taken) : Observation;

/// <summary>Another plan's run proved a host off (C9: every managed host that a UPS feeds, of any plan).</summary>
public sealed record HostProvedOff(int HostId, TimeSpan Taken) : Observation;

/// <summary>A person says that a debt needs no more paying, or wants it tried again (C10).</summary>
public sealed record DebtSettled(long DebtId, string Actor, bool TryAgain) : Observation;

/// <summary>A person closes the cycle: nothing of its snapshot is started any more (E1).</summary>
public sealed record CycleDismissed(string Actor) : Observation;

public enum CancelMode
{
    Hold,
    Undo,
    FinishPhase,
}

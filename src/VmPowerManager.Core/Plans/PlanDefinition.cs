using System.Collections.Immutable;

namespace VmPowerManager.Core.Plans;

/// <summary>What to do when supplies fail, as a person wrote it: the API's body and the stored column (DESIGN 4).</summary>
public sealed record PlanDefinition
{
    public string Name { get; init; } = "";
    public ImmutableArray<int> UpsIds { get; init; } = [];

    /// <summary>For hosts that declare none (B1).</summary>
    public double MinSupplies { get; init; } = 1;

    /// <summary>No phase begins before, but for a critical target (C1).</summary>
    public int OnBatteryDelaySeconds { get; init; }

    /// <summary>How long enough supplies must be on line before mains is back (D1).</summary>
    public int ReturnConfirmSeconds { get; init; } = 10;
    public ImmutableArray<PhaseDefinition> Phases { get; init; } = [];

    /// <summary>Lengthen those of each UPS, never shorten them (A4); null: as the UPS has them.</summary>
    public int? ConfirmSeconds { get; init; }
    public int? DeadSeconds { get; init; }

    /// <summary>Room that auto triggers leave, and that the forecast asks for (C1).</summary>
    public int SafetyMarginSeconds { get; init; } = 60;

    /// <summary>Shortens waits and rungs when time left is less than time needed (C7).</summary>
    public bool Compression { get; init; } = true;

    /// <summary>Who needs whom; one graph for both directions (C6, E4).</summary>
    public ImmutableArray<DependencyDefinition> Dependencies { get; init; } = [];

    /// <summary>Ids of addresses on raw mains that bear witness (A9).</summary>
    public ImmutableArray<int> Canaries { get; init; } = [];

    /// <summary>All UPSes of a target lost at once and a silent canary, while something on UPS power answers, are an
    /// outage (A9); opt-in.</summary>
    public bool LossIsOutage { get; init; }
    public ScheduleDefinition? Schedule { get; init; }
    public MaintenanceDefinition? Maintenance { get; init; }

    /// <summary>Id of the phase whose begin is the point of no return; null: the first UPS cut or the manager's host
    /// shutdown, whichever is first (D2).</summary>
    public string? PointOfNoReturnPhase { get; init; }
    public StartupDefinition Startup { get; init; } = new();
}

public enum PhaseKind
{
    Normal,

    /// <summary>Load shedding: stops what can be spared, and brings it back with mains, before all others.</summary>
    Shed,
}

/// <summary><see cref="From"/> needs <see cref="To"/>: it goes down before it and comes up after it.</summary>
public sealed record DependencyDefinition
{
    public TargetDefinition From { get; init; } = new();
    public TargetDefinition To { get; init; } = new();
}

/// <summary>A run at a set time (F5), and rehearsals.</summary>
public sealed record ScheduleDefinition
{
    /// <summary>Shut down then ("electrician on Tuesday"); missed by more than five minutes it does not happen.</summary>
    public DateTimeOffset? PlannedAt { get; init; }

    /// <summary>Start again then; null: when mains was lost since and is stable again.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>Time of day, <c>HH:mm</c> in the site's time zone, of rehearsals; null: none.</summary>
    public string? RehearseAt { get; init; }
    public int RehearseEveryDays { get; init; } = 1;
}

/// <summary>Nothing automatic is done to these targets until then; it ends by itself.</summary>
public sealed record MaintenanceDefinition
{
    public DateTimeOffset Until { get; init; }

    /// <summary>None: the whole plan.</summary>
    public ImmutableArray<TargetDefinition> Targets { get; init; } = [];
    public string? Reason { get; init; }
}

public sealed record PhaseDefinition
{
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";
    public PhaseKind Kind { get; init; }
    public bool Parallel { get; init; } = true;
    public int DelayBetweenStepsSeconds { get; init; }
    public TriggerDefinition Trigger { get; init; } = new();
    public ImmutableArray<StepDefinition> Steps { get; init; } = [];

    /// <summary>For a phase of the startup: it waits for this charge (E3); null: the startup's own.</summary>
    public double? MinChargePercent { get; init; }
}

/// <summary>Any one that is set and met begins the phase (C1).</summary>
public sealed record TriggerDefinition
{
    public int? RuntimeBelowSeconds { get; init; }
    public double? ChargeBelowPercent { get; init; }
    public int? OnBatteryForSeconds { get; init; }
    public bool LowBattery { get; init; }

    /// <summary>Charge that is lost faster than this, percent a minute.</summary>
    public double? DepletionAbovePercentPerMinute { get; init; }

    /// <summary>The latest moment that still fits: runtime against what the rest needs (C1, C2).</summary>
    public bool Auto { get; init; }

    public bool IsEmpty =>
        RuntimeBelowSeconds is null
        && ChargeBelowPercent is null
        && OnBatteryForSeconds is null
        && DepletionAbovePercentPerMinute is null
        && !LowBattery
        && !Auto;
}

public enum StepAction
{
    Shutdown,
    Save,
    ForceOff,
    Command,
    CutOutput,
    Start,
    Wake,

    /// <summary>Nothing is changed: later steps wait for <see cref="StepDefinition.Ready"/>.</summary>
    WaitUntil,

    /// <summary>A rung of a host's ladder: its power is taken through its BMC.</summary>
    BmcOff,
}

public enum ReadyKind
{
    /// <summary>The platform says that it runs, or the host answers.</summary>
    Running,
    Ping,
    Port,
    Agent,
    Command,
}

/// <summary>What must be true before dependants go on (E4).</summary>
public sealed record ReadyDefinition
{
    public ReadyKind Kind { get; init; }

    /// <summary>For ping and port: whom; null: the target's own address.</summary>
    public string? Address { get; init; }
    public int? Port { get; init; }

    /// <summary>For a command: run on the target's host; it must succeed.</summary>
    public string? Command { get; init; }
    public int TimeoutSeconds { get; init; } = 120;
}

public enum OnTimeout
{
    GiveUp,
    ForceOff,
    Save,
}

public enum StartupRule
{
    IfRunning,
    Never,
    Always,
}

public sealed record StepDefinition
{
    public TargetDefinition Target { get; init; } = new();
    public StepAction Action { get; init; }

    /// <summary>For <see cref="StepAction.Command"/>: run on the target host as it stands, but for <see cref="Placeholders"/>.</summary>
    public string? Command { get; init; }
    public int TimeoutSeconds { get; init; } = 60;

    /// <summary>The short form of <see cref="Ladder"/>.</summary>
    public OnTimeout OnTimeout { get; init; }

    /// <summary>Rungs in order; empty: from <see cref="Action"/>, <see cref="TimeoutSeconds"/> and <see cref="OnTimeout"/> (C3).</summary>
    public ImmutableArray<RungDefinition> Ladder { get; init; } = [];

    /// <summary>Whether startup brings the target back (E2).</summary>
    public StartupRule Startup { get; init; }

    /// <summary>For <see cref="StepAction.Command"/>: undoes it when the run ends; owed from before the command (C10).</summary>
    public string? Undo { get; init; }

    /// <summary>For <see cref="StepAction.Command"/>, in place of a command: something that the host's platform does, and
    /// undoes when the run ends; owed from before it is done (C10): <c>haDisarmed</c>, <c>cephNoout</c> ...</summary>
    public string? Prepare { get; init; }

    /// <summary>For <see cref="StepAction.Command"/>, in place of a command: a request that this program sends; the target is
    /// the host that it concerns.</summary>
    public HttpDefinition? Http { get; init; }

    /// <summary>Neither a rung nor compression forces the target off.</summary>
    public bool NeverForce { get; init; }

    /// <summary>When the started target is there for those that need it; for <see cref="StepAction.WaitUntil"/> the
    /// condition itself. Null: it runs, or answers.</summary>
    public ReadyDefinition? Ready { get; init; }

    /// <summary>How long its start may take; null: 10 minutes for a host, 2 for a guest.</summary>
    public int? StartTimeoutSeconds { get; init; }

    /// <summary>For <see cref="StepAction.CutOutput"/>: how long the device waits before it cuts; null: as C9 asks.</summary>
    public int? CutDelaySeconds { get; init; }

    /// <summary>Targets that this one needs, besides the plan's <see cref="PlanDefinition.Dependencies"/>.</summary>
    public ImmutableArray<TargetDefinition> DependsOn { get; init; } = [];
}

public enum Via
{
    Acpi,
    Agent,
}

public sealed record RungDefinition
{
    public StepAction Action { get; init; }
    public Via? Via { get; init; }
    public int TimeoutSeconds { get; init; } = 60;
}

/// <summary>Exactly one is set; <see cref="Except"/> goes with <see cref="GuestsOf"/>.</summary>
public sealed record TargetDefinition
{
    public int? GuestId { get; init; }
    public int? HostId { get; init; }
    public int? UpsId { get; init; }

    /// <summary>All guests that run on this host when the run begins.</summary>
    public int? GuestsOf { get; init; }
    public ImmutableArray<int> Except { get; init; } = [];
}

public sealed record StartupDefinition
{
    /// <summary>The shutdown phases in reverse order (E4); false: <see cref="Phases"/>.</summary>
    public bool Mirror { get; init; } = true;
    public int StableMainsSeconds { get; init; } = 120;

    /// <summary>Gates (E3); null: not asked for.</summary>
    public double? MinChargePercent { get; init; } = 30;
    public int? MinRuntimeSeconds { get; init; }

    /// <summary>Asks for enough battery for the boot and the next shutdown, stage by stage (E3).</summary>
    public bool Reserve { get; init; } = true;

    /// <summary>Stable mains that stands in for an unknown charge (E3).</summary>
    public int UnknownChargeWaitSeconds { get; init; } = 900;

    /// <summary>Gates not passed for so long: notify and ask; null: after an hour (E3).</summary>
    public int? MaxWaitSeconds { get; init; }
    public ImmutableArray<PhaseDefinition> Phases { get; init; } = [];
}

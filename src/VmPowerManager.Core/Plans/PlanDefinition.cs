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

    /// <summary>Id of the phase whose begin is the point of no return; null: the manager's host shutdown (D2).</summary>
    public string? PointOfNoReturnPhase { get; init; }
    public StartupDefinition Startup { get; init; } = new();
}

public enum PhaseKind
{
    Normal,

    /// <summary>Reversible load shedding; not offered by this version.</summary>
    Shed,
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
}

/// <summary>Any one that is set and met begins the phase (C1).</summary>
public sealed record TriggerDefinition
{
    public int? RuntimeBelowSeconds { get; init; }
    public double? ChargeBelowPercent { get; init; }
    public int? OnBatteryForSeconds { get; init; }
    public bool LowBattery { get; init; }

    /// <summary>The latest moment that still fits: runtime against the sum of the time limits (C2).</summary>
    public bool Auto { get; init; }

    public bool IsEmpty =>
        RuntimeBelowSeconds is null
        && ChargeBelowPercent is null
        && OnBatteryForSeconds is null
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

    /// <summary>For <see cref="StepAction.Command"/>: run on the target host as it stands.</summary>
    public string? Command { get; init; }
    public int TimeoutSeconds { get; init; } = 60;

    /// <summary>The short form of <see cref="Ladder"/>.</summary>
    public OnTimeout OnTimeout { get; init; }

    /// <summary>Rungs in order; empty: from <see cref="Action"/>, <see cref="TimeoutSeconds"/> and <see cref="OnTimeout"/> (C3).</summary>
    public ImmutableArray<RungDefinition> Ladder { get; init; } = [];

    /// <summary>Whether startup brings the target back (E2).</summary>
    public StartupRule Startup { get; init; }
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

    /// <summary>Stable mains that stands in for an unknown charge (E3).</summary>
    public int UnknownChargeWaitSeconds { get; init; } = 900;

    /// <summary>Gates not passed for so long: notify and ask; null: wait silently (E3).</summary>
    public int? MaxWaitSeconds { get; init; }
    public ImmutableArray<PhaseDefinition> Phases { get; init; } = [];
}

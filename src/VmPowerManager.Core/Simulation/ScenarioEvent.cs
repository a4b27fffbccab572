using System.Collections.Immutable;
using System.Text.Json.Serialization;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Simulation;

/// <summary>What happens to a host, a guest or the manager, or what a person does.</summary>
public enum ScenarioAct
{
    /// <summary>A host loses its power.</summary>
    Dies,

    /// <summary>Somebody presses the button of a host.</summary>
    PowersOn,

    /// <summary>A host refuses to shut down from now on.</summary>
    Refuses,

    /// <summary>A host does as it is told from now on.</summary>
    Obeys,

    /// <summary>A host lets nobody log in from now on.</summary>
    LocksOut,

    /// <summary>A host lets us log in again.</summary>
    LetsIn,
    LosesWitness,
    FindsWitness,

    /// <summary>A guest moves to another host.</summary>
    Moves,

    /// <summary>A guest is started by somebody. With a person: in this program.</summary>
    Starts,

    /// <summary>A guest is stopped by somebody. With a person: in this program.</summary>
    Stops,

    /// <summary>A guest falls over.</summary>
    Crashes,
    Cancels,
    Holds,
    Releases,

    /// <summary>A person begins a run.</summary>
    Runs,
    Arms,
    Disarms,

    /// <summary>The plan is saved anew while things go on.</summary>
    Edits,

    /// <summary>The manager's process ends and starts again.</summary>
    Restarts,

    /// <summary>The manager's machine was off and boots.</summary>
    Boots,
}

/// <summary>One thing that happens. Which fields count depends on whether a UPS, a host, a guest, a person or nobody is
/// named (docs/scenarios.md). What is not set stays as it is.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ScenarioEvent
{
    /// <summary>Seconds since the begin, or since <see cref="Once"/> came true.</summary>
    public double At { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ScenarioMark? Once { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Ups { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Host { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Guest { get; init; }

    /// <summary>With <see cref="Reachable"/>: whether it answers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Canary { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Person { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ScenarioAct? Does { get; init; }

    /// <summary>The host that a guest moves to.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? To { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Status { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Reachable { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Charge { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Runtime { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? InputVoltage { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Load { get; init; }

    /// <summary>Of "charge", "runtime", "inputVoltage", "load": what the UPS no longer says.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<string> Unknown { get; init; }

    /// <summary>With <see cref="ScenarioAct.Runs"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunKind? Run { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Now { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool StartWhenStable { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Force { get; init; }

    /// <summary>With <see cref="ScenarioAct.Cancels"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CancelMode? Mode { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool EvenIfCritical { get; init; }

    /// <summary>With <see cref="ScenarioAct.Cancels"/> and <see cref="ScenarioAct.Holds"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? HoldSeconds { get; init; }

    /// <summary>With <see cref="ScenarioAct.Restarts"/> and <see cref="ScenarioAct.Boots"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? AwaySeconds { get; init; }

    /// <summary>With <see cref="ScenarioAct.Edits"/>: the plan as it is saved; null: with another name alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PlanDefinition? Plan { get; init; }
}

/// <summary>A moment that an event or a limit waits for.</summary>
public sealed record ScenarioMark
{
    /// <summary>A guest or a host; with <see cref="Is"/>.</summary>
    public string? Target { get; init; }
    public ScenarioCondition Is { get; init; }

    /// <summary>Or the plan's stage, as its explanation names it: <c>onBattery</c>, <c>shuttingDown</c> ...</summary>
    public string? Stage { get; init; }
}

/// <summary>What a target can be seen to be.</summary>
public enum ScenarioCondition
{
    Running,
    Paused,
    Saved,
    Off,

    /// <summary>Asked to stop.</summary>
    AskedToStop,

    /// <summary>Asked to start or woken.</summary>
    AskedToStart,
}

using System.Collections.Immutable;
using System.Text.Json.Serialization;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Simulation;

/// <summary>A story that a plan lives through in virtual time: what there is, what happens, and what must have come of it
/// (docs/scenarios.md).</summary>
public sealed record Scenario
{
    public const int NewestFormat = 1;

    /// <summary>Version of this format.</summary>
    public int Format { get; init; } = NewestFormat;
    public required string Id { get; init; }
    public BothWords Title { get; init; } = new();

    /// <summary>What happens, in one sentence.</summary>
    public BothWords Story { get; init; } = new();

    /// <summary>Rows of the table of pains (docs/pains.md) that it is about.</summary>
    public ImmutableArray<int> Pains { get; init; } = [];

    /// <summary>Rules of the policy that it is about.</summary>
    public ImmutableArray<string> Rules { get; init; } = [];
    public ScenarioWorld World { get; init; } = new();

    /// <summary>The plan that it was written for, with the ids of <see cref="World"/>.</summary>
    public PlanDefinition Plan { get; init; } = new();
    public bool Armed { get; init; } = true;

    /// <summary>In the order in which they are looked at; each waits for its own time.</summary>
    public ImmutableArray<ScenarioEvent> Events { get; init; } = [];

    /// <summary>Seconds from its begin to its end.</summary>
    public double EndsAt { get; init; } = 600;
    public ScenarioExpectations Expect { get; init; } = new();

    /// <summary>How it really went, where it was recorded; null for one that was written.</summary>
    public ScenarioRecord? Recorded { get; init; }
}

/// <summary>The same in English and German.</summary>
public sealed record BothWords
{
    public string En { get; init; } = "";
    public string De { get; init; } = "";

    /// <summary>In the language of this two-letter name, else in English.</summary>
    public string In(string language) => language == "de" && De.Length > 0 ? De : En;
}

public sealed record ScenarioWorld
{
    public ImmutableArray<ScenarioUps> Upses { get; init; } = [];
    public ImmutableArray<ScenarioHost> Hosts { get; init; } = [];
    public ImmutableArray<ScenarioGuest> Guests { get; init; } = [];

    /// <summary>Addresses on raw mains (A9); they answer until an event says otherwise.</summary>
    public ImmutableArray<CanaryModel> Canaries { get; init; } = [];

    /// <summary>So long after mains is back everywhere somebody switches on the hosts that are off; null: nobody does.</summary>
    public double? SwitchedOnAfterSeconds { get; init; }

    /// <summary>Wall time at its begin, for plans that know a clock; null: any.</summary>
    public DateTimeOffset? Begins { get; init; }
}

/// <summary>A UPS and its first reading.</summary>
public sealed record ScenarioUps
{
    public required UpsPolicy Policy { get; init; }

    /// <summary>Status words as NUT writes them.</summary>
    public string Status { get; init; } = "OL";
    public bool Reachable { get; init; } = true;

    /// <summary>Percent.</summary>
    public double? Charge { get; init; } = 100;

    /// <summary>Seconds.</summary>
    public double? Runtime { get; init; } = 1800;

    /// <summary>Volts.</summary>
    public double? InputVoltage { get; init; } = 230;

    /// <summary>Percent.</summary>
    public double? Load { get; init; }

    /// <summary>Seconds from full to empty: charge and runtime follow, and an empty battery drops its hosts. Null: they stay
    /// as events set them.</summary>
    public double? BatterySeconds { get; init; }

    /// <summary>Seconds from empty to full.</summary>
    public double RechargeSeconds { get; init; } = 14_400;

    /// <summary>Percent below which it says LB by itself; null: never.</summary>
    public double? LowPercent { get; init; } = 20;

    /// <summary>The longest delay of its cut, seconds; null: it has no cut that returns with mains (C9).</summary>
    public double? LongestCutDelay { get; init; } = 600;

    /// <summary>Orders to cut that it refuses before it takes one.</summary>
    public int CutRefusals { get; init; }

    [JsonIgnore]
    public string Name => Policy.Name;
}

/// <summary>A host and its temper.</summary>
public sealed record ScenarioHost
{
    public required HostModel Model { get; init; }

    /// <summary>Seconds from an accepted shutdown to silence; null: it accepts and stays.</summary>
    public double? StopSeconds { get; init; } = 10;

    /// <summary>Seconds from power-on to its first answer.</summary>
    public double BootSeconds { get; init; } = 30;

    /// <summary>Seconds that it takes over each order.</summary>
    public double SlowSeconds { get; init; }
    public bool Refuses { get; init; }
    public bool LockedOut { get; init; }

    /// <summary>It has a BMC that takes its power.</summary>
    public bool Bmc { get; init; }

    /// <summary>Commands that it refuses before it takes one.</summary>
    public int CommandRefusals { get; init; }
    public bool RestoresOnAc { get; init; }

    /// <summary>What each wake method answers, in the host's order: null wakes it; "" is accepted without effect, as a lost
    /// magic packet is; else a refusal.</summary>
    public ImmutableArray<string?> WakeAnswers { get; init; } = [];

    /// <summary>Whether its witness answers; counts only where the model says that it has one.</summary>
    public bool WitnessAnswers { get; init; } = true;

    /// <summary>It is off when the scenario begins.</summary>
    public bool Off { get; init; }

    [JsonIgnore]
    public string Name => Model.Name;
}

/// <summary>A guest and its temper.</summary>
public sealed record ScenarioGuest
{
    public required GuestModel Model { get; init; }
    public Engine.PowerState Power { get; init; } = Engine.PowerState.Running;

    /// <summary>Seconds from the shutdown press to off; null: it ignores it.</summary>
    public double? StopSeconds { get; init; } = 2;

    /// <summary>Orders that its platform refuses before it takes one.</summary>
    public int Refusals { get; init; }

    /// <summary>Accepts even force off without doing it.</summary>
    public bool Immortal { get; init; }

    /// <summary>Its host starts it when it comes up.</summary>
    public bool Autostart { get; init; }

    /// <summary>Seconds from its start until what it serves is there.</summary>
    public double ReadySeconds { get; init; }

    [JsonIgnore]
    public string Name => Model.Name;
}

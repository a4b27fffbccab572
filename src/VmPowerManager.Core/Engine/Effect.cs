using System.Collections.Immutable;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

public enum EffectKind
{
    /// <summary>Ask the platform to change a guest's power.</summary>
    GuestPower,

    /// <summary>Ask a host to shut itself down.</summary>
    HostShutdown,

    /// <summary>Run the user's command on a host.</summary>
    Command,

    /// <summary>Check everything that a run would need, without effect.</summary>
    Probe,

    /// <summary>Wake a host by <see cref="Effect.Method"/>.</summary>
    Wake,

    /// <summary>Take a host's power through its BMC.</summary>
    BmcOff,

    /// <summary>Ask a UPS to cut its output after <see cref="Effect.Delay"/>, and to return it with mains (C9).</summary>
    UpsCut,

    /// <summary>Take a cut back whose delay still runs.</summary>
    UpsAbortCut,

    /// <summary>Look whether a started target is there for those that need it (E4).</summary>
    Ready,

    /// <summary>Undo what a debt stands for (C10).</summary>
    PayDebt,
}

/// <summary>Something to do in the world. Journaled before it is issued; ends in one <see cref="EffectEnded"/>.</summary>
public sealed record Effect
{
    /// <summary>Unique within the plan, across runs and restarts.</summary>
    public required long Id { get; init; }
    public required EffectKind Kind { get; init; }
    public required int HostId { get; init; }
    public required string TargetKey { get; init; }
    public required string TargetName { get; init; }
    public StepAction Action { get; init; }

    /// <summary>The guest's platform id; null for a host.</summary>
    public string? ExternalId { get; init; }
    public Via? Via { get; init; }
    public string? Command { get; init; }

    /// <summary>For <see cref="EffectKind.Command"/>, in place of one: what the platform does, and knows to undo.</summary>
    public string? Prepare { get; init; }

    /// <summary>For <see cref="EffectKind.Command"/>, in place of one: a request that we send.</summary>
    public HttpDefinition? Http { get; init; }

    /// <summary>The target was asked before: it is looked at once more before it is asked again (I3).</summary>
    public bool Repeats { get; init; }
    public required TimeSpan Limit { get; init; }

    /// <summary>For a UPS; null else.</summary>
    public int? UpsId { get; init; }
    public TimeSpan? Delay { get; init; }

    /// <summary>The place of the wake method in the host's order.</summary>
    public int? Method { get; init; }

    /// <summary>For <see cref="EffectKind.Wake"/>: the host was proved off (C4) and nobody woke it since, so that its power may
    /// be taken to be given anew.</summary>
    public bool ProvedOff { get; init; }
    public ReadyDefinition? Ready { get; init; }
    public long? DebtId { get; init; }

    /// <summary>What is undone: <see cref="Debt.Kind"/>.</summary>
    public string? DebtKind { get; init; }
}

public enum NoticeLevel
{
    Info,
    Warning,
    Critical,
}

/// <summary>Something worth an event, with the values that decided (F9).</summary>
public sealed record Notice(string Type, NoticeLevel Level, Sentence Text)
{
    /// <summary>In English.</summary>
    public string Message => Text.ToString();
    public ImmutableSortedDictionary<string, string> Data { get; init; } = Values.None;
}

/// <summary>Why something begins, and the values that decided (F9).</summary>
internal sealed record Reasons(Sentence? Because, ImmutableSortedDictionary<string, string> Data)
{
    public static Reasons None { get; } = new(null, Values.None);

    public static Reasons Of(Sentence because, params (string Name, string? Value)[] values) =>
        new(because, Values.Of([("because", because.ToString()), .. values]));
}

/// <summary>Named values of a decision.</summary>
public static class Values
{
    public static ImmutableSortedDictionary<string, string> None { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Names and values by turns; nulls are left out.</summary>
    public static ImmutableSortedDictionary<string, string> Of(params (string Name, string? Value)[] values) =>
        None.AddRange(values.Where(v => v.Value is not null).Select(v => KeyValuePair.Create(v.Name, v.Value ?? "")));
}

/// <summary>What one step of the engine gives.</summary>
public sealed record Decision
{
    public required PlanState State { get; init; }

    /// <summary>A run that ended in this step: it is no longer in the state.</summary>
    public RunState? Ended { get; init; }

    /// <summary>To be journaled, then issued, in this order.</summary>
    public ImmutableArray<Effect> Effects { get; init; } = [];
    public ImmutableArray<Notice> Notices { get; init; } = [];

    /// <summary>Hosts whose states are wanted every second, from now on.</summary>
    public ImmutableSortedSet<int> Watch { get; init; } = [];

    /// <summary>Hosts to refresh once, soon: the first sign of trouble warms what the plan will need (DESIGN 3).</summary>
    public ImmutableSortedSet<int> Refresh { get; init; } = [];

    /// <summary>UPSes whose status is to be read at once: the next act waits for it, and the next poll may be far (D2).</summary>
    public ImmutableSortedSet<int> ReadNow { get; init; } = [];

    /// <summary>When to tick if nothing arrives before; null: no need.</summary>
    public TimeSpan? NextDeadline { get; init; }

    /// <summary>It is journaled before it is acted on (DESIGN 3): it has effects, or changes what a restart may not
    /// forget. Values are not among that: they come anew with each reading.</summary>
    public bool IsMaterial(PlanState before) =>
        Effects.Length > 0
        || !ReferenceEquals(before.Run, State.Run)
        || !ReferenceEquals(before.Cycle, State.Cycle)
        || !ReferenceEquals(before.Hold, State.Hold)
        || before.Debts != State.Debts
        || before.Untold.IsEmpty != State.Untold.IsEmpty
        || Proofs(before) != Proofs(State)
        || before.PlannedDone != State.PlannedDone
        || !ReferenceEquals(before.Told, State.Told)
        || !ReferenceEquals(before.Maintenance, State.Maintenance)
        // E6: after a power loss this is all that says what ran.
        || !ReferenceEquals(before.LastUp, State.LastUp)
        || (!ReferenceEquals(before.Upses, State.Upses) && State.Upses.Any(u => Turned(u.Key, before, u.Value)));

    /// <summary>Hosts that are proved off, by whatever plan's run (C9).</summary>
    private static int Proofs(PlanState state) => state.Hosts.Count(h => h.Value.ProvedOffAt is not null);

    /// <summary>What a UPS was believed to be has changed: outages, masks and FSD outlive the process (A5, F7).</summary>
    private static bool Turned(int id, PlanState before, UpsEvidence now) =>
        !before.Upses.TryGetValue(id, out var was)
        || was.InOutage != now.InOutage
        || was.OnBatterySince is null != now.OnBatterySince is null
        || was.MaskSince is null != now.MaskSince is null
        || was.FsdActive != now.FsdActive
        || was.FsdLatched != now.FsdLatched;
}

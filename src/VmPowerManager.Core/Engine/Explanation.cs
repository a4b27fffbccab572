using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Where a plan stands, in words and figures, at any moment (POLICY F9).</summary>
public sealed record Explanation
{
    /// <summary><c>normal</c>, <c>onBattery</c>, <c>shuttingDown</c>, <c>down</c>, <c>waiting</c> (mains is back, gates
    /// are not passed), <c>stopped</c> (mains is there, machines are down, and only a person starts them),
    /// <c>startingUp</c>, <c>rehearsing</c>, <c>drilling</c>, <c>held</c>, <c>maintenance</c> (of the whole plan: nothing
    /// automatic begins), <c>unknown</c> (no UPS can be trusted).</summary>
    public required string Stage { get; init; }

    /// <summary>What goes on and why, what it waits for, and what everyone should know besides.</summary>
    public required Sentence Sentence { get; init; }
    public double? EffectiveRuntimeSeconds { get; init; }

    /// <summary><c>measured</c>, <c>extrapolated</c>, <c>assumed</c>.</summary>
    public required string RuntimeSource { get; init; }
    public NextPhase? Next { get; init; }

    /// <summary>What happens next by itself, as far as it can be foreseen.</summary>
    public NextEvent? NextEvent { get; init; }

    /// <summary>The rules of the policy that the sentence follows, the weightiest first: <c>A4</c>, <c>C1</c>.</summary>
    public ImmutableArray<string> Rules { get; init; } = [];

    /// <summary>The values that decide, by the names of <see cref="RunState.DecidedBy"/>.</summary>
    public ImmutableSortedDictionary<string, string> Figures { get; init; } = Values.None;

    public static Explanation Of(PlanModel model, PlanState state, Moment now) =>
        new Explainer(model, state, now).Explain();
}

/// <summary>The next phase that may begin. <see cref="InSeconds"/> is null when time alone will not begin it.</summary>
/// <param name="Because">What else begins it, or null.</param>
public sealed record NextPhase(string Id, string Name, double? InSeconds, Sentence? Because);

/// <summary>What comes next. <see cref="InSeconds"/> is null when time alone will not bring it.</summary>
/// <param name="Because">What would bring it earlier, or at all; null: nothing.</param>
public sealed record NextEvent(Sentence What, double? InSeconds, Sentence? Because);

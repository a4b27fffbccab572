using System.Collections.Immutable;
using VmPowerManager.Core.Forecasts;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Plans.Learning;

/// <summary>What is known of how long an action on a target takes. Immutable.</summary>
/// <param name="Learned">From the samples alone; null without any.</param>
/// <param name="OverrideSeconds">What a person says instead; null: nothing.</param>
public sealed record DurationEntry(
    string Key,
    string Target,
    string Action,
    ImmutableArray<DurationSample> Samples,
    LearnedDuration? Learned,
    double? OverrideSeconds
)
{
    /// <summary>What plans reckon with; null: nothing is known.</summary>
    public LearnedDuration? Effective =>
        OverrideSeconds is { } seconds
            ? new LearnedDuration(seconds, seconds, Learned?.Samples ?? 0, Overridden: true)
            : Learned;
}

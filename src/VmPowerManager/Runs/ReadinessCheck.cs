using System.Text.Json.Serialization;
using VmPowerManager.Core;
using VmPowerManager.Hosts;

namespace VmPowerManager.Runs;

/// <summary>One of the questions whose answers make a target ready.</summary>
/// <param name="Says">The peer's own words, or what was seen of it.</param>
/// <param name="Does">What to do about it, for other languages; null: nothing, or the detail says it.</param>
/// <param name="CheckedAt">When it was asked; null: never.</param>
public sealed record ReadinessCheck(
    HostAspect Aspect,
    ReadinessState State,
    [property: JsonIgnore] Sentence? Says,
    [property: JsonIgnore] Sentence? Does,
    DateTimeOffset? CheckedAt
)
{
    public string? Detail => Says?.ToString();

    /// <summary>In English.</summary>
    public string? Advice => Does?.ToString();
}

public enum ReadinessState
{
    Ok,
    Warning,
    Failed,

    /// <summary>Nobody was asked yet, or who was asked does not tell.</summary>
    Unknown,
}

namespace VmPowerManager.Plans.Learning;

/// <summary>A learned duration as the API answers it; whole runs of the plan decide what is learned.</summary>
/// <param name="Action">In camelCase, as in plans.</param>
/// <param name="P50Seconds">As long as it usually takes; null without samples.</param>
/// <param name="P95Seconds">Longer than this it takes one time in twenty.</param>
public sealed record DurationView(
    string Key,
    string Target,
    string Action,
    double? P50Seconds,
    double? P95Seconds,
    int Samples,
    double? OverrideSeconds,
    DateTimeOffset? LastAt
)
{
    public static DurationView Of(DurationEntry entry) =>
        new(
            entry.Key,
            entry.Target,
            System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(entry.Action),
            entry.Learned?.P50,
            entry.Learned?.P95,
            entry.Learned?.Samples ?? 0,
            entry.OverrideSeconds,
            entry.Samples.IsEmpty ? null : entry.Samples.Max(s => s.At)
        );
}

namespace VmPowerManager.Plans.Learning;

/// <summary>Reads learned durations.</summary>
public sealed class DurationQueries(DurationDirectory directory)
{
    /// <summary>By target, then action.</summary>
    public IReadOnlyList<DurationView> All() =>
        [
            .. directory
                .All.Value.Values.Where(e => !e.Key.StartsWith("plan:", StringComparison.Ordinal))
                .OrderBy(e => e.Target, StringComparer.CurrentCultureIgnoreCase)
                .ThenBy(e => e.Action, StringComparer.Ordinal)
                .Select(DurationView.Of),
        ];
}

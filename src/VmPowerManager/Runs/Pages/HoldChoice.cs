namespace VmPowerManager.Runs.Pages;

/// <summary>A hold as a person chooses it.</summary>
/// <param name="Minutes">0: until the outage is over.</param>
public sealed record HoldChoice(int Minutes = 0, bool EvenIfCritical = false)
{
    public static IReadOnlyList<int> Offered { get; } = [15, 30, 60, 120, 240, 480, 720, 1440];

    public DateTimeOffset? Until(TimeProvider time) => Minutes == 0 ? null : time.GetUtcNow().AddMinutes(Minutes);
}

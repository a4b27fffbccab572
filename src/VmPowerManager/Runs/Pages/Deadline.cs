namespace VmPowerManager.Runs.Pages;

/// <summary>A time to count down to. Seconds come rounded: one that moves by less than that has not moved, so that the
/// browser's countdown does not jump.</summary>
internal sealed class Deadline
{
    private static readonly TimeSpan Jitter = TimeSpan.FromSeconds(1.5);

    /// <summary>Null: time alone will not bring it.</summary>
    public DateTimeOffset? At { get; private set; }

    public void Set(DateTimeOffset now, double? inSeconds)
    {
        var told = inSeconds is { } seconds ? now.AddSeconds(seconds) : (DateTimeOffset?)null;
        if (told is null || At is null || (told - At).Value.Duration() > Jitter)
            At = told;
    }
}

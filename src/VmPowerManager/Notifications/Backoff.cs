namespace VmPowerManager.Notifications;

/// <summary>When a failed message is tried again: after 2 s, 4 s, 8 s ... and every 15 minutes in the end, for a day.</summary>
internal static class Backoff
{
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <summary>The most that a receiver's own wish counts.</summary>
    public static readonly TimeSpan LongestWish = TimeSpan.FromHours(1);

    /// <summary>After that a message is given up.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>A new message need not wait longer than that for a channel that fails.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    /// <param name="failures">In a row, from 1.</param>
    public static TimeSpan After(int failures) =>
        failures >= 10 ? Longest : TimeSpan.FromSeconds(Math.Min(1 << Math.Max(1, failures), Longest.TotalSeconds));

    /// <summary>The same, but not before the receiver wants it.</summary>
    public static TimeSpan After(int failures, TimeSpan? wish)
    {
        var own = After(failures);
        if (wish is not { } wanted || wanted <= own)
            return own;
        return wanted < LongestWish ? wanted : LongestWish;
    }
}

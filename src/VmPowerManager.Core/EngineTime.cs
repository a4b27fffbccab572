namespace VmPowerManager.Core;

/// <summary>Decisions use elapsed time only (POLICY F6): a TimeSpan since this machine booted, monotonic, the same for
/// every process of one boot. <c>TimeProvider.GetTimestamp</c> counts so on Linux.</summary>
public static class EngineTime
{
    /// <summary>Elapsed time now, by <paramref name="time"/>'s monotonic clock. In whole numbers: what is due in exactly
    /// a second must be so after exactly a second.</summary>
    public static TimeSpan Elapsed(this TimeProvider time) =>
        TimeSpan.FromTicks((long)((Int128)time.GetTimestamp() * TimeSpan.TicksPerSecond / time.TimestampFrequency));
}

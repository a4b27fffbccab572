using System.Globalization;
using VmPowerManager.Core;

namespace VmPowerManager.Hosts;

/// <summary>How far a host's clock is from ours: logs, tokens, certificates and plans by the time of day go by both.</summary>
internal static class ClockCheck
{
    private static readonly TimeSpan MayDiffer = TimeSpan.FromSeconds(60);

    public static HostCheck Of(DateTimeOffset told, TimeProvider time)
    {
        var off = told - time.GetUtcNow();
        return off.Duration() <= MayDiffer
            ? new(CheckNames.Clock, HostCheckState.Ok, $"its clock agrees with ours")
            : new(CheckNames.Clock, HostCheckState.Warning, Off(off));
    }

    /// <summary>How far it is off, in words.</summary>
    public static Sentence Off(TimeSpan off) =>
        off > TimeSpan.Zero
            ? Sentence.Of($"its clock is {off.TotalSeconds:0} s ahead of ours")
            : Sentence.Of($"its clock is {off.Duration().TotalSeconds:0} s behind ours");

    /// <param name="told">Seconds since 1970.</param>
    /// <returns>Null: that is no time.</returns>
    public static HostCheck? OfSeconds(long told, TimeProvider time) =>
        told is >= 0 and <= 99_999_999_999 ? Of(DateTimeOffset.FromUnixTimeSeconds(told), time) : null;

    /// <inheritdoc cref="OfSeconds(long, TimeProvider)"/>
    public static HostCheck? OfSeconds(string told, TimeProvider time) =>
        long.TryParse(told.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? OfSeconds(seconds, time)
            : null;
}

namespace VmPowerManager.Ups.Battery;

public enum TestOutcome
{
    /// <summary>The device said something that nobody understands, or nothing.</summary>
    Unknown,
    Passed,
    Warning,
    Failed,
    Aborted,
}

/// <summary>A self-test of a UPS that is over.</summary>
/// <param name="Result">In the device's words; null where it said none.</param>
/// <param name="Seconds">How long it took; null where nobody watched.</param>
/// <param name="Seen">This program saw it run; else the device told of it, and its time may be a day only.</param>
public sealed record SelfTest(DateTimeOffset At, TestOutcome Outcome, string? Result, double? Seconds, bool Seen);

/// <summary>Results in the words of NUT's drivers, apcupsd and SNMP cards. Pure.</summary>
internal static class TestWords
{
    /// <summary>The test has not ended, or there was none.</summary>
    public static bool IsNoResult(string? said) =>
        said is null
        || Has(said, "in progress", "running", "no test", "not test", "never", "none", "scheduled", "not initiated")
        || said.Trim() is "" or "NO" or "no";

    public static bool IsRunning(string? said) => said is not null && Has(said, "in progress", "running");

    public static TestOutcome Outcome(string? said) =>
        said is null || IsNoResult(said) ? TestOutcome.Unknown
        : Has(said, "abort", "cancel", "invalid", "interrupted") ? TestOutcome.Aborted
        : Has(said, "no fail", "no error", "no fault") ? TestOutcome.Passed
        : Has(said, "fail", "error", "fault", "bad", "not ok", "no good", "not good", "abnormal", "broken", "replace")
        || said.Trim() is "NG" or "BT"
            ? TestOutcome.Failed
        : Has(said, "warn", "weak") ? TestOutcome.Warning
        : Has(said, "pass", "success", "good", "fine", "normal", "ok") ? TestOutcome.Passed
        : TestOutcome.Unknown;

    private static bool Has(string said, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (said.Contains(word, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}

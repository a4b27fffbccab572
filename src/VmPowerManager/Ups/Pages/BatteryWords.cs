using VmPowerManager.Components;
using VmPowerManager.Ups.Battery;

namespace VmPowerManager.Ups.Pages;

/// <summary>What is said of batteries and their tests; keys of <see cref="Strings"/>. Pure.</summary>
public static class BatteryWords
{
    public static string Need(BatteryNeed need) =>
        need switch
        {
            BatteryNeed.Replace => "Replace the battery",
            BatteryNeed.ReplaceSoon => "Replace the battery soon",
            _ => "Nothing speaks against the battery",
        };

    /// <summary>The same as a verdict: where nothing is known, that is said.</summary>
    public static string Verdict(BatteryHealth health) =>
        health.IsJudged ? Need(health.Need) : "Nothing is known of the battery's age, tests or runtime";

    public static Condition Condition(BatteryHealth health) =>
        !health.IsJudged ? Components.Condition.Unknown
        : health.Need == BatteryNeed.Nothing ? Components.Condition.Normal
        : Components.Condition.Attention;

    public static string Source(BatteryDateSource source) =>
        source switch
        {
            BatteryDateSource.User => "as entered",
            BatteryDateSource.Made => "made then, as the device says",
            _ => "as the device says",
        };

    public static string Outcome(TestOutcome outcome) =>
        outcome switch
        {
            TestOutcome.Passed => "Passed",
            TestOutcome.Warning => "With a warning",
            TestOutcome.Failed => "Failed",
            TestOutcome.Aborted => "Aborted",
            _ => "Result unknown",
        };

    public static Condition Condition(TestOutcome outcome) =>
        outcome switch
        {
            TestOutcome.Passed => Components.Condition.Normal,
            TestOutcome.Warning => Components.Condition.Attention,
            TestOutcome.Failed => Components.Condition.Critical,
            _ => Components.Condition.Unknown,
        };
}

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

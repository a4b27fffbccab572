using Microsoft.Extensions.Localization;
using VmPowerManager.Components;

namespace VmPowerManager.Runs.Pages;

/// <summary>How readiness looks and reads.</summary>
internal static class ReadinessWords
{
    /// <summary>What has some flaw that a run gets over is still good.</summary>
    public static Condition Condition(int score) =>
        score switch
        {
            >= 80 => Components.Condition.Normal,
            >= 50 => Components.Condition.Attention,
            _ => Components.Condition.Critical,
        };

    public static string Say(IStringLocalizer<Strings> l, ReadinessReason reason) => l.Say(reason.Says);
}

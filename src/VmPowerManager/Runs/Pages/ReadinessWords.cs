using Microsoft.Extensions.Localization;
using VmPowerManager.Components;
using VmPowerManager.Hosts;

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

    public static Condition Condition(ReadinessState state) =>
        state switch
        {
            ReadinessState.Ok => Components.Condition.Normal,
            ReadinessState.Warning => Components.Condition.Attention,
            ReadinessState.Failed => Components.Condition.Critical,
            _ => Components.Condition.Unknown,
        };

    public static string Aspect(IStringLocalizer<Strings> l, HostAspect aspect) =>
        aspect switch
        {
            HostAspect.Reachable => l["Reachable"],
            HostAspect.Trusted => l["Trusted"],
            HostAspect.Allowed => l["Allowed"],
            HostAspect.Agent => l["Guest agents"],
            HostAspect.Wake => l["Can be woken"],
            HostAspect.Clock => l["Clock"],
            _ => l["Platform"],
        };

    public static string State(IStringLocalizer<Strings> l, ReadinessState state) =>
        state switch
        {
            ReadinessState.Ok => l["Passed"],
            ReadinessState.Warning => l["Warning"],
            ReadinessState.Failed => l["Failed"],
            _ => l["Not known"],
        };

    public static string Say(IStringLocalizer<Strings> l, ReadinessReason reason) => l.Say(reason.Says);
}

using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>The order that nothing may break (C6): lower ranks go down first. What serves a UPS stops after all others
/// but the manager (A10), as does a guest that hosts are spoken to through; such a guest still goes before the storage that
/// it may lie on.</summary>
internal static class Ranks
{
    public const int Ordinary = 0;
    public const int ServingGuest = 1;
    public const int Storage = 2;
    public const int ServingHost = 3;
    public const int Network = 4;

    /// <summary>The last act but for our own host, which ends us (C9).</summary>
    public const int Cut = 5;
    public const int Manager = 6;
    public const int Count = 7;

    public static int Of(PlanModel model, int hostId)
    {
        var own = model.Hosts.GetValueOrDefault(hostId)?.Rank switch
        {
            HostRank.Storage => Storage,
            HostRank.Network => Network,
            HostRank.Manager => Manager,
            _ => Ordinary,
        };
        foreach (var server in model.Servers.Values)
        {
            if (server.HostId == hostId)
                own = Math.Max(own, server.GuestKey is null ? ServingHost : ServingGuest);
        }
        return model.Controllers.Any(c => c.Value == hostId) ? Math.Max(own, ServingGuest) : own;
    }

    /// <summary>Whatever uses it cannot run without it: storage and network (C6).</summary>
    public static bool IsShared(PlanModel model, StepState step) =>
        step is { Target.Kind: TargetKind.Host, Action: StepAction.Shutdown or StepAction.Wake }
        && model.Hosts.GetValueOrDefault(step.Target.HostId)?.Rank is HostRank.Storage or HostRank.Network;

    public static int Of(PlanModel model, TargetRef guest) =>
        (model.Servers.Count > 0 || model.Controllers.Count > 0)
        && guest.Key is var key
        && (model.Servers.Values.Any(s => s.GuestKey == key) || model.Controllers.ContainsKey(key))
            ? ServingGuest
            : Ordinary;
}

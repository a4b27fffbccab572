using VmPowerManager.Core.Engine;
using VmPowerManager.Hosts;

namespace VmPowerManager.Runs;

/// <summary>Through which host a debt is paid (POLICY C10). What was done to a whole cluster any host of it can undo, should
/// the one that did it not come back. Pure.</summary>
internal static class DebtWays
{
    /// <summary>Its own host, unless that does not answer and another one of its realm can do the same.</summary>
    public static int HostFor(string kind, int hostId, IReadOnlyList<HostSnapshot> hosts) =>
        hosts.FirstOrDefault(h => h.Id == hostId) is { Fault: not null } own
            ? Another(kind, own, hosts)?.Id ?? hostId
            : hostId;

    /// <summary>The debt of a plan that may be paid now, as the engine judges it, but that its own host does not answer; null:
    /// there is none, or no other host can.</summary>
    public static (Debt Debt, HostSnapshot Through)? Stranded(PlanView view, IReadOnlyList<HostSnapshot> hosts)
    {
        var state = view.State;
        if (state.Debts.Any(d => d.Status == DebtStatus.Paying))
            return null;
        foreach (var debt in state.Debts.Where(d => PlanEngine.MayBePaid(view.Model, state, d, view.At)).Reverse())
            if (
                state.Hosts.GetValueOrDefault(debt.Target.HostId) is not { Answers: true }
                && hosts.FirstOrDefault(h => h.Id == debt.Target.HostId) is { Fault: not null } own
                && Another(debt.Kind, own, hosts) is { } through
            )
                return (debt, through);
        return null;
    }

    /// <summary>Its cluster can change anything only with quorum.</summary>
    private static HostSnapshot? Another(string kind, HostSnapshot own, IReadOnlyList<HostSnapshot> hosts) =>
        own.Realm is { } realm && own.SharedPreparations.Contains(kind)
            ? hosts.FirstOrDefault(h =>
                h is { Fault: null, NotReady: null, Refreshed: not null }
                && h.Id != own.Id
                && h.Realm == realm
                && h.SharedPreparations.Contains(kind)
            )
            : null;
}

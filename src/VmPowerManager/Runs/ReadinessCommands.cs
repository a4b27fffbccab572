using System.Security.Claims;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;

namespace VmPowerManager.Runs;

/// <summary>Looks now how ready a plan is: the probe of each of its hosts, as a rehearsal makes it, the agents of their
/// guests, and the UPSes whose output it cuts. Changes nothing.</summary>
internal sealed class ReadinessCommands(PlanLoops loops, ReadinessQueries queries, HostLooks looks, UpsLooks upses)
{
    /// <exception cref="RefusalException">Forbidden, or no plan has that id.</exception>
    public async Task<ReadinessView> CheckAsync(ClaimsPrincipal actor, int planId, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        var view = (loops.Find(planId) ?? throw new NotFoundException($"Plan {planId}")).View;
        await Task.WhenAll(
            looks.LookAsync(HostsOf(view), ct),
            upses.LookAsync(UpsLooks.CutBy(view.Model.Definition), ct)
        );
        return queries.Of(planId);
    }

    private static IReadOnlyCollection<int> HostsOf(PlanView view) =>
        [.. StepList.Shutdown(view.Model, view.State).Select(s => s.Target.HostId).Where(id => id > 0).Distinct()];
}

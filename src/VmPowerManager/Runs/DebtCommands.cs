using System.Security.Claims;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Events;

namespace VmPowerManager.Runs;

/// <summary>What people may do about things that are still to be undone (POLICY C10).</summary>
public sealed class DebtCommands(PlanLoops loops, EventLog events)
{
    /// <summary>Tries to undo it now, whatever it waits for.</summary>
    /// <exception cref="RefusalException">Forbidden, or it is not owed any more.</exception>
    public Task RetryAsync(ClaimsPrincipal actor, int planId, long debtId, CancellationToken ct) =>
        ActAsync(actor, planId, debtId, tryAgain: true, ct);

    /// <summary>A person has undone it: it is forgotten.</summary>
    /// <exception cref="RefusalException">Forbidden, or it is not owed any more.</exception>
    public Task SettleAsync(ClaimsPrincipal actor, int planId, long debtId, CancellationToken ct) =>
        ActAsync(actor, planId, debtId, tryAgain: false, ct);

    private async Task ActAsync(ClaimsPrincipal actor, int planId, long debtId, bool tryAgain, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        var loop = loops.Find(planId) ?? throw new NotFoundException($"Plan {planId}");
        var debt =
            loop.View.State.Debts.FirstOrDefault(d => d.Id == debtId) ?? throw new NotFoundException($"Debt {debtId}");
        if (tryAgain && debt.Status == DebtStatus.Paying)
            throw new ConflictException("It is being undone just now.");
        if (tryAgain && loop.View.State.Run is { Kind: not RunKind.Rehearsal } run)
            throw new ConflictException($"Run {run.Id} is going on. It can be undone when that has ended.");
        var name = loop.View.Model.Definition.Name;
        events.Append(
            new NewEvent(
                tryAgain ? "debt.retryRequested" : "debt.settleRequested",
                Severity.Info,
                name,
                tryAgain
                    ? Sentence.Of($"{Access.Name(actor)} wants \"{debt.What}\" on {debt.Target.Name} undone now.")
                    : Sentence.Of($"{Access.Name(actor)} says that \"{debt.What}\" on {debt.Target.Name} is undone.")
            )
            {
                Actor = Access.Name(actor),
                PlanId = planId,
                RunId = debt.RunId == 0 ? null : debt.RunId,
            }
        );
        await loop.AskAsync(new DebtSettled(debtId, Access.Name(actor), tryAgain), ct);
    }
}

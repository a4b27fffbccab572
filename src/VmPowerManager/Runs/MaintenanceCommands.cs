using System.Collections.Immutable;
using System.Security.Claims;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Events;

namespace VmPowerManager.Runs;

/// <summary>The body of <c>POST /plans/{id}/maintenance</c>: <see cref="Until"/> or <see cref="Minutes"/>.</summary>
/// <param name="Targets">None: the whole plan.</param>
public sealed record MaintenanceBody(
    DateTimeOffset? Until = null,
    double? Minutes = null,
    IReadOnlyList<TargetDefinition>? Targets = null,
    string? Reason = null
);

/// <summary>Maintenance, and the calling off of a planned run (F5). Kept beside the plan, not in it: it needs no new
/// revision, and an operator may do it.</summary>
public sealed class MaintenanceCommands(PlanLoops loops, EventLog events, TimeProvider time)
{
    private const int LongestReason = 500;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    /// <summary>A run in progress goes on: cancel stops one.</summary>
    /// <exception cref="RefusalException">Forbidden, unknown plan, or no sensible time.</exception>
    public async Task<PlanView> BeginAsync(
        ClaimsPrincipal actor,
        int planId,
        MaintenanceBody body,
        CancellationToken ct
    )
    {
        Access.Demand(actor, Role.Operator);
        var loop = Demand(planId);
        var now = time.GetUtcNow();
        if (body.Minutes is { } m && !(m > 0 && m <= Longest.TotalMinutes))
            throw new InvalidInputException("minutes", "Between 0 and 90 days.");
        var until =
            body.Until
            ?? (body.Minutes is { } minutes ? now.AddMinutes(minutes) : (DateTimeOffset?)null)
            ?? throw new InvalidInputException("until", "Say until when, or for how many minutes.");
        if (until <= now || until - now > Longest)
            throw new InvalidInputException("until", "Must be in the future, and within 90 days.");
        if (body.Reason?.Length > LongestReason)
            throw new InvalidInputException("reason", $"Has at most {LongestReason} characters.");
        var targets = (body.Targets ?? []).ToImmutableArray();
        DemandKnown(loop.View.Model, targets);
        var view = await loop.AskAsync(
            new MaintenanceRequested(Access.Name(actor), until) { Targets = targets, Reason = body.Reason },
            ct
        );
        Audit(actor, view, "plan.maintenanceRequested", $"put \"{Name(view)}\" into maintenance");
        return view;
    }

    /// <exception cref="RefusalException">Forbidden, unknown plan, or there is none.</exception>
    public async Task<PlanView> EndAsync(ClaimsPrincipal actor, int planId, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        var loop = Demand(planId);
        if (loop.View.State.Maintenance is null)
            throw new ConflictException("This plan is not in maintenance.");
        var view = await loop.AskAsync(new MaintenanceEnded(Access.Name(actor)), ct);
        Audit(actor, view, "plan.maintenanceEndRequested", $"ended the maintenance of \"{Name(view)}\"");
        return view;
    }

    /// <exception cref="RefusalException">Forbidden, unknown plan, or none is planned.</exception>
    public async Task<PlanView> CancelPlannedAsync(ClaimsPrincipal actor, int planId, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        var loop = Demand(planId);
        if (PlannedView.Of(loop.View) is null)
            throw new ConflictException("No run of this plan is planned.");
        var view = await loop.AskAsync(new PlannedCancelled(Access.Name(actor)), ct);
        Audit(actor, view, "plan.plannedCancelRequested", $"cancelled the planned run of \"{Name(view)}\"");
        return view;
    }

    private PlanLoop Demand(int planId) => loops.Find(planId) ?? throw new NotFoundException($"Plan {planId}");

    private static string Name(PlanView view) => view.Model.Definition.Name;

    private static void DemandKnown(PlanModel model, ImmutableArray<TargetDefinition> targets)
    {
        for (var i = 0; i < targets.Length; i++)
        {
            var target = targets[i];
            var known = target switch
            {
                { GuestId: { } id, HostId: null, UpsId: null, GuestsOf: null } => model.Guests.Values.Any(g =>
                    g.Id == id
                ),
                { HostId: { } id, GuestId: null, UpsId: null, GuestsOf: null } => model.Hosts.ContainsKey(id),
                { UpsId: { } id, GuestId: null, HostId: null, GuestsOf: null } => model.Upses.ContainsKey(id),
                { GuestsOf: { } id, GuestId: null, HostId: null, UpsId: null } => model.Hosts.ContainsKey(id),
                _ => false,
            };
            if (!known)
                throw new InvalidInputException(
                    $"targets[{i}]",
                    "Name exactly one of guestId, hostId, upsId, guestsOf, of what this plan deals with."
                );
        }
    }

    private void Audit(ClaimsPrincipal actor, PlanView view, string type, string did) =>
        events.Append(
            new NewEvent(type, Severity.Info, Name(view), $"{Access.Name(actor)} {did}.")
            {
                Actor = Access.Name(actor),
                PlanId = view.Model.PlanId,
            }
        );
}

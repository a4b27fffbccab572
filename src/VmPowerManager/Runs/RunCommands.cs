using System.Security.Claims;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Events;

namespace VmPowerManager.Runs;

/// <summary>What people may do with runs (POLICY F4, F5). Everything goes through the plan's mailbox.</summary>
public sealed class RunCommands(PlanLoops loops, RunBook book, EventLog events, TimeProvider time) : IDisposable
{
    /// <summary>One at a time: two plans must not begin on one target at the same moment (F2).</summary>
    private readonly SemaphoreSlim _starts = new(1, 1);

    public void Dispose() => _starts.Dispose();

    /// <summary>Begins a run; returns its id.</summary>
    /// <exception cref="RefusalException">Forbidden, unknown plan, or something else is going on.</exception>
    public async Task<int> StartAsync(ClaimsPrincipal actor, int planId, RunBody body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        var kind = body.Kind ?? throw new InvalidInputException("kind", "must be one of shutdown, startup, rehearsal.");
        if (body.Reason?.Length > 500)
            throw new InvalidInputException("reason", "has at most 500 characters.");
        await _starts.WaitAsync(ct);
        try
        {
            return await StartAsync(actor, planId, kind, body, ct);
        }
        finally
        {
            _starts.Release();
        }
    }

    private async Task<int> StartAsync(
        ClaimsPrincipal actor,
        int planId,
        RunKind kind,
        RunBody body,
        CancellationToken ct
    )
    {
        var loop = Demand(planId);
        // What was told before is heard first: a plan that was just added may not have looked at its targets yet.
        var now = await loop.AskAsync(new Ticked(), ct);
        DemandFree(now, kind, body.Force);
        var drill = body.Drill is { } wish ? DemandDrill(now, kind, wish.GuestId) : null;
        DemandUnowned(now, kind, drill);
        var request = new RunRequested(kind, Access.Name(actor))
        {
            Now = body.Now,
            AllowCut = body.AllowCut,
            StartWhenStable = body.StartWhenStable,
            Force = body.Force,
            Reason = body.Reason,
            Drill = drill,
        };
        var before = book.Newest.FirstOrDefault()?.State.Id ?? 0;
        var view = await loop.AskAsync(request, ct);
        var begun =
            view.State.Run is { } run && run.Kind == kind && run.Actor == request.Actor
                ? run.Id
                : book
                    .Newest.FirstOrDefault(r =>
                        r.PlanId == planId
                        && r.State.Id > before
                        && r.State.Kind == kind
                        && r.State.Actor == request.Actor
                    )
                    ?.State.Id;
        Audit(
            actor,
            view,
            $"run.{kind.ToString().ToLowerInvariant()}Requested",
            drill is null
                ? Sentence.Of(
                    $"{Access.Name(actor)} asked for a {Words.Within(kind)} of \"{view.Model.Definition.Name}\"."
                )
                : Sentence.Of($"{Access.Name(actor)} asked for a fire drill of \"{view.Model.Definition.Name}\"."),
            begun
        );
        return begun ?? throw new ConflictException(Sentence.Of($"Another run began at the same moment."));
    }

    /// <summary>Stops everything now; one tap (F4).</summary>
    /// <exception cref="RefusalException">Forbidden, unknown, or the run is over.</exception>
    public async Task CancelAsync(ClaimsPrincipal actor, int runId, CancelBody body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        var record = book.Find(runId) ?? throw new NotFoundException($"Run {runId}");
        DemandFuture(body.HoldUntil);
        var loop = Demand(record.PlanId);
        if (loop.View.State.Run?.Id != runId)
            throw new ConflictException($"Run {runId} is over: it {Words.Of(record.State.Status)}.");
        var mode = body.Mode ?? CancelMode.Hold;
        var view = await loop.AskAsync(
            new CancelRequested(mode, Access.Name(actor))
            {
                HoldUntil = body.HoldUntil,
                EvenIfCritical = body.EvenIfCritical,
            },
            ct
        );
        Audit(
            actor,
            view,
            "run.cancelled",
            $"{Access.Name(actor)} cancelled run {runId} ({Words.Of(mode)}) of \"{view.Model.Definition.Name}\".",
            runId
        );
    }

    public async Task<PlanView> HoldAsync(ClaimsPrincipal actor, int planId, HoldBody body, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        DemandFuture(body.HoldUntil);
        var view = await Demand(planId)
            .AskAsync(
                new HoldRequested(Access.Name(actor))
                {
                    HoldUntil = body.HoldUntil,
                    EvenIfCritical = body.EvenIfCritical,
                },
                ct
            );
        Audit(
            actor,
            view,
            "plan.holdRequested",
            $"{Access.Name(actor)} put the plan on hold of \"{view.Model.Definition.Name}\".",
            null
        );
        return view;
    }

    public async Task<PlanView> ReleaseAsync(ClaimsPrincipal actor, int planId, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        var view = await Demand(planId).AskAsync(new ReleaseRequested(Access.Name(actor)), ct);
        Audit(
            actor,
            view,
            "plan.releaseRequested",
            $"{Access.Name(actor)} released the plan of \"{view.Model.Definition.Name}\".",
            null
        );
        return view;
    }

    /// <summary>Closes the outage of a plan: nothing of it is started any more (E1).</summary>
    /// <exception cref="RefusalException">Forbidden, unknown, no outage is open, or a run is in progress.</exception>
    public async Task<PlanView> DismissAsync(ClaimsPrincipal actor, int planId, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        var loop = Demand(planId);
        if (loop.View.State.Run is { Kind: not RunKind.Rehearsal } run)
            throw new ConflictException($"Run {run.Id} ({Words.Within(run.Kind)}) of this plan is in progress.");
        if (loop.View.State.Cycle is null)
            throw new ConflictException(Sentence.Of($"No outage of this plan is open."));
        var view = await loop.AskAsync(new CycleDismissed(Access.Name(actor)), ct);
        Audit(
            actor,
            view,
            "plan.dismissRequested",
            $"{Access.Name(actor)} closed the outage of \"{view.Model.Definition.Name}\".",
            null
        );
        return view;
    }

    private PlanLoop Demand(int planId) => loops.Find(planId) ?? throw new NotFoundException($"Plan {planId}");

    private static void DemandFree(PlanView view, RunKind kind, bool force)
    {
        if (view.State.Run is { } run && (run.Kind != RunKind.Rehearsal || kind == RunKind.Rehearsal))
            throw new ConflictException($"Run {run.Id} ({Words.Within(run.Kind)}) of this plan is in progress.");
        var onBattery = view.State.Upses.Values.Any(u => u.OnBatterySeen || u.ForcedDown);
        if (kind == RunKind.Startup && onBattery && !force)
            throw new ConflictException(Sentence.Of($"A UPS of this plan is on battery: starting needs force."));
    }

    /// <summary>F2: a run of another plan deals with something that this one would deal with.</summary>
    private void DemandUnowned(PlanView view, RunKind kind, string? drill)
    {
        if (kind == RunKind.Rehearsal)
            return;
        foreach (var target in StepList.Shutdown(view.Model, view.State).Select(s => s.Target))
        {
            if ((drill is null || target.Key == drill) && loops.AgainstAct(target) is { } why)
                throw new ConflictException(why);
        }
    }

    /// <summary>The key of a guest that can be drilled now.</summary>
    private static string DemandDrill(PlanView view, RunKind kind, int guestId)
    {
        if (kind != RunKind.Shutdown)
            throw new InvalidInputException("drill", Sentence.Of($"goes with the kind shutdown."));
        var key = view
            .Model.Guests.Values.Where(g => g.Id == guestId)
            .Select(g => g.Key)
            .Concat(view.State.Guests.Where(g => g.Value.Id == guestId).Select(g => g.Key))
            .FirstOrDefault();
        if (key is null)
            throw new InvalidInputException("drill.guestId", Sentence.Of($"No guest of this plan has that id."));
        return PlanEngine.AgainstDrill(view.Model, view.State, key, view.At) is { } why
            ? throw new ConflictException(why)
            : key;
    }

    private void DemandFuture(DateTimeOffset? until)
    {
        if (until <= time.GetUtcNow())
            throw new InvalidInputException("holdUntil", Sentence.Of($"must be in the future."));
    }

    private void Audit(ClaimsPrincipal actor, PlanView view, string type, Sentence text, int? runId) =>
        events.Append(
            new NewEvent(type, Severity.Info, view.Model.Definition.Name, text)
            {
                Actor = Access.Name(actor),
                PlanId = view.Model.PlanId,
                RunId = runId,
            }
        );
}

using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Events;
using VmPowerManager.Hosts;
using VmPowerManager.Plans;
using VmPowerManager.Storage;
using VmPowerManager.Ups;

namespace VmPowerManager.Runs;

/// <summary>One loop a plan, armed or not: started with what the journal holds, fed from UPSes and hosts (DESIGN 3).</summary>
public sealed class PlanLoops(
    PlanLoopServices services,
    IUpsFeed upses,
    IDbContextFactory<AppDb> databases,
    ILoggerFactory loggers
) : BackgroundService, IPlanUse, ITargetOwner
{
    private readonly Lock _gate = new();
    private ImmutableSortedDictionary<int, Entry> _loops = ImmutableSortedDictionary<int, Entry>.Empty;
    private CancellationToken _stopping;

    public PlanLoop? Find(int planId) => Volatile.Read(ref _loops).GetValueOrDefault(planId)?.Loop;

    public IEnumerable<PlanLoop> All => Volatile.Read(ref _loops).Values.Select(e => e.Loop);

    public string? WhoUses(int planId) => Find(planId)?.View.State.Run is { } run ? $"run {run.Id}" : null;

    /// <summary>F2: hands off what a run deals with.</summary>
    public string? OwnerOf(int? hostId, string? realm, string? externalId)
    {
        foreach (var view in All.Select(l => l.View))
        {
            if (view.State.Run is { Status: RunStatus.Running, Kind: not RunKind.Rehearsal } run && run.Steps.Any(Owns))
                return $"run {run.Id} of \"{view.Model.Definition.Name}\"";
        }
        return null;

        bool Owns(StepState step) =>
            hostId is not null && externalId is null
                ? step.Target.HostId == hostId
                : step.Target.Realm == realm && step.Target.ExternalId == externalId && externalId is not null;
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await services.Plans.LoadAsync(cancellationToken);
        await services.Runs.LoadAsync(cancellationToken);
        services.Journal.Start();
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        var stored = await StoredAsync(stoppingToken);
        using var plans = services.Plans.Subscribe(() => Follow([]));
        using var readings = upses.Subscribe(o => PostAll(new UpsObserved(o)));
        using var policies = upses.SubscribePolicies(() => PostAll(new ModelChanged()));
        using var hosts = services.Hosts.Subscribe(h =>
            PostAll(services.Polls.ToObservation(h, services.Time.Elapsed()))
        );
        using var configured = services.Hosts.SubscribeConfiguration(() => PostAll(new ModelChanged()));
        using var people = services.Hosts.SubscribePersonActions(Tell);
        Follow(stored);
        foreach (var observation in upses.Latest)
            PostAll(new UpsObserved(observation));
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, services.Time, stoppingToken);
        }
        catch (OperationCanceledException) { }
        await Task.WhenAll(_loops.Values.Select(e => e.Task));
    }

    /// <summary>E2: what a person stopped, nothing automatic starts.</summary>
    private void Tell(PersonAction action)
    {
        var key = action is { Realm: { } realm, ExternalId: { } id }
            ? GuestModel.KeyOf(realm, id)
            : TargetRef.HostKey(action.HostId);
        var stopped = action.Verb is "shutdown" or "forceOff" or "save";
        if (stopped || action.Verb is "start" or "wake")
            PostAll(new PersonActed(key, stopped));
    }

    private void PostAll(Observation observation)
    {
        foreach (var loop in All)
            loop.Post(observation);
    }

    /// <summary>Starts loops of new plans, ends those of removed ones, tells the rest that something changed.</summary>
    private void Follow(Dictionary<int, (PlanState, bool)> stored)
    {
        lock (_gate)
        {
            var plans = services.Plans.Plans.ToDictionary(p => p.Id);
            foreach (var (id, entry) in _loops.Where(l => !plans.ContainsKey(l.Key)).ToList())
            {
                entry.Stop.Cancel();
                Volatile.Write(ref _loops, _loops.Remove(id));
            }
            foreach (var plan in plans.Values.Where(p => !_loops.ContainsKey(p.Id)))
            {
                var loop = new PlanLoop(plan, services, loggers.CreateLogger<PlanLoop>());
                var stop = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
                (PlanState, bool)? left = stored.TryGetValue(plan.Id, out var found) ? found : null;
                var task = Task.Run(() => loop.RunAsync(left, stop.Token), CancellationToken.None);
                Volatile.Write(ref _loops, _loops.Add(plan.Id, new Entry(loop, stop, task)));
                foreach (var host in services.Hosts.Hosts.Where(h => h.Refreshed is not null))
                    loop.Post(services.Polls.ToObservation(host, services.Time.Elapsed()));
                foreach (var observation in upses.Latest)
                    loop.Post(new UpsObserved(observation));
            }
        }
        PostAll(new ModelChanged());
    }

    /// <summary>Where each plan was when the process ended (recovery: last state, look at everything, tick).</summary>
    private async Task<Dictionary<int, (PlanState, bool)>> StoredAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await db.Set<JournalRow>()
            .AsNoTracking()
            .Where(j => j.State != null)
            .OrderBy(j => j.Id)
            .ToListAsync(ct);
        var stored = new Dictionary<int, (PlanState, bool)>();
        foreach (var row in rows)
        {
            if (Read(row) is { } state)
                stored[row.PlanId] = (state, row.BootId != services.Boot.Id);
        }
        return stored;
    }

    /// <summary>A state that cannot be read (another version wrote it) is said loudly; the plan starts with a clean one.</summary>
    private PlanState? Read(JournalRow row)
    {
        try
        {
            return JsonSerializer.Deserialize<PlanState>(row.State ?? "null", Json.Options);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            var name = services.Plans.Find(row.PlanId)?.Definition.Name ?? $"plan {row.PlanId}";
            services.Events.Append(
                new NewEvent(
                    "plan.stateLost",
                    Severity.Critical,
                    name,
                    $"The stored state of \"{name}\" cannot be read; it starts anew. Check what runs: {e.Message}"
                )
                {
                    PlanId = row.PlanId,
                }
            );
            return null;
        }
    }

    private sealed record Entry(PlanLoop Loop, CancellationTokenSource Stop, Task Task);
}

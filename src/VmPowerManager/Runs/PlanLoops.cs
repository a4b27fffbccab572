using System.Collections.Immutable;
using System.Globalization;
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
using VmPowerManager.Ups.Canaries;

namespace VmPowerManager.Runs;

/// <summary>One loop a plan, armed or not: started with what the journal holds, fed from UPSes and hosts (DESIGN 3).</summary>
public sealed class PlanLoops(
    PlanLoopServices services,
    IUpsFeed upses,
    IDbContextFactory<AppDb> databases,
    ILoggerFactory loggers,
    CanaryFeed? canaries = null
) : BackgroundService, IPlanUse, ITargetOwner
{
    private const int MostAttempts = 20;
    private readonly Lock _gate = new();
    private ImmutableSortedDictionary<int, Entry> _loops = ImmutableSortedDictionary<int, Entry>.Empty;
    private CancellationToken _stopping;

    public PlanLoop? Find(int planId) => Volatile.Read(ref _loops).GetValueOrDefault(planId)?.Loop;

    public IEnumerable<PlanLoop> All => Volatile.Read(ref _loops).Values.Select(e => e.Loop);

    /// <summary>A run, or an outage whose machines are not all back yet: without the plan nothing would bring them back.</summary>
    public string? WhoUses(int planId) =>
        Find(planId)?.View.State switch
        {
            { Run: { } run } => $"run {run.Id}",
            { Cycle: { Acted: true, Manual: false, Settling: false } } => "an outage that is not over",
            { Debts.Length: > 0 } => "something that is still to be undone",
            _ => null,
        };

    public string? OwnerOf(int? hostId, string? realm, string? externalId) =>
        RunOf(hostId, realm, externalId) is { } run ? $"run {run.Id} of \"{run.Plan}\"" : null;

    private (int Id, string Plan)? RunOf(int? hostId, string? realm, string? externalId) =>
        RunConflicts.Of(All.Select(l => l.View), hostId, realm, externalId);

    /// <summary>Why nobody else may act on a target of a plan now, or null.</summary>
    internal Sentence? AgainstAct(TargetRef target) =>
        target.Kind == TargetKind.Ups || RunOf(target.HostId, target.Realm, target.ExternalId) is not { } run
            ? null
            : Sentence.Of($"Run {run.Id} of \"{run.Plan}\" deals with {target.Name} now.");

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await services.Plans.LoadAsync(cancellationToken);
        await services.Durations.LoadAsync(cancellationToken);
        await services.Runs.LoadAsync(cancellationToken);
        services.Journal.Start();
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        var stored = await PatientlyAsync(stoppingToken);
        using var plans = services.Plans.Subscribe(() => Follow([]));
        using var learned = services.Durations.Subscribe(() => PostAll(new ModelChanged()));
        using var readings = upses.Subscribe(o => PostAll(new UpsObserved(o)));
        using var policies = upses.SubscribePolicies(() => PostAll(new ModelChanged()));
        using var hosts = services.Hosts.Subscribe(Tell);
        using var configured = services.Hosts.SubscribeConfiguration(() => PostAll(new ModelChanged()));
        using var witnesses = canaries?.Subscribe(c => PostAll(Told(c)));
        using var asked = canaries?.SubscribeConfiguration(() => PostAll(new ModelChanged()));
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

    /// <summary>A failed refresh says less than the polls of a run know (C4): it must not break the silence that they count.</summary>
    private void Tell(HostSnapshot host)
    {
        if (host.Fault is null || !services.Polls.Polled(host.Id))
            PostAll(services.Polls.ToObservation(host, services.Time.Elapsed()));
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

    private static CanaryObserved Told(CanarySeen seen) => new(seen.CanaryId, seen.Answers, seen.Taken);

    private void PostAll(Observation observation)
    {
        foreach (var loop in All)
            loop.Post(observation);
    }

    private void PostOthers(int planId, Observation observation)
    {
        foreach (var loop in All.Where(l => l.PlanId != planId))
            loop.Post(observation);
    }

    /// <summary>Starts loops of new plans, ends those of removed ones, tells the rest that something changed.</summary>
    private void Follow(Dictionary<int, (PlanState State, bool NewBoot)> stored)
    {
        lock (_gate)
        {
            var plans = services.Plans.Plans.ToDictionary(p => p.Id);
            foreach (var (id, entry) in _loops.Where(l => !plans.ContainsKey(l.Key)).ToList())
            {
                entry.Stop.Cancel();
                Volatile.Write(ref _loops, _loops.Remove(id));
                Forget(id);
                // Once more when it has ended: the step that it was at may have shown it again.
                _ = entry.Task.ContinueWith(_ => Forget(id), TaskScheduler.Default);
            }
            foreach (var plan in plans.Values.Where(p => !_loops.ContainsKey(p.Id)))
            {
                var loop = new PlanLoop(plan, services, loggers.CreateLogger<PlanLoop>())
                {
                    ProvedOff = off => PostOthers(plan.Id, off),
                    AgainstUp = effect =>
                        RunConflicts.AgainstUp(effect, All.Where(l => l.PlanId != plan.Id).Select(l => l.View)),
                };
                var stop = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
                if (stored.TryGetValue(plan.Id, out var left))
                    loop.Restore(left.State, left.NewBoot);
                var task = Task.Run(() => loop.RunAsync(stop.Token), CancellationToken.None);
                Volatile.Write(ref _loops, _loops.Add(plan.Id, new Entry(loop, stop, task)));
                foreach (var host in services.Hosts.Hosts.Where(h => h.Refreshed is not null))
                    loop.Post(services.Polls.ToObservation(host, services.Time.Elapsed()));
                foreach (var observation in upses.Latest)
                    loop.Post(new UpsObserved(observation));
                foreach (
                    var seen in (canaries?.All.Value.Values ?? [])
                        .Select(p => p.Seen)
                        .OfType<CanarySeen>()
                        .Where(s => s.Asked)
                )
                    loop.Post(Told(seen));
            }
        }
        PostAll(new ModelChanged());
    }

    private void Forget(int planId)
    {
        services.Stream.Forget(StreamTypes.PlanState, planId.ToString(CultureInfo.InvariantCulture));
        services.Screens.Forget(planId);
    }

    /// <summary>A database that is busy just now is asked again; for good it would mean to watch nothing, so that after a
    /// while the plans start without their past, loudly.</summary>
    private async Task<Dictionary<int, (PlanState State, bool NewBoot)>> PatientlyAsync(CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StoredAsync(ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                if (attempt == MostAttempts)
                {
                    Lost("all plans", null, e);
                    return [];
                }
                await Task.Delay(TimeSpan.FromSeconds(1), services.Time, ct);
            }
        }
    }

    /// <summary>Where each plan was when the process ended (recovery: last state, look at everything, tick).</summary>
    private async Task<Dictionary<int, (PlanState State, bool NewBoot)>> StoredAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await db.Set<JournalRow>()
            .AsNoTracking()
            .Where(j => j.State != null)
            .OrderBy(j => j.Id)
            .ToListAsync(ct);
        var stored = new Dictionary<int, (PlanState State, bool NewBoot)>();
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
            Lost(name, row.PlanId, e);
            return null;
        }
    }

    private void Lost(string name, int? planId, Exception e) =>
        services.Events.Append(
            new NewEvent(
                "plan.stateLost",
                Severity.Critical,
                name,
                $"The stored state of {name} cannot be read; it starts anew. Check what runs: {e.Message}"
            )
            {
                PlanId = planId,
            }
        );

    private sealed record Entry(PlanLoop Loop, CancellationTokenSource Stop, Task Task);
}

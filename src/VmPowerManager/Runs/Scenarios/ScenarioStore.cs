using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Storage;

namespace VmPowerManager.Runs.Scenarios;

/// <summary>Keeps recorded outages: the newest fifty, and what is being recorded, so that it survives a restart. Writes
/// beside the plans; what cannot be written is lost, and nobody waits for it.</summary>
public sealed partial class ScenarioStore(IDbContextFactory<AppDb> databases, ILogger<ScenarioStore> logger)
    : BackgroundService
{
    public const int Kept = 50;
    private readonly Channel<Entry> _queue = Channel.CreateBounded<Entry>(
        new BoundedChannelOptions(200) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest }
    );
    private readonly ConcurrentDictionary<int, Scenario> _open = new();
    private readonly Dictionary<int, int> _openRows = [];

    /// <summary>Those that are over, by row.</summary>
    public Live<ImmutableSortedDictionary<int, ScenarioSummary>> Recorded { get; } =
        new(ImmutableSortedDictionary<int, ScenarioSummary>.Empty);

    /// <summary>What an earlier process was recording of this plan; once.</summary>
    public Scenario? TakeOpen(int planId) => _open.TryRemove(planId, out var scenario) ? scenario : null;

    /// <summary>Stores how far a recording has come.</summary>
    public void Keep(int planId, Scenario scenario, bool closed) =>
        _queue.Writer.TryWrite(new Entry(planId, scenario, closed));

    /// <summary>The recording was not worth keeping.</summary>
    public void Drop(int planId) => _queue.Writer.TryWrite(new Entry(planId, null, true));

    public async Task<Scenario?> FindAsync(int row, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var found = await db.Set<ScenarioRow>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == row, ct);
        return found is { EndedAt: not null } ? Read(found) : null;
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LoadAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogLost(e);
        }
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // What has begun is written: a copy of an open outage is what a restart goes on with.
            await foreach (var entry in _queue.Reader.ReadAllAsync(stoppingToken))
                await TryWriteAsync(entry, CancellationToken.None);
        }
        catch (OperationCanceledException) { }
    }

    /// <summary>Writes what is under way, also when it is stopped before it began to run.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        while (_queue.Reader.TryRead(out var entry))
            await TryWriteAsync(entry, cancellationToken);
    }

    private async Task TryWriteAsync(Entry entry, CancellationToken ct)
    {
        try
        {
            await WriteAsync(entry, ct);
        }
        catch (Exception e)
        {
            LogLost(e);
        }
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        foreach (var row in await db.Set<ScenarioRow>().AsNoTracking().OrderBy(s => s.Id).ToListAsync(ct))
        {
            if (Read(row) is not { } scenario)
                continue;
            if (row.EndedAt is null)
                (_open[row.PlanId], _openRows[row.PlanId]) = (scenario, row.Id);
            else
                Recorded.Update(all => all.SetItem(row.Id, ScenarioSummary.Of(scenario)));
        }
    }

    private async Task WriteAsync(Entry entry, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = db.Set<ScenarioRow>();
        var row = _openRows.TryGetValue(entry.PlanId, out var id)
            ? await rows.SingleOrDefaultAsync(s => s.Id == id, ct)
            : null;
        if (entry.What is not { } scenario)
        {
            if (row is not null)
                rows.Remove(row);
            await db.SaveChangesAsync(ct);
            _openRows.Remove(entry.PlanId);
            return;
        }
        row ??= rows.Add(new ScenarioRow { PlanId = entry.PlanId, Body = "" }).Entity;
        row.BeganAt = scenario.Recorded?.BeganAt ?? default;
        row.EndedAt = entry.Closed ? scenario.Recorded?.EndedAt : null;
        row.Body = JsonSerializer.Serialize(scenario, Json.Options);
        await db.SaveChangesAsync(ct);
        if (!entry.Closed)
        {
            _openRows[entry.PlanId] = row.Id;
            return;
        }
        _openRows.Remove(entry.PlanId);
        var named = scenario with { Id = ScenarioSummary.IdOf(row.Id) };
        Recorded.Update(all => all.SetItem(row.Id, ScenarioSummary.Of(named)));
        await ForgetOldAsync(db, ct);
    }

    private async Task ForgetOldAsync(AppDb db, CancellationToken ct)
    {
        var old = Recorded.Value.Keys.SkipLast(Kept).ToList();
        if (old.Count == 0)
            return;
        await db.Set<ScenarioRow>().Where(s => old.Contains(s.Id)).ExecuteDeleteAsync(ct);
        Recorded.Update(all => all.RemoveRange(old));
    }

    /// <summary>Null for one that another version wrote and this one cannot read: history alone.</summary>
    private static Scenario? Read(ScenarioRow row)
    {
        try
        {
            return JsonSerializer.Deserialize<Scenario>(row.Body, Json.Options) is { } scenario
                ? scenario with
                {
                    Id = ScenarioSummary.IdOf(row.Id),
                }
                : null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    private sealed record Entry(int PlanId, Scenario? What, bool Closed);

    [LoggerMessage(LogLevel.Warning, "Recorded outages could not be read or written")]
    private partial void LogLost(Exception e);
}

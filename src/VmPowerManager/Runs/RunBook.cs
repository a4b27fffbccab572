using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Storage;

namespace VmPowerManager.Runs;

/// <summary>The runs in memory: those of this process as they are now, and the newest of earlier ones. Gives run ids
/// without a database. Any thread.</summary>
public sealed class RunBook(IDbContextFactory<AppDb> databases)
{
    private const int Loaded = 500;
    private int _lastId;

    /// <summary>By id; for screens, too.</summary>
    public Live<ImmutableSortedDictionary<int, RunRecord>> All { get; } =
        new(ImmutableSortedDictionary<int, RunRecord>.Empty);

    public RunRecord? Find(int id) => All.Value.GetValueOrDefault(id);

    /// <summary>Newest first.</summary>
    public IEnumerable<RunRecord> Newest => All.Value.Values.Reverse();

    public int NextId() => Interlocked.Increment(ref _lastId);

    public void Put(RunRecord record) => All.Update(runs => Bound(runs.SetItem(record.State.Id, record)));

    internal async Task LoadAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await db.Set<RunRow>().AsNoTracking().OrderByDescending(r => r.Id).Take(Loaded).ToListAsync(ct);
        foreach (var row in rows)
        {
            if (Read(row) is { } record)
                Put(record);
        }
        _lastId = Math.Max(_lastId, rows.Count == 0 ? 0 : rows[0].Id);
    }

    /// <summary>Null for a record of another version: history alone, nothing depends on it.</summary>
    internal static RunRecord? Read(RunRow row)
    {
        try
        {
            return JsonSerializer.Deserialize<RunRecord>(row.Record, Json.Options);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    private static ImmutableSortedDictionary<int, RunRecord> Bound(ImmutableSortedDictionary<int, RunRecord> runs) =>
        runs.Count <= 2 * Loaded
            ? runs
            : runs.RemoveRange(runs.Keys.Take(runs.Count - Loaded).Except(NewestRehearsals(runs)));

    /// <summary>Of each plan, by hand and by schedule: what a plan is due and how ready it is are read off them.</summary>
    private static IEnumerable<int> NewestRehearsals(ImmutableSortedDictionary<int, RunRecord> runs) =>
        runs
            .Values.Where(r => r.State.Kind == RunKind.Rehearsal)
            .GroupBy(r => (r.PlanId, r.State.Actor == RehearsalDue.Actor))
            .Select(g => g.Max(r => r.State.Id));
}

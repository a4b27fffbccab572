using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Core.Forecasts;
using VmPowerManager.Core.Plans;
using VmPowerManager.Storage;

namespace VmPowerManager.Plans.Learning;

/// <summary>All learned durations in memory, and their table. Plans read from memory; runs teach when they have ended,
/// and people overrule. Any thread.</summary>
public sealed class DurationDirectory(IDbContextFactory<AppDb> databases, TimeProvider time) : OneAtATime
{
    private readonly Lock _gate = new();
    private ImmutableArray<Action> _followers = [];

    /// <summary>By key; for screens, too.</summary>
    public Live<ImmutableSortedDictionary<string, DurationEntry>> All { get; } =
        new(ImmutableSortedDictionary.Create<string, DurationEntry>(StringComparer.Ordinal));

    /// <summary>Calls back after something was learned or overruled. Only enqueue.</summary>
    public IDisposable Subscribe(Action onChanged)
    {
        lock (_gate)
            _followers = _followers.Add(onChanged);
        return new Unsubscriber(() =>
        {
            lock (_gate)
                _followers = _followers.Remove(onChanged);
        });
    }

    /// <summary>What is known of these targets, by key.</summary>
    /// <param name="targets">Target keys.</param>
    public ImmutableSortedDictionary<string, LearnedDuration> Of(IReadOnlySet<string> targets)
    {
        var known = ImmutableSortedDictionary.CreateBuilder<string, LearnedDuration>(StringComparer.Ordinal);
        foreach (var entry in All.Value.Values)
        {
            if (entry.Effective is { } learned && targets.Contains(TargetOf(entry.Key)))
                known.Add(entry.Key, learned);
        }
        return known.ToImmutable();
    }

    /// <summary>The part of a key that names the target.</summary>
    public static string TargetOf(string key) => key[..Math.Max(0, key.LastIndexOf('|'))];

    internal async Task LoadAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await db.Set<DurationRow>().AsNoTracking().ToListAsync(ct);
        All.Update(all => all.SetItems(rows.Select(r => KeyValuePair.Create(r.Key, EntryOf(r)))));
        Tell();
    }

    /// <summary>Adds what a run has measured.</summary>
    internal async Task LearnAsync(IReadOnlyList<MeasuredDuration> measured, CancellationToken ct)
    {
        if (measured.Count == 0)
            return;
        using var turn = await EnterAsync(ct);
        await using var db = await databases.CreateDbContextAsync(ct);
        var keys = measured.Select(m => m.Key).Distinct().ToList();
        var rows = await db.Set<DurationRow>().Where(r => keys.Contains(r.Key)).ToDictionaryAsync(r => r.Key, ct);
        foreach (var group in measured.GroupBy(m => m.Key))
        {
            var newest = group.Last();
            if (!rows.TryGetValue(group.Key, out var row))
            {
                row = rows[group.Key] = NewRow(group.Key, newest.Target, newest.Action.ToString());
                db.Add(row);
            }
            row.Target = newest.Target;
            var samples = SamplesOf(row).Concat(group.Select(m => m.Sample)).OrderByDescending(s => s.At);
            row.Samples = JsonSerializer.Serialize(samples.Take(DurationLearning.Kept), Json.Options);
        }
        await db.SaveChangesAsync(ct);
        All.Update(all => all.SetItems(rows.Values.Select(r => KeyValuePair.Create(r.Key, EntryOf(r)))));
        Tell();
    }

    /// <summary>Null takes the override back.</summary>
    internal async Task<DurationEntry> OverrideAsync(string key, string target, double? seconds, CancellationToken ct)
    {
        using var turn = await EnterAsync(ct);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await db.Set<DurationRow>().SingleOrDefaultAsync(r => r.Key == key, ct);
        if (row is null)
        {
            row = NewRow(key, target, key[(key.LastIndexOf('|') + 1)..]);
            db.Add(row);
        }
        row.OverrideSeconds = seconds;
        await db.SaveChangesAsync(ct);
        var entry = EntryOf(row);
        All.Update(all => all.SetItem(key, entry));
        Tell();
        return entry;
    }

    private static DurationRow NewRow(string key, string target, string action) =>
        new()
        {
            Key = key,
            Target = target,
            Action = action,
            Samples = "[]",
        };

    private DurationEntry EntryOf(DurationRow row)
    {
        var samples = SamplesOf(row);
        var learned = DurationLearning.Of(samples, time.GetUtcNow());
        return new(row.Key, row.Target, row.Action, samples, learned, row.OverrideSeconds);
    }

    /// <summary>Samples of another version teach nothing; new ones will.</summary>
    private static ImmutableArray<DurationSample> SamplesOf(DurationRow row)
    {
        try
        {
            return [.. JsonSerializer.Deserialize<DurationSample[]>(row.Samples, Json.Options) ?? []];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private void Tell()
    {
        ImmutableArray<Action> followers;
        lock (_gate)
            followers = _followers;
        foreach (var follower in followers)
            follower();
    }

    private sealed class Unsubscriber(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}

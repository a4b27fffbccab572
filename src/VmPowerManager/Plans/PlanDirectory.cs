using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Core.Plans;
using VmPowerManager.Events;
using VmPowerManager.Storage;

namespace VmPowerManager.Plans;

/// <summary>All plans in memory: loaded at start, replaced by each command. Runs need no database (DESIGN 3). Any thread.</summary>
public sealed class PlanDirectory(IDbContextFactory<AppDb> databases, EventLog events)
{
    private readonly Lock _gate = new();
    private ImmutableArray<Action> _followers = [];

    /// <summary>By id; for screens, too.</summary>
    public Live<ImmutableSortedDictionary<int, PlanEntry>> All { get; } =
        new(ImmutableSortedDictionary<int, PlanEntry>.Empty);

    public IReadOnlyList<PlanEntry> Plans => [.. All.Value.Values];

    public PlanEntry? Find(int id) => All.Value.GetValueOrDefault(id);

    /// <summary>Calls back after any plan was added, changed or removed. Only enqueue.</summary>
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

    internal async Task LoadAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await db.Set<PlanRow>().AsNoTracking().ToListAsync(ct);
        var read = rows.Select(Read).OfType<PlanEntry>().ToList();
        Set(plans => plans.SetItems(read.Select(p => KeyValuePair.Create(p.Id, p))));
    }

    /// <summary>One plan that cannot be read must not keep the others from watching.</summary>
    private PlanEntry? Read(PlanRow row)
    {
        try
        {
            return EntryOf(row);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidDataException)
        {
            events.Append(
                new NewEvent(
                    "plan.unreadable",
                    Severity.Critical,
                    row.Name,
                    $"The plan \"{row.Name}\" cannot be read and does nothing until it is saved anew: {e.Message}"
                )
                {
                    PlanId = row.Id,
                }
            );
            return null;
        }
    }

    internal void Replace(PlanRow row) => Set(plans => plans.SetItem(row.Id, EntryOf(row)));

    internal void Remove(int id) => Set(plans => plans.Remove(id));

    private void Set(Func<ImmutableSortedDictionary<int, PlanEntry>, ImmutableSortedDictionary<int, PlanEntry>> change)
    {
        ImmutableArray<Action> followers;
        lock (_gate)
        {
            All.Update(change);
            followers = _followers;
        }
        foreach (var follower in followers)
            follower();
    }

    private static PlanEntry EntryOf(PlanRow row) =>
        new(
            row.Id,
            row.Revision,
            row.Armed,
            JsonSerializer.Deserialize<PlanDefinition>(row.Definition, Json.Options)
                ?? throw new InvalidDataException($"Plan {row.Id} is stored empty.")
        );

    private sealed class Unsubscriber(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}

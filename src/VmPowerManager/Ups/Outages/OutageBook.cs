using System.Collections.Immutable;

namespace VmPowerManager.Ups.Outages;

/// <summary>The newest stored outages and their ids, in memory: what belongs to one says so without a database. Any thread.</summary>
public sealed class OutageBook
{
    internal const int Kept = 500;
    private ImmutableSortedDictionary<int, Entry> _known = ImmutableSortedDictionary<int, Entry>.Empty;

    /// <summary>The newest outage of one of these UPSes that had begun at that time; null: none is stored (yet).</summary>
    /// <param name="lasting">Only one that was not over then.</param>
    public int? Of(IEnumerable<int> upsIds, DateTimeOffset at, bool lasting)
    {
        var ids = upsIds.ToHashSet();
        return _known
            .Values.Where(o => ids.Contains(o.UpsId) && o.StartedAt <= at && !(lasting && o.EndedAt < at))
            .MaxBy(o => o.StartedAt)
            ?.Id;
    }

    internal void Put(OutageRow row) =>
        ImmutableInterlocked.Update(
            ref _known,
            known =>
            {
                var all = known.SetItem(row.Id, new Entry(row.Id, row.UpsId, row.StartedAt, row.EndedAt));
                return all.Count <= 2 * Kept ? all : all.RemoveRange(all.Keys.Take(all.Count - Kept));
            }
        );

    private sealed record Entry(int Id, int UpsId, DateTimeOffset StartedAt, DateTimeOffset? EndedAt);
}

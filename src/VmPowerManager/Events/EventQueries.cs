using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Storage;

namespace VmPowerManager.Events;

/// <summary>Reads events, stored or not yet. Times and filters as API.md; newest first.</summary>
public sealed class EventQueries(EventLog log, LiveStream stream, IDbContextFactory<AppDb> databases)
{
    public const int MostAtOnce = 1000;

    /// <summary>A page, newest first.</summary>
    /// <exception cref="InvalidInputException">The cursor is none of ours, or the limit is out of range.</exception>
    public async Task<Page<EventEntry>> ListAsync(EventFilter filter, string? cursor, int limit, CancellationToken ct)
    {
        if (limit is < 1 or > MostAtOnce)
            throw new InvalidInputException("limit", $"must be between 1 and {MostAtOnce}.");
        var before = long.MaxValue;
        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
            throw new InvalidInputException("cursor", "is not a cursor that this list gave out.");
        var found = await BeforeAsync(filter, before, limit + 1, ct);
        return found.Count <= limit
            ? new Page<EventEntry>(found)
            : new Page<EventEntry>(found[..limit], found[limit - 1].Sequence.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The number of the newest event.</summary>
    public Live<long> Newest => log.Newest;

    /// <summary>Those after a place that match, newest first, from memory alone; null when it no longer holds all of them.</summary>
    public IReadOnlyList<EventEntry>? Since(long after, EventFilter filter) =>
        log.After(after) is { } held ? [.. held.Where(filter.Matches).Reverse()] : null;

    /// <summary>All that match, newest first, a bounded number in memory at a time.</summary>
    public async IAsyncEnumerable<EventEntry> AllAsync(
        EventFilter filter,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        for (var before = long.MaxValue; ; )
        {
            var found = await BeforeAsync(filter, before, MostAtOnce, ct);
            foreach (var entry in found)
                yield return entry;
            if (found.Count < MostAtOnce)
                yield break;
            before = found[^1].Sequence;
        }
    }

    /// <summary>Every event after a place, in order, and then each new one as it comes; ends with
    /// <paramref name="ct"/>. The way for consumers that store their cursor.</summary>
    public async IAsyncEnumerable<EventEntry> FollowAsync(long after, [EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            var appended = log.Appended();
            await foreach (var entry in AfterAsync(after, long.MaxValue, ct))
            {
                after = entry.Sequence;
                yield return entry;
            }
            await appended.WaitAsync(ct);
        }
    }

    /// <summary>What <c>GET /api/v1/stream</c> has to say next to a follower at <paramref name="after"/>.</summary>
    internal async Task<StreamSlice> ReadStreamAsync(long? after, CancellationToken ct)
    {
        var slice = stream.Read(after);
        if (slice.EventsAfter is not { } place)
            return slice;
        var messages = slice.Messages.ToList();
        await foreach (var entry in AfterAsync(place, slice.UpTo, ct))
            messages.Add(new StreamMessage(entry.Sequence, StreamTypes.Event, entry));
        return slice with { Messages = [.. messages.OrderBy(m => m.Sequence)] };
    }

    private async IAsyncEnumerable<EventEntry> AfterAsync(
        long after,
        long upTo,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        while (true)
        {
            if (log.After(after) is { } held)
            {
                foreach (var entry in held.Where(e => e.Sequence <= upTo))
                    yield return entry;
                yield break;
            }
            // What had left memory before this read is stored, or was lost while the database was away.
            var gone = log.Gone;
            var stored = await StoredAfterAsync(after, upTo, ct);
            foreach (var entry in stored)
                yield return entry;
            if (stored.Count > 0)
                after = stored[^1].Sequence;
            if (stored.Count < MostAtOnce)
                after = Math.Max(after, gone);
        }
    }

    private async Task<List<EventEntry>> StoredAfterAsync(long after, long upTo, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await db.Set<EventRow>()
            .AsNoTracking()
            .Where(e => e.Sequence > after && e.Sequence <= upTo)
            .OrderBy(e => e.Sequence)
            .Take(MostAtOnce)
            .ToListAsync(ct);
        return rows.ConvertAll(r => r.ToEntry());
    }

    private async Task<List<EventEntry>> BeforeAsync(EventFilter filter, long before, int count, CancellationToken ct)
    {
        var unstored = log.Unstored();
        var found = unstored.Where(e => e.Sequence < before && filter.Matches(e)).Reverse().Take(count).ToList();
        if (found.Count == count)
            return found;
        var storedBefore = unstored is [var oldest, ..] ? Math.Min(before, oldest.Sequence) : before;
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await filter
            .Apply(db.Set<EventRow>().AsNoTracking().Where(e => e.Sequence < storedBefore))
            .OrderByDescending(e => e.Sequence)
            .Take(count - found.Count)
            .ToListAsync(ct);
        found.AddRange(rows.Select(r => r.ToEntry()));
        return found;
    }
}

using System.Text.Json;
using VmPowerManager.Components;
using VmPowerManager.Core;

namespace VmPowerManager.Events;

/// <summary>The record of what happened: gives each event its place, keeps the newest in memory, tells followers. Never
/// blocks and never fails for a database (STYLE: Safety first): <see cref="EventWriter"/> stores behind its back. Any
/// thread.</summary>
public sealed class EventLog(TimeProvider time, LiveStream? stream = null)
{
    private const int Kept = 1000;

    /// <summary>As long as the database is away, this many wait for it; the oldest go first.</summary>
    internal const int MostUnstored = 50_000;

    private readonly LiveStream _stream = stream ?? new LiveStream();
    private readonly Lock _gate = new();
    private readonly LinkedList<EventEntry> _entries = new();
    private long _gone = (stream?.Sequence).GetValueOrDefault();
    private long _stored = (stream?.Sequence).GetValueOrDefault();
    private int _unstored;
    private int _lost;
    private TaskCompletionSource? _appended;
    private TaskCompletionSource? _marked;
    private bool _stalled;

    /// <summary>The number of the newest event, for screens that show the tail.</summary>
    public Live<long> Newest { get; } = new((stream?.Sequence).GetValueOrDefault());

    /// <summary>Appends and returns the sequence number.</summary>
    public long Append(NewEvent what)
    {
        var data = Serialize(what.Data);
        var appended = _stream.Publish(sequence =>
        {
            var entry = new EventEntry(
                sequence,
                time.GetUtcNow(),
                what.Type,
                what.Severity,
                what.Source,
                what.Message,
                data,
                what.Actor,
                what.UpsId,
                what.HostId,
                what.PlanId,
                what.RunId
            )
            {
                Text = what.Text,
            };
            lock (_gate)
                Keep(entry);
            return entry;
        });
        Newest.Update(newest => Math.Max(newest, appended));
        return appended;
    }

    /// <summary>The newest 1,000, oldest first, and whatever is not stored yet.</summary>
    public IReadOnlyList<EventEntry> Latest()
    {
        lock (_gate)
            return [.. _entries];
    }

    /// <summary>The newest number whose event has left memory.</summary>
    internal long Gone
    {
        get
        {
            lock (_gate)
                return _gone;
        }
    }

    /// <summary>The events after a place, or null when memory no longer holds all of them.</summary>
    internal IReadOnlyList<EventEntry>? After(long sequence)
    {
        lock (_gate)
            return sequence < _gone ? null : Tail(sequence);
    }

    /// <summary>Those that the database does not have yet, oldest first.</summary>
    internal IReadOnlyList<EventEntry> Unstored()
    {
        lock (_gate)
            return _unstored == 0 ? [] : Tail(_stored);
    }

    internal void MarkStored(long upTo)
    {
        lock (_gate)
        {
            _stored = Math.Max(_stored, upTo);
            _unstored = Tail(_stored).Count;
            Trim();
            _stalled = false;
            Release(ref _marked);
        }
    }

    /// <summary>The database takes nothing now: nobody waits for it.</summary>
    internal void MarkStalled()
    {
        lock (_gate)
        {
            _stalled = true;
            Release(ref _marked);
        }
    }

    /// <summary>Ends when all that was appended before this call is stored, when the database takes nothing now, and after
    /// <paramref name="most"/> at the latest.</summary>
    internal async Task StoredAsync(TimeSpan most)
    {
        var upTo = Newest.Value;
        using var end = new CancellationTokenSource(most, time);
        while (Marked(upTo) is { } marked)
        {
            await marked.WaitAsync(end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (end.IsCancellationRequested)
                return;
        }
    }

    private Task? Marked(long upTo)
    {
        lock (_gate)
            return _stored >= upTo || _unstored == 0 || _stalled ? null : Next(ref _marked);
    }

    /// <summary>How many were given up unstored since the last call.</summary>
    internal int TakeLost()
    {
        lock (_gate)
        {
            (var lost, _lost) = (_lost, 0);
            return lost;
        }
    }

    /// <summary>Ends when an event is appended after this call.</summary>
    internal Task Appended()
    {
        lock (_gate)
            return Next(ref _appended);
    }

    private static Task Next(ref TaskCompletionSource? signal) =>
        (signal ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private static void Release(ref TaskCompletionSource? signal)
    {
        signal?.TrySetResult();
        signal = null;
    }

    private void Keep(EventEntry entry)
    {
        _entries.AddLast(entry);
        _unstored++;
        Trim();
        Release(ref _appended);
    }

    private void Trim()
    {
        while (_entries.First is { Value.Sequence: var oldest } && _entries.Count > Kept)
        {
            if (oldest > _stored)
            {
                if (_unstored <= MostUnstored)
                    return;
                _unstored--;
                _lost++;
            }
            _gone = oldest;
            _entries.RemoveFirst();
        }
    }

    private List<EventEntry> Tail(long after)
    {
        var tail = new List<EventEntry>();
        for (var node = _entries.Last; node is not null && node.Value.Sequence > after; node = node.Previous)
            tail.Add(node.Value);
        tail.Reverse();
        return tail;
    }

    private static JsonElement? Serialize(object? data)
    {
        try
        {
            return data is null ? null : JsonSerializer.SerializeToElement(data, Json.Options);
        }
        catch (Exception e)
            when (e is NotSupportedException or JsonException or InvalidOperationException or ArgumentException)
        {
            // What happened matters more than its details: infinities and cycles must not lose the event.
            return JsonSerializer.SerializeToElement(new { unreadable = e.Message }, Json.Options);
        }
    }
}

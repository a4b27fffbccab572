namespace VmPowerManager.Events;

/// <summary>What <c>GET /api/v1/stream</c> tells. One sequence numbers everything, events included, so one <c>id</c>
/// orders the whole stream; events alone are stored, so their numbers have gaps. Keeps the last 1,000 messages for
/// those who come back, and the newest of each kind and key for those who come late. For screens and scripts: nothing
/// decides from it. Any thread; never blocks.</summary>
/// <param name="startAfter">The highest number that an earlier process may have given out.</param>
public sealed class LiveStream(long startAfter = 0)
{
    private const int Held = 1000;
    private readonly Lock _gate = new();
    private readonly Queue<StreamMessage> _held = new();
    private readonly Dictionary<(string Type, string Key), StreamMessage> _current = [];
    private TaskCompletionSource? _changed;
    private long _sequence = startAfter;

    /// <summary>The newest number given out.</summary>
    public long Sequence
    {
        get
        {
            lock (_gate)
                return _sequence;
        }
    }

    /// <summary>Tells the new state of something; returns its number.</summary>
    /// <param name="type">One of <see cref="StreamTypes"/>, but <c>event</c>: those are <see cref="EventLog"/>'s.</param>
    /// <param name="key">What it is the state of: an id. The newest value of each is what a late follower gets.</param>
    /// <param name="value">The same shape as the API's GET of it. Immutable.</param>
    public long Publish(string type, string key, object value)
    {
        lock (_gate)
        {
            var message = Add(type, value);
            _current[(type, key)] = message;
            return message.Sequence;
        }
    }

    /// <summary>It is gone: late followers no longer get it.</summary>
    public void Forget(string type, string key)
    {
        lock (_gate)
            _current.Remove((type, key));
    }

    /// <summary>Numbers an event. <paramref name="make"/> runs under the lock, so that order and number agree.</summary>
    internal long Publish(Func<long, object> make)
    {
        lock (_gate)
            return Add(StreamTypes.Event, make(_sequence + 1)).Sequence;
    }

    /// <summary>What a follower at <paramref name="after"/> has missed; null: it has just come, and gets the current state.</summary>
    internal StreamSlice Read(long? after)
    {
        lock (_gate)
        {
            var changed = (_changed ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            // A number from the future is one of a life that this process knows nothing of.
            if (after is not { } place || place > _sequence)
                return new([.. Current(0)], _sequence, null, changed);
            if (place == _sequence)
                return new([], _sequence, null, changed);
            return _held.TryPeek(out var oldest) && place >= oldest.Sequence - 1
                ? new([.. _held.Where(m => m.Sequence > place)], _sequence, null, changed)
                : new([.. Current(place)], _sequence, place, changed);
        }
    }

    private IOrderedEnumerable<StreamMessage> Current(long after) =>
        _current.Values.Where(m => m.Sequence > after).OrderBy(m => m.Sequence);

    private StreamMessage Add(string type, object value)
    {
        var message = new StreamMessage(++_sequence, type, value);
        _held.Enqueue(message);
        if (_held.Count > Held)
            _held.Dequeue();
        _changed?.TrySetResult();
        _changed = null;
        return message;
    }
}

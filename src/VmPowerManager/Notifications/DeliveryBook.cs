using VmPowerManager.Events;

namespace VmPowerManager.Notifications;

/// <summary>The messages on their way, and what of them is not stored yet. Memory is what senders work from: a locked or
/// full database delays the record, not the mail. Any thread.</summary>
internal sealed class DeliveryBook
{
    /// <summary>As many wait for one channel; the oldest that is not critical goes first.</summary>
    internal const int MostWaiting = 1000;

    /// <summary>While the database is away, that many wait for it; the oldest go first.</summary>
    private const int MostUnstored = 20_000;

    /// <summary>The cursor alone is stored once that many events went by.</summary>
    private const int CursorStride = 200;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, Delivery> _waiting = [];
    private readonly SortedDictionary<long, Delivery> _unstored = [];
    private long _lastId;
    private long _cursor;
    private long _storedCursor;
    private long? _settleAt;
    private bool _loaded;
    private HashSet<(long Sequence, int ChannelId)> _told = [];
    private TaskCompletionSource? _changed;

    /// <summary>Events up to this number have become messages.</summary>
    public long Cursor
    {
        get
        {
            lock (_gate)
                return _cursor;
        }
    }

    /// <summary>What an earlier process left. Nothing is stored before: the cursor is not known until then.</summary>
    /// <param name="told">What events after the cursor have made already, by event and channel: that process ended between
    /// two batches.</param>
    public void Load(
        IEnumerable<Delivery> waiting,
        long lastId,
        long cursor,
        bool stored,
        IEnumerable<(long Sequence, int ChannelId)>? told = null
    )
    {
        lock (_gate)
        {
            foreach (var delivery in waiting)
                _waiting[delivery.Id] = delivery;
            (_lastId, _cursor, _storedCursor) = (lastId, cursor, cursor);
            _settleAt = stored && _settleAt is null ? null : cursor;
            _told = [.. told ?? []];
            _loaded = true;
            Signal();
        }
    }

    /// <summary>Takes in what an event makes, and moves the cursor to it.</summary>
    /// <param name="make">Makes each message, given its id.</param>
    /// <returns>Messages that had to go because too many wait.</returns>
    public IReadOnlyList<Delivery> Add(long sequence, IReadOnlyList<Func<long, Delivery>> make)
    {
        lock (_gate)
        {
            _cursor = Math.Max(_cursor, sequence);
            var dropped = new List<Delivery>();
            foreach (var one in make)
            {
                var delivery = one(_lastId + 1);
                if (_told.Remove((delivery.EventSequence, delivery.ChannelId)))
                    continue;
                _lastId = delivery.Id;
                Keep(delivery);
                if (TooMany(delivery.ChannelId) is not { } victim)
                    continue;
                var gone = victim with
                {
                    State = DeliveryState.GivenUp,
                    NextTryAt = null,
                    LastError = victim.LastError ?? $"Dropped: more than {MostWaiting} messages waited.",
                };
                Keep(gone);
                dropped.Add(gone);
            }
            Signal();
            return dropped;
        }
    }

    /// <summary>A message took a step; one whose channel is gone meanwhile, or that was dropped, does not come back.</summary>
    public void Put(Delivery delivery)
    {
        lock (_gate)
        {
            if (!_waiting.ContainsKey(delivery.Id))
                return;
            Keep(delivery);
            Signal();
        }
    }

    /// <summary>A message that was over is to be tried once more.</summary>
    /// <returns>False: its sender has taken it up, or even delivered it, since it was looked at.</returns>
    public bool Revive(Delivery delivery)
    {
        lock (_gate)
        {
            if (Newest(delivery.Id) is { State: DeliveryState.Sending or DeliveryState.Delivered })
                return false;
            Keep(delivery);
            Signal();
            return true;
        }
    }

    public void ForgetChannel(int channelId)
    {
        lock (_gate)
        {
            foreach (var delivery in _waiting.Values.Where(d => d.ChannelId == channelId).ToList())
                _waiting.Remove(delivery.Id);
            foreach (var delivery in _unstored.Values.Where(d => d.ChannelId == channelId).ToList())
                _unstored.Remove(delivery.Id);
        }
    }

    /// <summary>Those of a channel that something is to be done for, oldest first.</summary>
    public IReadOnlyList<Delivery> Waiting(int channelId)
    {
        lock (_gate)
            return [.. _waiting.Values.Where(d => d.ChannelId == channelId)];
    }

    public Delivery? Find(long id)
    {
        lock (_gate)
            return Newest(id);
    }

    /// <summary>The newest state of what the database may not have, newest first.</summary>
    public IReadOnlyList<Delivery> Unstored()
    {
        lock (_gate)
            return [.. _unstored.Values.Reverse()];
    }

    /// <summary>Stores the cursor soon: who subscribes now must not get, after a crash, what was before.</summary>
    public void Settle()
    {
        lock (_gate)
        {
            _settleAt = _cursor;
            Signal();
        }
    }

    /// <summary>What is to be stored, oldest first, and the cursor that goes with it; null when nothing is.</summary>
    /// <param name="all">Also a cursor that moved only a little.</param>
    public (IReadOnlyList<Delivery> Changed, long Cursor)? TakeUnstored(int most, bool all = false)
    {
        lock (_gate)
        {
            var moved = _cursor - _storedCursor;
            if (!_loaded || (_unstored.Count == 0 && _settleAt is null && moved < (all ? 1 : CursorStride)))
                return null;
            var changed = _unstored.Values.Take(most).ToList();
            // Not past a message that is not in this batch.
            var cursor = changed.Count == _unstored.Count ? _cursor : _storedCursor;
            return (changed, cursor);
        }
    }

    public void MarkStored(IReadOnlyList<Delivery> stored, long cursor)
    {
        lock (_gate)
        {
            foreach (var delivery in stored)
                if (ReferenceEquals(_unstored.GetValueOrDefault(delivery.Id), delivery))
                    _unstored.Remove(delivery.Id);
            if (cursor >= _settleAt)
                _settleAt = null;
            _storedCursor = Math.Max(_storedCursor, cursor);
        }
    }

    /// <summary>Ends when something changes after this call.</summary>
    public Task Changed()
    {
        lock (_gate)
            return (_changed ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    private Delivery? Newest(long id) => _waiting.GetValueOrDefault(id) ?? _unstored.GetValueOrDefault(id);

    private void Keep(Delivery delivery)
    {
        if (delivery.Over)
            _waiting.Remove(delivery.Id);
        else
            _waiting[delivery.Id] = delivery;
        _unstored[delivery.Id] = delivery;
        if (_unstored.Count > MostUnstored)
            _unstored.Remove(_unstored.Keys.First());
    }

    private Delivery? TooMany(int channelId)
    {
        var waiting = _waiting.Values.Where(d => d.ChannelId == channelId).ToList();
        if (waiting.Count <= MostWaiting)
            return null;
        var idle = waiting.Where(d => d.State != DeliveryState.Sending).ToList();
        return idle.FirstOrDefault(d => d.Severity != Severity.Critical) ?? idle[0];
    }

    private void Signal()
    {
        _changed?.TrySetResult();
        _changed = null;
    }
}

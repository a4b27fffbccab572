namespace VmPowerManager.Protocols.Ssh;

/// <summary>How many commands one connection carries at a time: as many as we want, or as many as the server opened when
/// it refused one more. Any thread.</summary>
/// <param name="most">Never more than so many.</param>
internal sealed class SshChannels(int most, TimeProvider time)
{
    /// <summary>After this a limit is looked for again.</summary>
    private static readonly TimeSpan LimitHolds = TimeSpan.FromMinutes(10);

    /// <summary>Fewer than were open once: the server still counts what has just ended, or was cancelled and has not.</summary>
    private static readonly TimeSpan LagHolds = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSignal();
    private readonly int _most = most;
    private int _limit = most;
    private int _entered;
    private int _open;
    private int _seen;
    private long _refusedAt;
    private bool _served;
    private bool _shut;
    private bool _never;

    /// <summary>A command runs, or is about to.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate)
                return _entered > 0;
        }
    }

    /// <summary>Ends when there may be a place. Taken before <see cref="TryEnter"/>, it misses none.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
                return _changed.Task;
        }
    }

    /// <summary>Takes a place, which <see cref="Leave"/> or <see cref="RefusedAsync"/> gives back.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_limit < _most)
                _limit = LimitAfter(time.GetElapsedTime(_refusedAt));
            if (_shut || _entered >= _limit)
                return false;
            _entered++;
            return true;
        }
    }

    /// <summary>The server opened a channel for one who entered.</summary>
    public void Opened()
    {
        lock (_gate)
        {
            _served = true;
            _open++;
            _seen = Math.Max(_seen, _open);
            _limit = Math.Max(_limit, _open);
            Signal();
        }
    }

    /// <param name="opened">Its channel was open.</param>
    public void Leave(bool opened)
    {
        lock (_gate)
        {
            _entered--;
            if (opened)
                _open--;
            Signal();
        }
    }

    /// <summary>The server opened no channel for one who entered: from now on there are as many as are open. Where not even
    /// one is, nor about to be, nobody enters any more. Of a connection that opened none yet it is told when those who
    /// entered at the same time know.</summary>
    public async Task<Refusal> RefusedAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            _entered--;
            _limit = Math.Max(1, _open);
            _refusedAt = time.GetTimestamp();
            if (_entered == 0)
            {
                _shut = true;
                _never = !_served;
            }
            Signal();
            if (_entered == 0 && _served)
                return Refusal.Stuck;
        }
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_never)
                    return Refusal.Never;
                if (_served || _shut || _entered == 0)
                    return Refusal.Full;
                changed = _changed.Task;
            }
            await changed.WaitAsync(ct);
        }
    }

    /// <summary>Nobody enters any more.</summary>
    public void Shut()
    {
        lock (_gate)
        {
            _shut = true;
            Signal();
        }
    }

    private int LimitAfter(TimeSpan held) =>
        held > LimitHolds ? _most
        : held > LagHolds ? Math.Max(_limit, _seen)
        : _limit;

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>What a refused channel says of its connection.</summary>
internal enum Refusal
{
    /// <summary>It carries what the server allows.</summary>
    Full,

    /// <summary>It carried commands and now carries none, though ours are all over.</summary>
    Stuck,

    /// <summary>It never carried one.</summary>
    Never,
}

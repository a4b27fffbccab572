namespace VmPowerManager.Protocols.Snmp;

/// <summary>How many variables an agent answers at once. Weak cards stay silent to more than they can hold, which looks
/// like any other silence: so what was answered once, as a set, is remembered and believed. Any thread.</summary>
internal sealed class SnmpSizes(int most)
{
    private const int Remembered = 256;

    private readonly Lock _gate = new();
    private readonly HashSet<int> _answered = [];

    /// <summary>Sets without an answer yet, and how often the agent was seen alive beside that.</summary>
    private readonly Dictionary<int, int> _open = [];
    private int _most = Math.Max(1, most);

    /// <summary>Variables to ask for at once.</summary>
    public int Most
    {
        get
        {
            lock (_gate)
                return _most;
        }
    }

    /// <summary>About to ask for these.</summary>
    /// <returns>What is known of asking for just these together.</returns>
    public SnmpSizeKnown Begin(int names)
    {
        lock (_gate)
        {
            if (_answered.Contains(names))
                return SnmpSizeKnown.Answered;
            if (_open.Count >= Remembered)
                _open.Clear();
            return _open.TryAdd(names, 0) ? SnmpSizeKnown.Nothing : SnmpSizeKnown.Silent;
        }
    }

    /// <summary>These were answered, one way or another.</summary>
    public void Answered(int names)
    {
        lock (_gate)
        {
            _open.Remove(names);
            if (_answered.Count >= Remembered)
                _answered.Clear();
            _answered.Add(names);
        }
    }

    /// <summary>The agent answered one of them alone. Twice so, and still nothing came to all together: it is not a lost
    /// datagram, nor an agent that has just come back. Callers give up at times of their own, hence the count.</summary>
    public bool IsTooMany(int names)
    {
        lock (_gate)
            return (_open[names] = _open.GetValueOrDefault(names) + 1) > 1;
    }

    /// <summary>So many together were too many.</summary>
    public void TooMany(int count)
    {
        lock (_gate)
            _most = Math.Max(1, Math.Min(_most, count / 2));
    }
}

internal enum SnmpSizeKnown
{
    /// <summary>Never asked.</summary>
    Nothing,

    /// <summary>Asked, and nothing came, or the caller did not wait for it.</summary>
    Silent,

    /// <summary>The agent can answer this.</summary>
    Answered,
}

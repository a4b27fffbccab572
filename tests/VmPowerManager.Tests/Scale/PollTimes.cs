namespace VmPowerManager.Tests.Scale;

/// <summary>When one served UPS was asked how it is: counted where it is served, so that nothing the program thinks of
/// itself is believed. Any thread.</summary>
internal sealed class PollTimes(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _last;
    private int _polls;
    private TimeSpan _longest;
    private int _missed;
    private TimeSpan _interval;

    /// <summary>Forgets what was and counts from now.</summary>
    /// <param name="interval">A gap of more than one and a half of it is a missed poll.</param>
    public void Begin(TimeSpan interval)
    {
        lock (_gate)
            (_last, _polls, _longest, _missed, _interval) = (time.GetTimestamp(), 0, TimeSpan.Zero, 0, interval);
    }

    /// <summary>A status read came.</summary>
    public void Note()
    {
        lock (_gate)
        {
            _polls++;
            TakeGap();
        }
    }

    public (int Polls, int Missed, TimeSpan Longest) End()
    {
        lock (_gate)
        {
            // One that should have come since counts as well.
            TakeGap();
            return (_polls, _missed, _longest);
        }
    }

    private void TakeGap()
    {
        var gap = time.GetElapsedTime(_last);
        _last = time.GetTimestamp();
        if (gap > _longest)
            _longest = gap;
        if (gap > 1.5 * _interval)
            _missed++;
    }
}

using System.Threading.Channels;

namespace VmPowerManager.Ups;

/// <summary>Wakes one loop at a time or at a call, whichever is first. May wake it early: the loop looks what is due.</summary>
internal sealed class LoopAlarm : IDisposable
{
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly ITimer _timer;
    private int _rings;
    private int _heard;
    private volatile bool _sleeps;

    public LoopAlarm(TimeProvider time) =>
        _timer = time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>The loop has done what every ring until now was for, and waits.</summary>
    public bool Idle => _sleeps && Volatile.Read(ref _heard) == Volatile.Read(ref _rings);

    /// <summary>Any thread.</summary>
    public void Ring()
    {
        Interlocked.Increment(ref _rings);
        _bell.Writer.TryWrite(true);
    }

    public async Task WaitAsync(TimeSpan delay, CancellationToken ct)
    {
        // A timer fires up to a millisecond early: without the floor the loop would spin for that long.
        _timer.Change(
            TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(delay.TotalMilliseconds))),
            Timeout.InfiniteTimeSpan
        );
        _sleeps = true;
        await _bell.Reader.ReadAsync(ct);
        _sleeps = false;
        Volatile.Write(ref _heard, Volatile.Read(ref _rings));
    }

    public void Dispose() => _timer.Dispose();
}

namespace VmPowerManager.Hosts;

/// <summary>The loop of one host: refreshed at once, then every minute or when hurried; every tenth time thoroughly.</summary>
internal sealed class HostWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);
    private const int ThoroughEvery = 10;

    /// <summary>After a person told something: for a minute and a half, so that its effect is seen as it comes.</summary>
    private static readonly TimeSpan CloseInterval = TimeSpan.FromSeconds(2);
    private const int CloseRounds = 45;
    private int _closeRounds;
    private readonly SemaphoreSlim _hurry = new(0, 1);
    private readonly CancellationTokenSource _stop;
    private Task _loop = Task.CompletedTask;

    private HostWatch(HostEntry entry, CancellationToken stopping) =>
        (Entry, _stop) = (entry, CancellationTokenSource.CreateLinkedTokenSource(stopping));

    public HostEntry Entry { get; }

    /// <param name="refresh">Host id, whether thoroughly; must not throw but on cancellation.</param>
    public static HostWatch Start(
        HostEntry entry,
        Func<int, bool, CancellationToken, Task> refresh,
        TimeProvider time,
        CancellationToken stopping
    )
    {
        var watch = new HostWatch(entry, stopping);
        watch._loop = Task.Run(() => watch.LoopAsync(refresh, time), CancellationToken.None);
        return watch;
    }

    /// <summary>The next refresh begins as soon as the present one is done.</summary>
    public void Hurry()
    {
        try
        {
            _hurry.Release();
        }
        // It is hurried already, or watched no more.
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException) { }
    }

    /// <summary>Refreshes every two seconds for a while.</summary>
    public void Closely()
    {
        Interlocked.Exchange(ref _closeRounds, CloseRounds);
        Hurry();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
        _hurry.Dispose();
    }

    private async Task LoopAsync(Func<int, bool, CancellationToken, Task> refresh, TimeProvider time)
    {
        try
        {
            for (var round = 0; ; round++)
            {
                var close = Volatile.Read(ref _closeRounds);
                if (close > 0)
                    Interlocked.CompareExchange(ref _closeRounds, close - 1, close);
                await refresh(Entry.Device.Id, round % ThoroughEvery == 0, _stop.Token);
                using var until = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                var hurried = _hurry.WaitAsync(until.Token);
                var pause = Volatile.Read(ref _closeRounds) > 0 ? CloseInterval : Interval;
                await Task.WhenAny(hurried, Task.Delay(pause, time, until.Token));
                await until.CancelAsync();
                _stop.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) { }
    }
}

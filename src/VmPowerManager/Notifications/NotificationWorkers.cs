using System.Collections.Concurrent;

namespace VmPowerManager.Notifications;

/// <summary>One sender a channel, each in a loop of its own: a slow channel delays no other. Follows the directory.</summary>
internal sealed class NotificationWorkers(
    ChannelDirectory channels,
    DeliveryBook book,
    ChannelCall call,
    ChannelHealths healths,
    TimeProvider time,
    ILogger<NotificationWorkers> logger
) : BackgroundService
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<int, Worker> _workers = [];
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationToken _stopping;

    /// <summary>The book holds what an earlier process left: sending may begin.</summary>
    public void Begin() => _begun.TrySetResult();

    public void RingAll()
    {
        foreach (var worker in _workers.Values)
            worker.Sender.Ring();
    }

    /// <summary>A person changed something of this channel: it is tried at once.</summary>
    public void Hurry(int channelId)
    {
        if (_workers.TryGetValue(channelId, out var worker))
            worker.Sender.Hurry();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _begun.Task.WaitAsync(stoppingToken);
            _stopping = stoppingToken;
            using var changes = channels.Subscribe(_ => Follow());
            Follow();
            await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The program stops: what is being sent now is sent again by the next one.
        }
        await Task.WhenAll(_workers.Values.Select(w => w.Task));
    }

    private void Follow()
    {
        lock (_gate)
        {
            // Not what was told: two changes at once may be told in the other order.
            var now = channels.Channels;
            foreach (var id in _workers.Keys.Except(now.Select(c => c.Id)).ToList())
                End(id);
            foreach (var channel in now.Where(c => !_workers.ContainsKey(c.Id)))
                Start(channel.Id);
        }
        RingAll();
    }

    private void Start(int id)
    {
        if (_stopping.IsCancellationRequested)
            return;
        var sender = new ChannelSender(id, channels, book, call, healths.Of(id), time, logger);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
        _workers[id] = new Worker(sender, stop, Task.Run(() => RunAsync(sender, stop), CancellationToken.None));
    }

    private void End(int id)
    {
        if (!_workers.TryRemove(id, out var worker))
            return;
        worker.Stop.Cancel();
        book.ForgetChannel(id);
        healths.Forget(id);
    }

    private static async Task RunAsync(ChannelSender sender, CancellationTokenSource stop)
    {
        using (stop)
        using (sender)
            await sender.RunAsync(stop.Token);
    }

    private sealed record Worker(ChannelSender Sender, CancellationTokenSource Stop, Task Task);
}

using VmPowerManager.Core;
using VmPowerManager.Events;

namespace VmPowerManager.Notifications;

/// <summary>Turns events into messages, in order, from where the last process stopped. Waits for nobody and makes nobody
/// wait: runs append their events and go on.</summary>
internal sealed partial class NotificationDispatcher(
    EventQueries events,
    LiveStream stream,
    ChannelDirectory channels,
    ChannelHealths healths,
    DeliveryBook book,
    DeliveryStore store,
    NotificationComposer composer,
    NotificationWorkers workers,
    TimeProvider time,
    ILogger<NotificationDispatcher> logger
) : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private string _installation = "";
    private long _begin;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // An installation that never notified anybody begins with what happens from here on.
        _begin = stream.Sequence;
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var failing = false;
        var loaded = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!loaded)
                    await LoadAsync(stoppingToken);
                loaded = true;
                await foreach (var what in events.FollowAsync(book.Cursor, stoppingToken))
                {
                    failing = false;
                    Take(what);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!failing)
                    LogNotFollowing(logger, e);
                failing = true;
                await Task.Delay(Retry, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        var stored = await Blocking.RunAsync(store.Load, ct);
        await channels.ReloadAsync(ct);
        _installation = stored.Installation;
        book.Load(stored.Waiting, stored.LastId, stored.Cursor ?? _begin, stored.Cursor is not null, stored.Told);
        workers.Begin();
    }

    private void Take(EventEntry what)
    {
        try
        {
            var make = channels.Channels.Where(c => c.Wants(what)).Select(c => Draft(c, what)).ToList();
            foreach (var dropped in book.Add(what.Sequence, make).CountBy(d => d.ChannelId))
                if (channels.Find(dropped.Key) is { } channel)
                    healths.Of(dropped.Key).Dropped(channel, dropped.Value);
            if (make.Count > 0)
                workers.RingAll();
        }
        catch (Exception e)
        {
            // One event that cannot be told must not keep all later ones back.
            LogNotTaken(logger, what.Type, what.Sequence, e);
            book.Add(what.Sequence, []);
        }
    }

    private Func<long, Delivery> Draft(ChannelEntry channel, EventEntry what)
    {
        var content = composer.Compose(what, $"{_installation}-{what.Sequence}-{channel.Id}");
        var now = time.GetUtcNow();
        return id => new Delivery
        {
            Id = id,
            ChannelId = channel.Id,
            EventSequence = what.Sequence,
            EventType = what.Type,
            Source = what.Source,
            Severity = what.Severity,
            Content = content,
            CreatedAt = now,
            NextTryAt = now,
            Since = time.Elapsed(),
        };
    }

    [LoggerMessage(LogLevel.Warning, "Events cannot be followed for notifications now; trying again.")]
    private static partial void LogNotFollowing(ILogger logger, Exception e);

    [LoggerMessage(LogLevel.Error, "No notification could be made of the event {Type}, number {Sequence}.")]
    private static partial void LogNotTaken(ILogger logger, string type, long sequence, Exception e);
}

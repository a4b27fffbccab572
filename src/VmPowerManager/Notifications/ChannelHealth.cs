using System.Collections.Concurrent;
using VmPowerManager.Events;

namespace VmPowerManager.Notifications;

/// <summary>How a channel does, as screens and the API show it.</summary>
/// <param name="FailingSince">Null while it works, or was not used yet.</param>
public sealed record ChannelState(DateTimeOffset? FailingSince, string? LastError);

/// <summary>Tells of a channel's trouble once when it begins and once when it ends, whatever happens between. Any thread.</summary>
internal sealed class ChannelHealth(EventLog events, TimeProvider time)
{
    private readonly Lock _gate = new();
    private DateTimeOffset? _failingSince;
    private string? _lastError;
    private bool _toldGivenUp;
    private bool _toldDropped;
    private int _givenUp;

    public ChannelState State
    {
        get
        {
            lock (_gate)
                return new(_failingSince, _lastError);
        }
    }

    public void Failed(ChannelEntry channel, string words)
    {
        lock (_gate)
        {
            _lastError = words;
            if (_failingSince is not null)
                return;
            _failingSince = time.GetUtcNow();
        }
        events.Append(NotificationEvents.Failing(channel, words));
    }

    /// <param name="waiting">How many wait still.</param>
    public void Delivered(ChannelEntry channel, int waiting)
    {
        int givenUp;
        lock (_gate)
        {
            if (waiting == 0)
                _toldDropped = false;
            if (_failingSince is null)
                return;
            (givenUp, _givenUp) = (_givenUp, 0);
            (_failingSince, _lastError, _toldGivenUp) = (null, null, false);
        }
        events.Append(NotificationEvents.Working(channel, waiting, givenUp));
    }

    public void GivenUp(ChannelEntry channel, string? words)
    {
        lock (_gate)
        {
            _givenUp++;
            if (_toldGivenUp)
                return;
            _toldGivenUp = true;
        }
        events.Append(NotificationEvents.GivenUp(channel, words));
    }

    public void Dropped(ChannelEntry channel, int count)
    {
        lock (_gate)
        {
            _givenUp += count;
            if (_toldDropped)
                return;
            _toldDropped = true;
        }
        events.Append(NotificationEvents.Dropped(channel));
    }
}

/// <summary>The health of every channel, by id.</summary>
internal sealed class ChannelHealths(EventLog events, TimeProvider time)
{
    private readonly ConcurrentDictionary<int, ChannelHealth> _all = [];

    public ChannelHealth Of(int channelId) => _all.GetOrAdd(channelId, _ => new ChannelHealth(events, time));

    public void Forget(int channelId) => _all.TryRemove(channelId, out _);
}

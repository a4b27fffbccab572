using System.Collections.Immutable;
using VmPowerManager.Components;

namespace VmPowerManager.Ups.Canaries;

/// <summary>What plans and screens see of the canaries: which there are, and every answer or silence, in order. Any
/// thread.</summary>
public sealed partial class CanaryFeed(ILogger<CanaryFeed> logger)
{
    private readonly Lock _gate = new();
    private ImmutableList<Action<CanarySeen>> _followers = [];
    private ImmutableList<Action> _configured = [];

    /// <summary>All that are configured, enabled or not, with what was seen of them last; by id.</summary>
    public Live<ImmutableSortedDictionary<int, CanaryPicture>> All { get; } =
        new(ImmutableSortedDictionary<int, CanaryPicture>.Empty);

    /// <summary>Calls <paramref name="onSeen"/> for every answer and every silence, not where it could not be asked; on the asker's thread: only enqueue.</summary>
    public IDisposable Subscribe(Action<CanarySeen> onSeen)
    {
        lock (_gate)
            _followers = _followers.Add(onSeen);
        return new Subscription(() =>
        {
            lock (_gate)
                _followers = _followers.Remove(onSeen);
        });
    }

    /// <summary>Raised after a canary was added, edited or removed. Only enqueue.</summary>
    public IDisposable SubscribeConfiguration(Action onChanged)
    {
        lock (_gate)
            _configured = _configured.Add(onChanged);
        return new Subscription(() =>
        {
            lock (_gate)
                _configured = _configured.Remove(onChanged);
        });
    }

    internal void Publish(CanarySeen seen)
    {
        lock (_gate)
        {
            All.Update(all =>
                all.TryGetValue(seen.CanaryId, out var p) ? all.SetItem(seen.CanaryId, p with { Seen = seen }) : all
            );
            if (!seen.Asked)
                return;
            foreach (var follower in _followers)
                Tell(() => follower(seen));
        }
    }

    /// <summary>What was seen of it so far counts no more.</summary>
    internal void Set(Canary canary) => Change(all => all.SetItem(canary.Id, new CanaryPicture(canary, null)));

    internal void Remove(int id) => Change(all => all.Remove(id));

    private void Change(
        Func<ImmutableSortedDictionary<int, CanaryPicture>, ImmutableSortedDictionary<int, CanaryPicture>> change
    )
    {
        ImmutableList<Action> followers;
        lock (_gate)
        {
            All.Update(change);
            followers = _configured;
        }
        foreach (var follower in followers)
            Tell(follower);
    }

    /// <summary>A follower's bug must not stop the asking.</summary>
    private void Tell(Action call)
    {
        try
        {
            call();
        }
        catch (Exception e)
        {
            LogFollowerFailed(logger, e);
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A follower of the canaries failed")]
    private static partial void LogFollowerFailed(ILogger logger, Exception exception);
}

/// <summary>A canary, and what was seen of it last; null before the first answer or silence.</summary>
public sealed record CanaryPicture(Canary Canary, CanarySeen? Seen);

using System.Collections.Immutable;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups;

/// <summary>Hands every poll's result to its followers, in one order for all (DESIGN 3: the engine's feed). Any thread.</summary>
public sealed partial class UpsFeed(ILogger<UpsFeed> logger) : IUpsFeed
{
    private readonly Lock _gate = new();
    private ImmutableSortedDictionary<int, UpsPolicy> _policies = ImmutableSortedDictionary<int, UpsPolicy>.Empty;
    private ImmutableSortedDictionary<int, UpsObservation> _latest = ImmutableSortedDictionary<
        int,
        UpsObservation
    >.Empty;
    private ImmutableList<Action<UpsObservation>> _followers = [];
    private ImmutableList<Action> _policyFollowers = [];

    public IReadOnlyList<UpsPolicy> Policies
    {
        get
        {
            lock (_gate)
                return [.. _policies.Values];
        }
    }

    public IReadOnlyList<UpsObservation> Latest
    {
        get
        {
            lock (_gate)
                return [.. _latest.Values];
        }
    }

    public IDisposable Subscribe(Action<UpsObservation> onObservation)
    {
        lock (_gate)
            _followers = _followers.Add(onObservation);
        return new Subscription(() =>
        {
            lock (_gate)
                _followers = _followers.Remove(onObservation);
        });
    }

    public IDisposable SubscribePolicies(Action onChanged)
    {
        lock (_gate)
            _policyFollowers = _policyFollowers.Add(onChanged);
        return new Subscription(() =>
        {
            lock (_gate)
                _policyFollowers = _policyFollowers.Remove(onChanged);
        });
    }

    /// <summary>Under the lock, so that followers see one order; they only enqueue.</summary>
    internal void Publish(UpsObservation observation)
    {
        lock (_gate)
        {
            if (!_policies.ContainsKey(observation.UpsId))
                return;
            _latest = _latest.SetItem(observation.UpsId, observation);
            foreach (var follower in _followers)
                Tell(() => follower(observation));
        }
    }

    /// <summary>A UPS was added or edited: what was seen of it so far counts no more.</summary>
    internal void Set(UpsPolicy policy) =>
        Change(() =>
        {
            _policies = _policies.SetItem(policy.UpsId, policy);
            _latest = _latest.Remove(policy.UpsId);
        });

    internal void Remove(int upsId) =>
        Change(() =>
        {
            _policies = _policies.Remove(upsId);
            _latest = _latest.Remove(upsId);
        });

    private void Change(Action change)
    {
        ImmutableList<Action> followers;
        lock (_gate)
        {
            change();
            followers = _policyFollowers;
        }
        foreach (var follower in followers)
            Tell(follower);
    }

    /// <summary>A follower's bug must not stop a poll.</summary>
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

    [LoggerMessage(Level = LogLevel.Error, Message = "A follower of the UPS readings failed")]
    private static partial void LogFollowerFailed(ILogger logger, Exception exception);
}

using System.Collections.Immutable;

namespace VmPowerManager.Hosts;

/// <summary>Callbacks that are told in order of subscription, until their subscription is disposed. Any thread.</summary>
internal sealed class Subscribers<T>
{
    private ImmutableList<Subscription> _all = [];

    public IDisposable Add(Action<T> told)
    {
        var subscription = new Subscription(this, told);
        ImmutableInterlocked.Update(ref _all, all => all.Add(subscription));
        return subscription;
    }

    /// <summary>Tells everyone: one who throws, which <paramref name="failed"/> hears, stops neither the others nor the
    /// caller.</summary>
    public void Tell(T what, Action<Exception> failed)
    {
        foreach (var subscription in _all)
            try
            {
                subscription.Told(what);
            }
            catch (Exception e)
            {
                failed(e);
            }
    }

    private sealed class Subscription(Subscribers<T> owner, Action<T> told) : IDisposable
    {
        public Action<T> Told { get; } = told;

        public void Dispose() => ImmutableInterlocked.Update(ref owner._all, all => all.Remove(this));
    }
}

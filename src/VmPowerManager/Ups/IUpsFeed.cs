using VmPowerManager.Core.Power;

namespace VmPowerManager.Ups;

/// <summary>What the plans see of the UPSes: every poll's result, in order, none dropped (DESIGN 3: the engine's feed).</summary>
public interface IUpsFeed
{
    /// <summary>Settings that decide, of all configured UPSes, enabled or not.</summary>
    IReadOnlyList<UpsPolicy> Policies { get; }

    /// <summary>The newest observation of each UPS, for a subscriber that has just come.</summary>
    IReadOnlyList<UpsObservation> Latest { get; }

    /// <summary>Calls <paramref name="onObservation"/> for every poll, on the poller's thread: it must only enqueue.
    /// Ends when disposed.</summary>
    IDisposable Subscribe(Action<UpsObservation> onObservation);

    /// <summary>Raised after a UPS was added, edited or removed: <see cref="Policies"/> are new. Only enqueue.</summary>
    IDisposable SubscribePolicies(Action onChanged);
}

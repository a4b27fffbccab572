using System.Collections.Concurrent;

namespace VmPowerManager.Hosts;

/// <summary>Hosts that were proved off when their waking began, and were not seen since. A proof is used up by the first order to
/// wake, whatever comes of it; an outlet that comes later in the list has to know of it all the same, for one that was never off
/// starts nothing by being on. Any thread.</summary>
internal sealed class ColdHosts(TimeProvider time)
{
    /// <summary>Machines boot for as long: one that was woken in another way and says nothing may be on its way.</summary>
    private static readonly TimeSpan BootMayTake = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<int, Cold> _cold = new();

    /// <summary>It was proved off just now.</summary>
    public void Note(int hostId) => _cold[hostId] = new(time.GetTimestamp(), null);

    /// <summary>An order to wake it was taken, or may have been.</summary>
    public void Woken(int hostId)
    {
        if (_cold.TryGetValue(hostId, out var cold) && cold.WokenAt is null)
            _cold.TryUpdate(hostId, cold with { WokenAt = time.GetTimestamp() }, cold);
    }

    /// <summary>It was seen up, or has had its power taken.</summary>
    public void Forget(int hostId) => _cold.TryRemove(hostId, out _);

    public bool IsKnown(int hostId) => _cold.ContainsKey(hostId);

    /// <summary>Whether its power may be taken to start it.</summary>
    /// <param name="hasPower">What its controllers say; null: nobody tells.</param>
    /// <param name="answers">Whether its own address does; null: it cannot be asked.</param>
    public bool MayCycle(int hostId, bool? hasPower, bool? answers)
    {
        if (answers == true || hasPower == true || !_cold.TryGetValue(hostId, out var cold))
            return false;
        if (time.GetElapsedTime(cold.At) >= Kept)
            return false;
        // Nothing woke it; or it was told to wake, and its controller says that it did not.
        if (cold.WokenAt is not { } woken || hasPower == false)
            return true;
        return answers == false && time.GetElapsedTime(woken) >= BootMayTake;
    }

    private sealed record Cold(long At, long? WokenAt);
}

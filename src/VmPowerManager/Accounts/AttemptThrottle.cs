using VmPowerManager.Core;

namespace VmPowerManager.Accounts;

/// <summary>Bounds wrong guesses: so many in a window by one address, whatever account they are for. Each try counts
/// when it begins, so parallel ones gain nothing; one that was right is taken back.</summary>
internal sealed class AttemptThrottle(TimeProvider time)
{
    private const int MostKeys = 10_000;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (TimeSpan Began, int Count)> _tries = [];

    /// <exception cref="TooManyAttemptsException">The window is used up.</exception>
    public void Enter(string key, int most, TimeSpan window)
    {
        var now = time.Elapsed();
        lock (_gate)
        {
            var tries = _tries.GetValueOrDefault(key);
            if (tries.Count == 0 || now - tries.Began >= window)
                tries = (now, 0);
            if (tries.Count >= most)
                throw new TooManyAttemptsException("Too many failed attempts.", window - (now - tries.Began));
            if (_tries.Count >= MostKeys && !_tries.ContainsKey(key))
                foreach (var old in _tries.Where(t => now - t.Value.Began >= window).Select(t => t.Key).ToList())
                    _tries.Remove(old);
            _tries[key] = tries with { Count = tries.Count + 1 };
        }
    }

    public void TakeBack(string key)
    {
        lock (_gate)
        {
            if (_tries.TryGetValue(key, out var tries) && tries.Count > 1)
                _tries[key] = tries with { Count = tries.Count - 1 };
            else
                _tries.Remove(key);
        }
    }
}
